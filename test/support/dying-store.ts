import type { Collection, Document } from '../../adapters/store/port.ts'
import { type CollectionName, collections, type Store } from '../../adapters/store/store.ts'

export interface DyingStore {
  store: Store
  dead(): boolean
  /** Writes since it was said when to die. */
  writes(): number
  /** Dies in place of the n-th write from now on, counted from 1. */
  dieAt(write: number): void
}

const reading = ['get', 'find', 'walk', 'count'] as const
const writing = ['insert', 'insertAll', 'update', 'remove', 'removeBy'] as const

/**
 * A store of a process that dies at a given write, before anything of it is done: from then on everything that is asked
 * of it, reading too, calls `die`.
 */
export function dyingStore(store: Store, die: () => Promise<never>): DyingStore {
  let count = 0
  let last = Infinity
  const dead = () => count >= last
  const watch = (collection: Collection<Document>) => {
    const watched = (method: (typeof reading | typeof writing)[number], isWrite: boolean) => {
      const carryOut = collection[method].bind(collection) as (...given: never[]) => Promise<unknown>
      return (...given: never[]) => {
        if (isWrite && !dead()) count += 1
        return dead() ? die() : carryOut(...given)
      }
    }
    return Object.fromEntries([
      ...reading.map((method) => [method, watched(method, false)]),
      ...writing.map((method) => [method, watched(method, true)]),
    ])
  }
  const watched = Object.keys(collections).map((name) => [
    name,
    watch(store[name as CollectionName] as never as Collection<Document>),
  ])
  return {
    store: { ...store, ...Object.fromEntries(watched) } as Store,
    dead,
    writes: () => count,
    dieAt: (write) => {
      count = 0
      last = write
    },
  }
}
