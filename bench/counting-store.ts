import type { CollectionName, Store } from '../adapters/store/store.ts'

/** What was asked of a store since the last time that somebody looked. */
export interface Counts {
  reads: number
  writes: number
  /** Each, in order: `audit.insertAll`. */
  operations: string[]
  /** The documents that were written to, in order: `accounts.update person1`. */
  written: string[]
}

export const noCounts = (): Counts => ({ reads: 0, writes: 0, operations: [], written: [] })

const reading = ['get', 'find', 'walk', 'count']

/** The same store, and how often it was asked for what. */
export function countingStore(store: Store): { store: Store; counts: Counts } {
  const counts = noCounts()
  const watch = (name: string, collection: object) =>
    new Proxy(collection, {
      get: (target, operation) => {
        const work = Reflect.get(target, operation, target)
        if (typeof work !== 'function') return work
        return (...given: unknown[]) => {
          if (reading.includes(String(operation))) counts.reads += 1
          else {
            counts.writes += 1
            counts.written.push(`${name}.${String(operation)} ${idOf(given[0])}`)
          }
          counts.operations.push(`${name}.${String(operation)}`)
          return work.apply(target, given)
        }
      },
    })
  const names = Object.keys(store).filter((name) => typeof store[name as CollectionName] === 'object')
  const watched = names.map((name) => [name, watch(name, store[name as CollectionName])])
  return { store: { ...store, ...Object.fromEntries(watched) }, counts }
}

/** Of a document, of the first of several, or as it was given. */
function idOf(given: unknown): string {
  const one = Array.isArray(given) ? given[0] : given
  return typeof one === 'object' && one !== null ? String((one as { id?: unknown }).id) : String(one)
}
