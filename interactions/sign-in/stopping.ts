import { applyEvent } from '../../recovery/events.ts'
import { withStanding } from '../../rules/attempt.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { standingProofs } from '../../rules/standing.ts'
import { accountOf, type Change, type Visit } from './step.ts'

/** What stopping a case makes of the sign-in it was done in, and the sign-in as it is then. */
export interface Stopped {
  change: Change
  visit: Visit
}

/**
 * "This wasn't me", said in a sign-in: the case ends, everyone else is out, and the password is known to a stranger. The
 * sign-in itself goes on with what it has proven; what the password is worth from now on, the next step says. Undefined
 * when something else came first.
 */
export async function stopCase(visit: Visit, one: RecoveryCase): Promise<Stopped | undefined> {
  const { services, attempt, situation } = visit
  const outcome = await applyEvent(services, one.id, { type: 'disavow', keep: attempt.id })
  const account = await services.accounts.get(accountOf(visit).id)
  if (!outcome?.ok || account === undefined) return undefined
  const { proofs } = withStanding(attempt, standingProofs(situation), account.validAfter)
  const next = { ...attempt, proofs }
  return {
    change: (current) => ({ ...current, proofs }),
    visit: { ...visit, attempt: next, account, situation: { ...situation, attempt: next, account } },
  }
}
