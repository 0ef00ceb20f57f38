import type { Protection } from './account.ts'
import type { Factor, PushFactor, TotpFactor, TotpSecret } from './factor.ts'
import { countFailure } from './failures.ts'
import { kindsOfFactors } from './kinds.ts'
import { isAllowed, isExhausted } from './throttle.ts'

export type TotpOutcome = { ok: true } | { ok: false; reason: 'throttled' | 'wrong' | 'replayed' }

/** Factors that show a new code every 30 seconds: authenticator apps, and ours. */
export function codeFactors(account: Protection): (TotpFactor | PushFactor)[] {
  return account.factors.filter(showsCodes)
}

const showsCodes = (factor: Factor): factor is TotpFactor | PushFactor =>
  kindsOfFactors[factor.kind].provedBy.includes('totp')

/**
 * Takes a code that belongs to `step` of the factor (undefined: to none), inside the store's update: a step is
 * accepted once, failures count whoever makes them, and a hundred in a row disable the factor.
 */
export function acceptTotp(
  account: Protection,
  matched: { factor: string; step: number } | undefined,
  now: number,
): [Protection, TotpOutcome] {
  const throttle = account.throttles.otp
  if (!isAllowed(throttle, now) || isExhausted(throttle)) return [account, { ok: false, reason: 'throttled' }]
  const factor = codeFactors(account).find(
    (one) => one.id === matched?.factor && one.disabledAt === undefined,
  )
  if (matched === undefined || factor === undefined)
    return [countFailure(account, 'otp', showsCodes, now), { ok: false, reason: 'wrong' }]
  if (isSpent(factor, matched.step, now)) {
    return [countFailure(account, 'otp', showsCodes, now), { ok: false, reason: 'replayed' }]
  }
  const { otp: _, ...throttles } = account.throttles
  const used = { ...withSpent(factor), lastStep: matched.step, lastUsedAt: now }
  return [
    { ...account, throttles, factors: account.factors.map((one) => (one === factor ? used : one)) },
    { ok: true },
  ]
}

/** Steps that are remembered one by one. */
const remembered = 16
/** Milliseconds of a step (RFC 6238 §4.1), and how many of them an authenticator may be ahead. */
const period = 30_000
const tolerated = 2

/** The last step joins those before it. */
function withSpent<T extends TotpSecret>(factor: T): T {
  const { lastStep, spentSteps = [] } = factor
  return lastStep === undefined
    ? factor
    : { ...factor, spentSteps: [lastStep, ...spentSteps].slice(0, remembered) }
}

/**
 * A step is accepted once. Every step up to the last one is spent, unless that lies in the future: the clock was ahead
 * and was set back, and then only what was really used is. It stays spent when its time comes again.
 */
function isSpent({ lastStep, spentSteps = [] }: TotpSecret, step: number, now: number): boolean {
  if (lastStep === undefined) return false
  const isAhead = lastStep > Math.floor(now / period) + tolerated
  return step === lastStep || spentSteps.includes(step) || (step < lastStep && !isAhead)
}
