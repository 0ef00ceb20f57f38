/** Milliseconds without use, after which a session says no more of a second factor (NIST SP 800-63B-4 §2.2.3). */
export const idleLimit = 3_600_000

/** A use is written down at most so often: a session may count as idle that much too early, and never too late. */
const notedEvery = 600_000

/**
 * Whether nobody has used it for too long. One from before this was written down counts as in use; one that was used
 * while the clock was far ahead doesn't: it would do so until the clock is there again.
 */
export function isIdle(usedAt: number | undefined, now: number): boolean {
  return usedAt !== undefined && Math.abs(now - usedAt) > idleLimit
}

/** When it was last used, if it is used now. What has become idle stays so until the next sign-in. */
export function usedNow(usedAt: number | undefined, now: number): number {
  if (usedAt === undefined) return now
  if (isIdle(usedAt, now)) return usedAt
  return usedAt > now || now - usedAt >= notedEvery ? now : usedAt
}
