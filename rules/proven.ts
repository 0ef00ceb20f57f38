import type { Account } from './account.ts'
import { type Attempt, withProof } from './attempt.ts'
import type { AddProof, ShowCodes } from './effect.ts'

/** A sign-in with what was spent or set up in it, if it is still where it was then. */
export function withPromisedProof(current: Attempt, effect: AddProof, account: Account): Attempt {
  if (!isWhereItWas(current, effect)) return current
  const { method, at, passkey, codesLeft = current.codesLeft, enrolled, revision } = effect
  const proved = withProof({ ...current, message: undefined }, method, at, account, passkey)
  const next = { ...proved, codesLeft, revision: revision + 1 }
  if (enrolled === undefined) return next
  const { trust, codes = current.codes } = enrolled
  const actionStatus = current.action === undefined ? undefined : 'success'
  const done = { enrolment: undefined, enrolling: undefined, pairing: undefined, replacing: undefined }
  return { ...next, trust, codes, actionStatus, ...done }
}

/** A sign-in that shows the backup codes made in it. */
export function withShownCodes(current: Attempt, effect: ShowCodes): Attempt {
  if (!isWhereItWas(current, effect)) return current
  const { codes, revision } = effect
  return { ...current, message: undefined, codes, codesLeft: undefined, revision: revision + 1 }
}

const isWhereItWas = (current: Attempt, { revision }: { revision: number }): boolean =>
  current.revision === revision && current.finishedAt === undefined
