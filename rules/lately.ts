/** What the clocks of several processes may differ by. A moment further ahead is from before the clock was put right. Milliseconds. */
export const clockSkew = 10_000

/**
 * Whether something happened within so many milliseconds. A moment that lies ahead is from before the clock was put
 * right: it holds nothing up until the clock is there again.
 */
export const isLately = (at: number, length: number, now: number): boolean =>
  at > now - length && at <= now + clockSkew

/** Whether a moment lies so far ahead that it is from before the clock was put right: nobody knows how long ago it was. */
export const isAhead = (at: number, now: number): boolean => at > now + clockSkew

/** Whether a moment is still to come that was set so many milliseconds ahead at most. */
export const isToCome = (at: number, ahead: number, now: number): boolean =>
  at > now && at <= now + ahead + clockSkew
