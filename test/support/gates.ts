import type { Store } from '../../adapters/store/store.ts'
import { type Asked, watchedStore } from './watched-store.ts'

/** Operations that are held: those whose id begins so. */
export interface Held extends Asked {
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
  const pass = async (asked: Asked, when: Held['when']) => {
    const gate = gates.find(
      (one) =>
        one.left > 0 &&
        one.collection === asked.collection &&
        one.operation === asked.operation &&
        one.when === when &&
        asked.id.startsWith(one.id),
    )
    await gate?.arrive()
  }
  const around = async (asked: Asked, perform: () => Promise<unknown>) => {
    await pass(asked, 'before')
    const outcome = await perform()
    await pass(asked, 'after')
    return outcome
  }
  return { store: watchedStore(store, around), hold: (count, held) => hold(gates, count, held) }
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
