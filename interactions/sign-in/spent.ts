import { type Attempt, hasProof } from '../../rules/attempt.ts'
import type { Effect } from '../../rules/effect.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { change, type Outcome, stay, type Visit } from './step.ts'

type Spent = 'pass' | 'backup_code'

/** Promised where something is spent that doesn't come back: it counts in this sign-in, whatever happens to the process. */
export function provenBy(
  { id: attempt, revision }: Attempt,
  account: string,
  method: Spent,
  cause: string,
  at: number,
  codesLeft?: number,
): Effect {
  return { kind: 'add_proof', id: `${cause}:proof`, account, attempt, revision, method, at, codesLeft }
}

/** What is to be said once it was spent. */
export const spentIn = (visit: Visit, method: Spent): Promise<Outcome> =>
  isDone(visit, (attempt) => hasProof(attempt, method), 'overtaken')

/** Nothing is to be said of what the account has promised to the sign-in, unless something else had changed that meanwhile. */
export async function isDone(
  { services, attempt }: Visit,
  there: (attempt: Attempt) => boolean,
  lost: MessageKey,
): Promise<Outcome> {
  const now = await services.store.attempts.get(attempt.id)
  return now !== undefined && there(now) ? stay : change((current) => current, lost)
}
