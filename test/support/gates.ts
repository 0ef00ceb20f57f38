import type { CollectionName, Store } from '../../adapters/store.ts'

const operations = ['get', 'find', 'insert', 'update', 'remove', 'removeBy'] as const

/** An operation of a store: on which collection, and on the document whose id begins so. */
export interface Held {
  collection: CollectionName
  operation: (typeof operations)[number]
  id: string
  /** Before it is carried out, or with what it read or wrote. */
  when: 'before' | 'after'
}

/** Requests that are held in the middle of their work. */
export interface Gate {
  /** Resolves when all of them are there. */
  reached: Promise<void>
  open(): void
}

export interface GatedStore {
  store: Store
  /** Holds the next `count` such operations; those that come later pass. */
  hold(count: number, held: Held): Gate
}

interface Waiting extends Held {
  left: number
  arrive(): Promise<void>
}

/** The same store; a test can hold requests in it, to let something else happen meanwhile. */
export function gated(store: Store): GatedStore {
  const gates: Waiting[] = []
  const pass = async (here: Held) => {
    const gate = gates.find(
      (one) =>
        one.left > 0 &&
        one.collection === here.collection &&
        one.operation === here.operation &&
        one.when === here.when &&
        here.id.startsWith(one.id),
    )
    await gate?.arrive()
  }
  const names = Object.keys(store).filter((name) => name !== 'close') as CollectionName[]
  const collections = names.map((name) => [name, watched(store, name, pass)])
  return {
    store: { ...Object.fromEntries(collections), close: () => store.close() },
    hold: (count, held) => hold(gates, count, held),
  }
}

function watched(store: Store, collection: CollectionName, pass: (here: Held) => Promise<void>): object {
  const engine = store[collection] as unknown as {
    [operation: string]: (...given: unknown[]) => Promise<unknown>
  }
  const through = operations.map((operation) => [
    operation,
    async (...given: unknown[]) => {
      const id = String(operation === 'insert' ? (given[0] as { id: string }).id : given[0])
      await pass({ collection, operation, id, when: 'before' })
      const outcome = await engine[operation]!(...given)
      await pass({ collection, operation, id, when: 'after' })
      return outcome
    },
  ])
  return Object.fromEntries(through)
}

function hold(gates: Waiting[], count: number, held: Held): Gate {
  const [all, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const gate: Waiting = {
    ...held,
    left: count,
    arrive: () => {
      gate.left -= 1
      if (gate.left === 0) all.resolve()
      return opened.promise
    },
  }
  gates.push(gate)
  return { reached: all.promise, open: () => opened.resolve() }
}
