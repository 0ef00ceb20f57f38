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
