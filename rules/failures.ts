import type { Protection } from './account.ts'
import type { Factor } from './factor.ts'
import { failed, isExhausted } from './throttle.ts'

type Which = (factor: Factor) => boolean

/** Disables factors; those that are disabled already keep the time since when they are. */
export function disableFactors(factors: Factor[], which: Which, now: number): Factor[] {
  return factors.map((factor) =>
    which(factor) ? { ...factor, disabledAt: factor.disabledAt ?? now } : factor,
  )
}

/**
 * Counts a failure of a method. A hundred in a row, whoever made them, disable the factors that it proves (NIST SP
 * 800-63B-4 §3.2.2).
 */
export function countFailure(account: Protection, method: string, proves: Which, now: number): Protection {
  const throttle = failed(account.throttles[method], now)
  const factors = isExhausted(throttle) ? disableFactors(account.factors, proves, now) : account.factors
  return { ...account, factors, throttles: { ...account.throttles, [method]: throttle } }
}
