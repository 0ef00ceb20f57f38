import { applyEvent } from '../../recovery/cases.ts'
import { withStanding } from '../../rules/attempt.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { standingProofs } from '../../rules/standing.ts'
import { accountOf, tryChange, type Visit } from './room.ts'

/**
 * "This wasn't me", said in a sign-in: the case ends, everyone else is out, and the password is known to a stranger. The
 * sign-in itself goes on with what it has proven; what the password is worth from now on, the next step says. Undefined
 * when something else came first.
 */
export async function stopCase(visit: Visit, one: RecoveryCase): Promise<Visit | undefined> {
  const { services, attempt, situation } = visit
  const outcome = await applyEvent(services, one.id, { type: 'disavow', keep: attempt.id })
  const account = await services.store.accounts.get(accountOf(visit).id)
  if (!outcome?.ok || account === undefined) return undefined
  const standing = withStanding(attempt, standingProofs(situation), account.validAfter)
  const changed = await tryChange(visit, ({ message: _, ...current }) => ({
    ...current,
    proofs: standing.proofs,
  }))
  if (!changed) return undefined
  const next = { ...standing, revision: attempt.revision + 1 }
  return { ...visit, attempt: next, account, situation: { ...situation, attempt: next, account } }
}
