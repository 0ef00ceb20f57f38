import { countTry, withinBudget } from '../../../account/budget.ts'
import { browserOf } from '../../../account/known-browsers.ts'
import { noteRefused } from '../../../account/refused.ts'
import { Overloaded } from '../../../adapters/secrets/passwords.ts'
import type { Account } from '../../../rules/account.ts'
import { ofAccount, withProof } from '../../../rules/attempt.ts'
import { readBrowserCookie } from '../../http/browser-cookie.ts'
import type { Services } from '../../services.ts'
import { signInByPasskey } from '../passkeys.ts'
import { type Action, change, type Outcome, type SignInStep, say, type Visit } from '../step.ts'

export const password: SignInStep<'password'> = {
  step: 'password',
  show: async ({ services, attempt, account }) => {
    const email = account?.email ?? attempt.ask.loginHint
    return { app: attempt.ask.app, passkeys: services.kinds.includes('passkey'), email }
  },
  actions: {
    password: (visit, fields) => signIn(visit, fields),
    'passkey/sign-in': signInByPasskey,
  },
}

const signIn: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const email = fields.email?.trim().toLowerCase() ?? ''
  const typed = fields.password ?? ''
  if (email === '' || typed === '') return say('missing_credentials')
  if (email.length > 254 || typed.length > 1024) return say('wrong_credentials')
  const [account] = await services.store.accounts.find('email', email, { limit: 1 })
  const record = await recordOf(visit, email, account)
  const mayTry = (await withinBudget(services, attempt.origin.address)) && (await countTry(services, record))
  if (!mayTry) return say('throttled')
  const proven = await verified(services, account, typed)
  if (proven === 'busy') return say('busy')
  if (!proven || account === undefined) return refuse(visit, account)
  await services.change('throttles', record, () => [undefined, undefined])
  const now = services.clock()
  return change((current) => withProof(ofAccount(current, account.id, now), 'pwd', now, account))
}

/**
 * What tries are counted under: the address that was typed, whoever has it, so that starting over doesn't reset it. A
 * device that the person has signed in from before counts for itself: a stranger who guesses elsewhere doesn't lock its
 * owner out (OWASP's device cookies).
 */
async function recordOf({ services, ctx }: Visit, email: string, account?: Account): Promise<string> {
  const device = account && (await browserOf(services, readBrowserCookie(ctx, services.config), account.id))
  return device === undefined ? `password:${services.ring.mac(email)}` : `password:device:${device.id}`
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
async function refuse(visit: Visit, account: Account | undefined): Promise<Outcome> {
  const { services, attempt } = visit
  await noteRefused(services, {
    event: 'sign_in.password_wrong',
    subject: account?.id,
    detail: { address: attempt.origin.address, client: attempt.ask.client },
  })
  return say('wrong_credentials')
}
