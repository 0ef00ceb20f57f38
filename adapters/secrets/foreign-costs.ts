import { readForeignHash, withoutSecret } from '../../rules/password-hash.ts'
import type { Store } from '../store/store.ts'

const setting = 'foreign-hashes'
/** Costs that people may bring along in all: a sign-in does the work of each. */
export const mostCosts = 8
/** How long one process may not know of a cost that an import brought. Milliseconds. */
const lookAgain = 30_000

type Settings = Pick<Store, 'settings'>

/** One hash of each cost that was imported, without its secret. */
export async function foreignCosts({ settings }: Settings): Promise<string[]> {
  const stored = await settings.get(setting)
  return stored === undefined ? [] : JSON.parse(stored.value)
}

/** The same for whoever asks at every sign-in. */
export function rememberedCosts(store: Settings, clock: () => number): () => Promise<string[]> {
  let known: string[] = []
  let looked = Number.NEGATIVE_INFINITY
  return async () => {
    if (Math.abs(clock() - looked) < lookAgain) return known
    looked = clock()
    known = await foreignCosts(store)
    return known
  }
}

/** Notes costs before the first hash of them is stored. Returns false, and notes none, where they are too many. */
export async function noteCosts({ settings }: Settings, hashes: Iterable<string>): Promise<boolean> {
  const brought = new Map<string, string>()
  for (const hash of hashes) {
    const read = readForeignHash(hash)
    if (!('fault' in read)) brought.set(read.cost, withoutSecret(hash))
  }
  return settings.update(setting, (current) => {
    const kept: string[] = current === undefined ? [] : JSON.parse(current.value)
    const costs = new Set(kept.map((one) => costOf(one)))
    const fresh = [...brought].filter(([cost]) => !costs.has(cost)).map(([, hash]) => hash)
    if (fresh.length === 0) return [current, true]
    if (kept.length + fresh.length > mostCosts) return [current, false]
    return [{ id: setting, value: JSON.stringify([...kept, ...fresh]) }, true]
  })
}

function costOf(hash: string): string {
  const read = readForeignHash(hash)
  return 'fault' in read ? '' : read.cost
}
