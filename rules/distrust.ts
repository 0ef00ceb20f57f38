import type { Account, Factor } from './account.ts'

/** What someone else may have brought into an account. */
export interface Suspicion {
  factor(factor: Factor): boolean
  /** Whether the backup codes may be in the wrong hands. */
  codes: boolean
}

/**
 * After "this wasn't me": what a stranger has brought signs nobody in. A suspect factor is disabled and not removed, or
 * the password and the mailbox would be enough to enrol another one; the way back is a recovery case.
 */
export function distrust(account: Account, suspicion: Suspicion, now: number): Account {
  const { pass: _, backupCodes, ...rest } = account
  const factors = account.factors.map((factor) =>
    suspicion.factor(factor) ? { ...factor, disabledAt: factor.disabledAt ?? now } : factor,
  )
  if (backupCodes === undefined || !suspicion.codes)
    return { ...rest, factors, ...(backupCodes && { backupCodes }) }
  return { ...rest, factors, backupCodes: { ...backupCodes, codes: [], confirmedAt: undefined } }
}
