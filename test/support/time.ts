/** A clock that moves the whole process, to be given to `startRekey`. */
export interface ProcessClock {
  /** Always 0 to read, as `Date.now` has it already; what is added to it moves the time. */
  offset: number
  restore(): void
}

/**
 * Moves `Date.now` itself: oidc-provider and the relying apps read it, so a reset far in the future would otherwise
 * void the tokens that come after it.
 */
export function moveProcessTime(): ProcessClock {
  const real = Date.now
  let ahead = 0
  Date.now = () => real() + ahead
  return {
    get offset() {
      return 0
    },
    set offset(milliseconds) {
      ahead += milliseconds
    },
    restore: () => {
      Date.now = real
    },
  }
}

/** Does something in one moment: what refills with time doesn't while a slow machine is at it. */
export async function inOneMoment<T>(act: () => Promise<T>, moment = Date.now()): Promise<T> {
  const running = Date.now
  Date.now = () => moment
  try {
    return await act()
  } finally {
    Date.now = running
  }
}
