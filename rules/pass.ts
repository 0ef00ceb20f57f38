import type { Protection } from './account.ts'
import { type Mac, readBackupCode } from './backup-codes.ts'
import type { PassTerms } from './recovery-case.ts'
import { failed, isAllowed } from './throttle.ts'

/** A pass is written and read like a backup code: 80 bits, sixteen letters, tolerant of how it is typed. */
export function hashPass(recoveryCase: string, typed: string, mac: Mac, like?: string): string {
  return mac(`pass|${recoveryCase}|${readBackupCode(typed)}`, like)
}

/** Gives the account the pass of a case: once a case, however often it is asked. */
export function issuePass(
  account: Protection,
  recoveryCase: string,
  pass: PassTerms,
  now: number,
): Protection {
  if (account.lastReset === recoveryCase || account.stoppedReset === recoveryCase) return account
  const { hash, lifetime } = pass
  return {
    ...account,
    lastReset: recoveryCase,
    pass: { case: recoveryCase, hash, expiresAt: now + lifetime },
  }
}

export type PassOutcome = { ok: true } | { ok: false; reason: 'throttled' | 'wrong' | 'none' }

/** Spends the pass, inside the store's update: it signs in once. */
export function redeemPass(
  account: Protection,
  typed: string,
  mac: Mac,
  now: number,
): [Protection, PassOutcome] {
  const { pass, ...rest } = account
  const throttle = account.throttles.pass
  if (!isAllowed(throttle, now)) return [account, { ok: false, reason: 'throttled' }]
  if (pass === undefined || pass.expiresAt <= now) return [account, { ok: false, reason: 'none' }]
  if (hashPass(pass.case, typed, mac, pass.hash) !== pass.hash) {
    return [
      { ...account, throttles: { ...account.throttles, pass: failed(throttle, now) } },
      { ok: false, reason: 'wrong' },
    ]
  }
  const { pass: _, ...throttles } = account.throttles
  return [{ ...rest, throttles }, { ok: true }]
}
