/** Tells who waits at a stream of this process that something has arrived. Other processes look for themselves. */
export interface Arrivals {
  tell(stream: string): void
  /** Resolves on the next arrival, after a time, or when the waiting one has gone; with whether to go on waiting. */
  next(stream: string, milliseconds: number, gone: AbortSignal): Promise<boolean>
  /** Nobody waits any longer, now or later. */
  close(): void
}

export function createArrivals(): Arrivals {
  const waiting = new Map<string, Set<() => void>>()
  const closing = new AbortController()
  return {
    tell: (stream) => {
      for (const release of waiting.get(stream) ?? []) release()
    },
    next: (stream, milliseconds, gone) =>
      new Promise((resolve) => {
        const left = AbortSignal.any([gone, closing.signal])
        if (left.aborted) return resolve(false)
        const here = waiting.get(stream) ?? new Set()
        const release = () => {
          clearTimeout(timer)
          left.removeEventListener('abort', release)
          here.delete(release)
          if (here.size === 0 && waiting.get(stream) === here) waiting.delete(stream)
          resolve(!left.aborted)
        }
        const timer = setTimeout(release, milliseconds)
        left.addEventListener('abort', release)
        waiting.set(stream, here.add(release))
      }),
    close: () => closing.abort(),
  }
}
