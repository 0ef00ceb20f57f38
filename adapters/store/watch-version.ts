import { outgrown } from './migrate.ts'
import type { StoreFault } from './port.ts'
import type { Store } from './store.ts'

/** Milliseconds between looks. */
const interval = 2_000

/**
 * Looks now and then whether a later release has brought the store forward, or has begun to: what this one wrote from then
 * on would not be understood. Says so once. Returns how to stop looking.
 */
export function watchVersion(store: Store, left: (why: StoreFault) => void): () => void {
  const look = async () => {
    // A store that is away is not what this is about.
    const why = await outgrown(store).catch(() => undefined)
    if (why === undefined) return
    stop()
    left(why)
  }
  const timer = setInterval(look, interval).unref()
  const stop = () => clearInterval(timer)
  return stop
}
