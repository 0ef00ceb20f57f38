import { noteRefused } from '../../../account/refused.ts'
import type { Protection } from '../../../rules/account.ts'
import { type Attempt, flatOrigin } from '../../../rules/attempt.ts'
import { type Effect, withEffects } from '../../../rules/effect.ts'
import type { MessageKey } from '../../../rules/messages.ts'
import { type PassOutcome, redeemPass } from '../../../rules/pass.ts'
import { told } from '../../../rules/told.ts'
import { triedBy } from '../../../rules/tries.ts'
import { provenBy, spentIn } from '../spent.ts'
import { type Action, accountOf, refuseCode, type SignInStep, say, verification } from '../step.ts'

export const pass: SignInStep<'pass'> = {
  step: 'pass',
  show: async (visit) => {
    const account = accountOf(visit)
    return {
      ...verification(visit, 'pass'),
      until: account.pass?.expiresAt ?? visit.services.clock(),
    }
  },
  actions: { pass: (visit, fields) => enterPass(visit, fields) },
}

const messages: { [R in Exclude<PassOutcome, { ok: true }>['reason']]: MessageKey } = {
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
  const outcome = await services.change('protections', account.id, (current) => {
    if (current === undefined) return [current, { ok: false, reason: 'none' } as PassOutcome]
    const [next, outcome] = triedBy(current, 'pass', visit.by, now, (seen) =>
      redeemPass(seen, typed, services.ring.hash, now),
    )
    return [outcome.ok ? withEffects(next, usedEffects(attempt, current, now)) : next, outcome]
  })
  if (outcome.ok) return spentIn(visit, 'pass')
  await noteRefused(services, {
    event: 'sign_in.code_refused',
    subject: account.id,
    detail: { method: 'pass', reason: outcome.reason, ...flatOrigin(attempt.origin) },
  })
  if (outcome.reason === 'wrong') return refuseCode(visit, 'pass', messages.wrong)
  return say(messages[outcome.reason])
}

/** Promised in the very write that spends the pass: it counts in this sign-in, and the log has it. */
function usedEffects(attempt: Attempt, { id: account, pass }: Protection, now: number): Effect[] {
  const id = `pass:${pass?.case}`
  return [
    provenBy(attempt, account, 'pass', id, now),
    ...told(
      { subject: account, origin: attempt.origin },
      { id, event: 'pass.used', detail: { method: 'pass' } },
    ),
  ]
}
