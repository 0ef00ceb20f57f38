import { issueCodes } from '../../account/issue-codes.ts'
import { isDone } from './spent.ts'
import { accountOf, actingIn, type Outcome, say, type Visit } from './step.ts'

/** A new set of backup codes, on the page that comes next. Of two windows at once, one makes it. */
export async function showNewCodes(visit: Visit): Promise<Outcome> {
  const { services, attempt } = visit
  const seen = accountOf(visit).backupCodes?.number
  const set = await issueCodes(services, actingIn(visit), seen, attempt)
  if (set === undefined) return say('not_possible')
  return isDone(visit, ({ codes }) => codes?.set === set, 'codes_replaced')
}
