import type { Protection } from './account.ts'
import { countCodesLeft } from './backup-codes.ts'
import { type Factor, type FactorKind, usableFactors } from './factor.ts'

/** Why a sign-in ends with a look at someone's methods; what is most urgent comes first. */
export type CheckUpReason =
  /** Few backup codes are left. */
  | 'codes_low'
  /** One method works, and nothing is there when it is lost. */
  | 'one_method'
  /** A method was not used for a long time: it may be lost without anyone knowing. */
  | 'stale'
  /** Some weeks after something was set up: does it all still hold? */
  | 'routine'

const day = 86_400_000
/** After an answer, "not now" too, nobody is asked again for so long; and so long after an enrolment all is looked at once. */
export const checkUpInterval = 28 * day
/** Whoever has just set up the first method is left alone for so long before they are asked for a second. */
const oneMethodAfter = 7 * day
const staleAfter = 365 * day
const fewCodes = 3

/** What there is to ask someone about who has just proven a second factor. Empty for most sign-ins. */
export function checkUpOf(account: Protection, kinds: FactorKind[], now: number): CheckUpReason[] {
  const answeredAt = account.checkUp?.at ?? 0
  const factors = usableFactors(account)
  if (factors.length === 0 || now < answeredAt + checkUpInterval) return []
  const newest = Math.max(...factors.map(({ createdAt }) => createdAt))
  const due: { [reason in CheckUpReason]: boolean } = {
    codes_low: account.backupCodes !== undefined && countCodesLeft(account) <= fewCodes,
    one_method: factors.length === 1 && kinds.length > 0 && now >= newest + oneMethodAfter,
    stale: staleFactors(account, now).length > 0,
    routine: now >= newest + checkUpInterval && answeredAt < newest + checkUpInterval,
  }
  return (Object.keys(due) as CheckUpReason[]).filter((reason) => due[reason])
}

/** Methods that were neither used nor said to be there for a year. The only one is none of them: it was just used. */
export function staleFactors(account: Protection, now: number): Factor[] {
  const factors = usableFactors(account)
  const seen = ({ lastUsedAt = 0, confirmedAt = 0, createdAt }: Factor) =>
    Math.max(lastUsedAt, confirmedAt, createdAt)
  return factors.length < 2 ? [] : factors.filter((factor) => now - seen(factor) >= staleAfter)
}

/** The person has answered, whatever it was. */
export function checkedUp(account: Protection, now: number): Protection {
  return { ...account, checkUp: { at: now } }
}

/** The person says that they still have a method. */
export function confirmFactor(account: Protection, id: string, now: number): Protection {
  const factors = account.factors.map((factor) =>
    factor.id === id ? { ...factor, confirmedAt: now } : factor,
  )
  return { ...account, factors }
}
