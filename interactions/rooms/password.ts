import type { Account } from '../../rules/account.ts'
import { withProof } from '../../rules/attempt.ts'
import { type Budget, failed, isAllowed, spend } from '../../rules/throttle.ts'
import { Overloaded } from '../../secrets/passwords.ts'
import type { Services } from '../../services.ts'
import { type Action, changeAttempt, type Room, say, type Visit } from '../room.ts'

const minute = 60_000
const day = 86_400_000

export const password: Room<'password'> = {
  step: 'password',
  show: async ({ attempt, account }) => {
    const email = account?.email ?? attempt.ask.loginHint
    return { app: attempt.ask.app, ...(email === undefined ? {} : { email }) }
  },
  actions: { password: (visit, fields) => signIn(visit, fields) },
}

const signIn: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const email = fields.email?.trim().toLowerCase() ?? ''
  const typed = fields.password ?? ''
  if (email === '' || typed === '') return say(visit, 'missing_credentials')
  if (email.length > 254 || typed.length > 1024) return say(visit, 'wrong_credentials')
  const record = `password:${services.ring.mac(email)}`
  if (!(await mayTry(services, attempt.origin.address, record))) return say(visit, 'throttled')
  const [account] = await services.store.accounts.find('email', email, { limit: 1 })
  const proven = await verified(services, account, typed)
  if (proven === 'busy') return say(visit, 'busy')
  if (!proven || account === undefined) return refuse(visit, account)
  await services.store.throttles.remove(record)
  await changeAttempt(visit, (current) =>
    withProof({ ...current, account: account.id }, 'pwd', services.clock(), account),
  )
}

async function verified(
  { passwords }: Services,
  account: Account | undefined,
  typed: string,
): Promise<boolean | 'busy'> {
  try {
    return await passwords.verify(account?.passwordHash, typed)
  } catch (error) {
    if (error instanceof Overloaded) return 'busy'
    throw error
  }
}

/** Same words and same time whether the address is known or not. */
async function refuse(visit: Visit, account: Account | undefined): Promise<void> {
  const { services, attempt } = visit
  await services.audit.append({
    event: 'sign_in.password_wrong',
    ...(account === undefined ? {} : { subject: account.id }),
    detail: { address: attempt.origin.address, client: attempt.ask.client },
  })
  await say(visit, 'wrong_credentials')
}

/**
 * Counts the try before the password is looked at, so that guesses made at the same time are counted as well. The
 * record belongs to the address that was typed, whoever has it: starting over doesn't reset it.
 */
async function mayTry({ store, clock, config }: Services, address: string, record: string): Promise<boolean> {
  const now = clock()
  const budget: Budget = { capacity: config.signInsPerMinute, period: minute }
  const within = await store.throttles.update(`address:${address}`, (current) => {
    const spent = spend(current?.throttle, budget, now)
    if (spent === undefined) return [current, false]
    return [{ id: `address:${address}`, throttle: spent, expiresAt: now + minute }, true]
  })
  if (!within) return false
  return store.throttles.update(record, (current) => {
    if (!isAllowed(current?.throttle, now)) return [current, false]
    return [{ id: record, throttle: failed(current?.throttle, now), expiresAt: now + day }, true]
  })
}
