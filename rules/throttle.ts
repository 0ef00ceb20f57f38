import { isAhead } from './lately.ts'

/** Consecutive failures of one method, by one person or from one address. */
export interface Throttle {
  failures: number
  /** When the last failure happened. */
  lastAt: number
  /** What was counted last, where the same thing may be counted again after a crash. */
  last?: string
}

export const throttleLimits = {
  /** Failures that cost no wait: people mistype. */
  free: 4,
  firstWait: 30_000,
  longestWait: 3_600_000,
  /** Of strangers, who may share a network with the person. */
  strangersWait: 600_000,
  /** NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failures, then the authenticator is disabled. */
  disableAfter: 100,
} as const

/**
 * The moment from which another try is allowed; not after `now` when it is allowed already.
 * A failure that now lies in the future, as the clock was set back, holds nobody off until the clock is there again.
 */
export function allowedFrom(
  throttle: Throttle | undefined,
  now: number,
  longest: number = throttleLimits.longestWait,
): number {
  if (throttle === undefined || throttle.failures <= throttleLimits.free) return 0
  if (isAhead(throttle.lastAt, now)) return 0
  const doublings = Math.min(throttle.failures - throttleLimits.free - 1, 20)
  const wait = Math.min(throttleLimits.firstWait * 2 ** doublings, longest)
  return Math.min(throttle.lastAt, now) + wait
}

export function isAllowed(throttle: Throttle | undefined, now: number, longest?: number): boolean {
  return allowedFrom(throttle, now, longest) <= now
}

export function failed(throttle: Throttle | undefined, now: number): Throttle {
  return { failures: (throttle?.failures ?? 0) + 1, lastAt: now }
}

export function isExhausted(throttle: Throttle | undefined): boolean {
  return (throttle?.failures ?? 0) >= throttleLimits.disableAfter
}

/** A budget of requests per address: `capacity` at once, refilled evenly over `period` milliseconds. */
export interface Budget {
  capacity: number
  period: number
}

/**
 * Spends one unit of a budget kept as a Throttle (`failures` units spent, `lastAt` last refill).
 * Returns the new state, or undefined when nothing is left.
 */
export function spend(state: Throttle | undefined, budget: Budget, now: number): Throttle | undefined {
  const spent = left(state, budget, now)
  return spent + 1 > budget.capacity ? undefined : { failures: spent + 1, lastAt: now }
}

/** Spends units that were used elsewhere: they count, whether or not there were as many. */
export function charge(state: Throttle | undefined, budget: Budget, units: number, now: number): Throttle {
  return { failures: left(state, budget, now) + units, lastAt: now }
}

/** Units that are spent and not refilled yet. */
function left(state: Throttle | undefined, { capacity, period }: Budget, now: number): number {
  if (state === undefined || isAhead(state.lastAt, now)) return 0
  return Math.max(0, state.failures - (Math.max(0, now - state.lastAt) * capacity) / period)
}

/** The moment from which another unit of an exhausted budget can be spent. */
export function refilledFrom(state: Throttle | undefined, { capacity, period }: Budget, now: number): number {
  if (state === undefined) return now
  return Math.max(now, state.lastAt + ((state.failures + 1 - capacity) * period) / capacity)
}
