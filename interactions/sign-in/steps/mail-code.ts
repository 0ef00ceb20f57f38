import { spendOne } from '../../../account/budget.ts'
import { digitsFor } from '../../../adapters/secrets/six-digits.ts'
import { readCode } from '../../../adapters/secrets/totp.ts'
import { codeNotice } from '../../../effects/notices.ts'
import { withProof } from '../../../rules/attempt.ts'
import { withEffects } from '../../../rules/effect.ts'
import { mailedCodeBudget } from '../../../rules/forgotten-password.ts'
import { failed, isAllowed } from '../../../rules/throttle.ts'
import type { Services } from '../../services.ts'
import { type Action, accountOf, change, refuseCode, type SignInStep, say } from '../step.ts'

/** Milliseconds. */
const lifetime = 600_000

export const mailCode: SignInStep<'mail_code'> = {
  step: 'mail_code',
  show: async (visit) => ({
    email: accountOf(visit).email,
    sent: visit.attempt.mailCode !== undefined,
    forCase: visit.attempt.choice === 'recovery',
  }),
  actions: {
    'mail-code': (visit, fields) => enter(visit, fields),
    'mail-code/send': (visit) => send(visit, {}),
  },
}

const hashCode = ({ ring }: Services, attempt: string, code: string): string =>
  ring.mac(`mail-code|${attempt}|${code}`)

/** A new code replaces the old one; the count of failures goes on. */
const send: Action = async (visit) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  // Whoever knows the old password comes as far as this page, and must not fill the mailbox from it.
  if (!(await spendOne(services, `mail-code:${account.id}`, mailedCodeBudget))) return say('throttled')
  // A form that was sent twice, or again as the process died, mails one code: it is made of what the form was sent on.
  const id = `mail-code:${attempt.id}:${attempt.revision}`
  const code = digitsFor(services.ring, id)
  const now = services.clock()
  const { id: to, email: only } = account
  // To the sign-in address: one for notices proves nothing, as a thief may have added it.
  const mail = codeNotice(services.ring, 'mail_code', { id, to, only, code, origin: attempt.origin, at: now })
  const mailCode = { hash: hashCode(services, attempt.id, code), expiresAt: now + lifetime, failures: 0 }
  return change((current) => withEffects({ ...current, mailCode, message: { key: 'code_sent' } }, [mail]))
}

/** Failures are the account's, not the attempt's: neither a new code nor a new attempt makes guessing cheaper. */
const enter: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const code = readCode(fields.code ?? '')
  if (code === '') return say('code_missing')
  const now = services.clock()
  const { mailCode } = attempt
  if (mailCode === undefined || mailCode.expiresAt <= now) return say('code_expired')
  const right = hashCode(services, attempt.id, code) === mailCode.hash
  const outcome = await services.change('accounts', accountOf(visit).id, (current) => {
    const throttle = current?.throttles.mail_code
    if (current === undefined || !isAllowed(throttle, now)) return [current, 'throttled' as const]
    const { mail_code: _, ...others } = current.throttles
    const throttles = right ? others : { ...others, mail_code: failed(throttle, now) }
    return [{ ...current, throttles }, right ? ('right' as const) : ('wrong_code' as const)]
  })
  if (outcome === 'throttled') return say(outcome)
  if (outcome === 'wrong_code') return refuseCode(visit, 'mail_code', outcome)
  return change((current) => ({
    ...withProof(current, 'mail_code', now, accountOf(visit)),
    mailCode: undefined,
  }))
}
