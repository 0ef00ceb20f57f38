import { flatOrigin, withProof } from '../../../rules/attempt.ts'
import { type PassOutcome, redeemPass } from '../../../rules/pass.ts'
import { type Action, accountOf, change, refuseCode, type SignInStep, say, waysBeside } from '../step.ts'

export const pass: SignInStep<'pass'> = {
  step: 'pass',
  show: async (visit) => {
    const account = accountOf(visit)
    return {
      email: account.email,
      ways: waysBeside(visit, 'pass'),
      until: account.pass?.expiresAt ?? visit.services.clock(),
    }
  },
  actions: { pass: (visit, fields) => enterPass(visit, fields) },
}

const messages: { [R in Exclude<PassOutcome, { ok: true }>['reason']]: string } = {
  throttled: 'throttled',
  wrong: 'wrong_pass',
  none: 'no_pass',
}

const enterPass: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const typed = fields.code ?? ''
  if (typed.trim() === '') return say('code_missing')
  const now = services.clock()
  const outcome = await services.store.accounts.update(account.id, (current) =>
    current === undefined
      ? [current, { ok: false, reason: 'none' } as PassOutcome]
      : redeemPass(current, typed, services.ring.mac, now),
  )
  await services.audit.append({
    event: outcome.ok ? 'pass.used' : 'sign_in.code_refused',
    subject: account.id,
    detail: {
      method: 'pass',
      ...(outcome.ok ? {} : { reason: outcome.reason }),
      ...flatOrigin(attempt.origin),
    },
  })
  if (!outcome.ok && outcome.reason === 'wrong') return refuseCode(visit, 'pass', messages.wrong)
  if (!outcome.ok) return say(messages[outcome.reason])
  return change((current) => withProof(current, 'pass', now, account), 'overtaken')
}
