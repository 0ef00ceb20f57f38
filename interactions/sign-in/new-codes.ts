import { issueCodes } from '../../account/issue-codes.ts'
import { accountOf, actingIn, change, type Outcome, say, type Visit } from './step.ts'

/** A new set of backup codes, on the page that comes next. Of two windows at once, one makes it. */
export async function showNewCodes(visit: Visit): Promise<Outcome> {
  const codes = await issueCodes(visit.services, actingIn(visit), accountOf(visit).backupCodes?.number)
  if (codes === undefined) return say('not_possible')
  return change((attempt) => ({ ...attempt, codes, codesLeft: undefined }), 'codes_replaced')
}
