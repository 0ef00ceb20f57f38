import { isAhead } from './lately.ts'

/**
 * `validAfter` as it counts now. One in the future is from before the clock was put right: it would void everything until
 * the clock is there again; and what it is meant for was ended by what set it.
 */
export function presentValidAfter(validAfter: number, now: number): number {
  return isAhead(validAfter, now) ? 0 : validAfter
}

/**
 * The first moment, in whole seconds as standards count them, at which a sign-in may say that it began after
 * `validAfter`. Rounded up: one that was complete earlier within the same second must not outlast a reset.
 */
export function firstSecondAfter(validAfter: number): number {
  return Math.ceil(validAfter / 1000)
}

/** Whether a sign-in of `authTime` (seconds) still stands. */
export function signInStands(authTime: number, validAfter: number): boolean {
  return authTime >= firstSecondAfter(validAfter)
}
