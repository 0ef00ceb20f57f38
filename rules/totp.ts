import type { Account, Factor, PushFactor, TotpFactor } from './account.ts'
import { countFailure } from './failures.ts'
import { isAllowed, isExhausted } from './throttle.ts'

export type TotpOutcome = { ok: true } | { ok: false; reason: 'throttled' | 'wrong' | 'replayed' }

/** Factors that show a new code every 30 seconds: authenticator apps, and ours. */
export function codeFactors(account: Account): (TotpFactor | PushFactor)[] {
  return account.factors.filter(showsCodes)
}

const showsCodes = (factor: Factor): factor is TotpFactor | PushFactor =>
  factor.kind === 'totp' || factor.kind === 'push'

/**
 * Takes a code that belongs to `step` of the factor (undefined: to none), inside the store's update: a step is
 * accepted once, failures count whoever makes them, and a hundred in a row disable the factor.
 */
export function acceptTotp(
  account: Account,
  matched: { factor: string; step: number } | undefined,
  now: number,
): [Account, TotpOutcome] {
  const throttle = account.throttles.otp
  if (!isAllowed(throttle, now) || isExhausted(throttle)) return [account, { ok: false, reason: 'throttled' }]
  const factor = codeFactors(account).find(
    (one) => one.id === matched?.factor && one.disabledAt === undefined,
  )
  if (matched === undefined || factor === undefined)
    return [countFailure(account, 'otp', showsCodes, now), { ok: false, reason: 'wrong' }]
  if (factor.lastStep !== undefined && matched.step <= factor.lastStep) {
    return [countFailure(account, 'otp', showsCodes, now), { ok: false, reason: 'replayed' }]
  }
  const { otp: _, ...throttles } = account.throttles
  const used = { ...factor, lastStep: matched.step, lastUsedAt: now }
  return [
    { ...account, throttles, factors: account.factors.map((one) => (one === factor ? used : one)) },
    { ok: true },
  ]
}
