import type { Address, Protection } from './account.ts'
import { type Factor, usableFactors } from './factor.ts'
import { disableFactors } from './failures.ts'
import type { Proof } from './proof.ts'

/** More than anybody gets notices in the two weeks that their links are good for, unless someone plays with them. */
const mostExpiries = 20

/**
 * Expires the password for a cause, once: a link that is opened again, or an effect that is repeated after a crash, does
 * nothing more, also when another one came in between. `cause` is the effect's id, `version` that of the password.
 */
export function expiredPassword(
  account: Protection,
  version: string | undefined,
  cause: string,
  now: number,
): Protection | undefined {
  if (account.expiries?.includes(cause)) return undefined
  const expiries = [cause, ...(account.expiries ?? [])].slice(0, mostExpiries)
  return { ...account, expiredVersion: version, validAfter: now, expiries }
}

/** What someone else may have brought into an account. */
export interface Suspicion {
  factor(factor: Factor): boolean
  /** Whether the backup codes may be in the wrong hands. */
  codes: boolean
  /** Whether the factor rests on a reset that the person didn't ask for: then proving it proves nothing. */
  reset: boolean
  /** An address for notices; the one that signs in is never among them. */
  address(address: Address): boolean
}

/**
 * After "this wasn't me": what a stranger has brought signs nobody in. A suspect factor is disabled and not removed, or
 * the password and the mailbox would be enough to enrol another one; the way back is a recovery case. The only one stays
 * in use, and takes a mailed code besides: the mailbox alone takes nobody's factor and codes away, and who has added one
 * without the mailbox can't use it.
 */
export function distrust(account: Protection, suspicion: Suspicion, now: number): Protection {
  const { pass: _, backupCodes, pendingAddress: _pending, ...others } = account
  const noticeAddresses = account.noticeAddresses.filter(
    (one) => one.addition === undefined || !suspicion.address(one),
  )
  const rest = { ...others, noticeAddresses }
  if (takesTheOnlyOne(account, suspicion)) return { ...rest, backupCodes, disputed: now }
  const factors = disableFactors(account.factors, (factor) => suspicion.factor(factor), now)
  if (backupCodes === undefined || !suspicion.codes) return { ...rest, factors, backupCodes }
  return {
    ...rest,
    factors,
    backupCodes: { ...backupCodes, codes: [], confirmedAt: undefined, provenAt: undefined },
  }
}

function takesTheOnlyOne(account: Protection, { factor, reset }: Suspicion): boolean {
  const usable = usableFactors(account)
  return !reset && usable.length > 0 && usable.every((one) => factor(one))
}

/** A sign-in that has proven the mailbox beside the factor has answered whose it is. */
export function settled(account: Protection, proofs: Proof[]): Protection {
  const { disputed, ...rest } = account
  const proven = proofs.some(({ method, at }) => method === 'mail_code' && at >= (disputed ?? 0))
  return disputed !== undefined && proven ? rest : account
}
