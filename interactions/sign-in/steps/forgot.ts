import { codeNotice } from '../../../effects/notices.ts'
import type { Account } from '../../../rules/account.ts'
import { foldAddress } from '../../../rules/addresses.ts'
import { ofAccount, withProof } from '../../../rules/attempt.ts'
import { withEffects } from '../../../rules/effect.ts'
import { told } from '../../../rules/told.ts'
import { upstreamOfAddress } from '../../../rules/upstream.ts'
import type { Services } from '../../services.ts'
import { countMailed, drawCode, failedOnce, isSpent, mayMail, readMailedCode } from '../mailed-codes.ts'
import { change, type Outcome, type SignInStep, say, type Visit } from '../step.ts'
import { whoTries } from '../who-tries.ts'

/** Milliseconds. */
const lifetime = 600_000

/** The mailbox of someone who has forgotten the password. Nothing here tells whether anyone has an address. */
export const forgot: SignInStep<'forgot'> = {
  step: 'forgot',
  show: async ({ attempt }) => {
    const { email, code } = attempt.forgotten ?? {}
    return {
      sent: code !== undefined,
      letters: code?.letters === true,
      email: email ?? attempt.typed ?? attempt.ask.loginHint,
    }
  },
  actions: {
    'forgot/send': (visit, fields) => send(visit, foldAddress(fields.email ?? '')),
    'forgot/code': (visit, fields) => enter(visit, fields.code ?? ''),
  },
}

const hashCode = ({ ring }: Services, attempt: string, code: string, like?: string): string =>
  ring.hash(`forgotten|${attempt}|${code}`, like)

/** The same words and the same work for an address that nobody has: a code is made, and mailed to no one. */
async function send(visit: Visit, email: string): Promise<Outcome> {
  const { services, attempt } = visit
  if (email === '' || email.length > 254) return say('email_missing')
  const upstream = upstreamOfAddress(services.config.upstreams, email)
  if (upstream !== undefined) return say('upstream_forgot', { name: upstream.name })
  if (!services.networks.spend(attempt.origin.address)) return say('throttled')
  const found = await services.accounts.find(email)
  const by = await whoTries(services, visit.ctx, found?.id)
  if (!(await mayMail(services, email, by))) return say('throttled')
  const account = found !== undefined && mayBeMailed(found) ? found : undefined
  // A form that was sent twice, or again as the process died, mails one code: it is made of what the form was sent on.
  const cause = services.ring.mac(`forgotten|${attempt.id}|${attempt.revision}|${email}`)
  const code = await drawCode(services, email, cause)
  const id = `forgotten:${cause}`
  await mail(visit, account, code, id)
  const hash = hashCode(services, attempt.id, readMailedCode(code))
  const expiresAt = services.clock() + lifetime
  const asked = told(
    { subject: account?.id, origin: attempt.origin },
    { id, event: 'password.forgotten', detail: { client: attempt.ask.client } },
  )
  return change((current) =>
    withEffects(
      {
        ...current,
        forgotten: { email, account: account?.id, code: { hash, expiresAt, letters: code.length > 6 } },
        message: current.forgotten?.code === undefined ? undefined : { key: 'forgot_again' },
      },
      asked,
    ),
  )
}

/** Whether the address is proven to be the person's, and of use. */
const mayBeMailed = ({ status, email, addresses }: Account): boolean =>
  status === 'active' && addresses.some(({ address }) => address === email)

/** The worker mails it a moment later: the reply takes no longer where there is someone to write to. */
async function mail(
  { services, attempt }: Visit,
  account: Account | undefined,
  code: string,
  id: string,
): Promise<void> {
  // Made for nobody too: the reply takes no longer where there is someone to write to.
  const { id: to = '', email: only = '' } = account ?? {}
  const notice = codeNotice(services.ring, 'mail_code', {
    id,
    to,
    // An address for notices doesn't sign in.
    only,
    code,
    origin: attempt.origin,
    at: services.clock(),
  })
  if (account === undefined) {
    // Takes what the write below takes.
    const expiresAt = services.clock() + lifetime
    const throttle = { failures: 0, lastAt: 0 }
    await services.change('throttles', id, () => [{ id, throttle, expiresAt }, undefined])
    return
  }
  await services.change(
    'protections',
    account.id,
    (current) => [current && withEffects(current, [notice]), undefined],
    'later',
  )
}

/** Wrong codes are counted in the attempt that asked, whoever has the address: nobody else's guesses use it up. */
async function enter(visit: Visit, typed: string): Promise<Outcome> {
  const { services, attempt } = visit
  const { email, account: id, code } = attempt.forgotten ?? {}
  const given = readMailedCode(typed)
  if (given === '') return say('code_missing')
  const now = services.clock()
  if (email === undefined || code === undefined || code.expiresAt <= now) return say('code_expired')
  if (isSpent(code)) return say('code_spent')
  const right = hashCode(services, attempt.id, given, code.hash) === code.hash
  const account = id === undefined || !right ? undefined : await services.accounts.get(id)
  await countMailed(services, email, account !== undefined)
  if (account === undefined)
    return change((current) => ({
      ...current,
      forgotten: { ...current.forgotten, code: failedOnce(code) },
      message: { key: 'wrong_mail_code' },
    }))
  return change((current) =>
    withProof({ ...ofAccount(current, account.id, now), forgotten: { email } }, 'mail_code', now, account),
  )
}
