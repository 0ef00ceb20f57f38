import type { Store } from '../../adapters/store/store.ts'
import { watchedStore } from './watched-store.ts'

/** What every operation of a killed process comes to. */
export class Killed extends Error {
  constructor() {
    super('the process was killed')
    this.name = 'Killed'
  }
}

export interface Mortal {
  store: Store
  /** Whether the process died, or came through. */
  dead(): boolean
}

/**
 * The store as a process sees it that is killed before its next write but `writes`. Reads leave nothing behind, so this
 * is every point at which a kill can be told from another. Once dead nothing gets through any more.
 */
export function mortalStore(store: Store, writes: number): Mortal {
  let left = writes
  let dead = false
  const around = async ({ operation }: { operation: string }, perform: () => Promise<unknown>) => {
    const reads = ['get', 'find', 'walk', 'count'].includes(operation)
    if (!reads) {
      dead ||= left === 0
      left -= 1
    }
    if (dead) throw new Killed()
    return perform()
  }
  return { store: watchedStore(store, around), dead: () => dead }
}
