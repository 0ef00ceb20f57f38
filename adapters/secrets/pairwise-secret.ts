import { Conflict } from '../store/port.ts'
import type { Store } from '../store/store.ts'
import type { KeyRing } from './key-ring.ts'

const setting = 'pairwise-secret'

/**
 * What the pairwise subjects of people are made of. Apps know people by these for good, so the secret outlives every key
 * of the ring: it is what the oldest one made of it before this was kept, sealed in the store.
 */
export async function pairwiseSecret({ settings }: Pick<Store, 'settings'>, ring: KeyRing): Promise<string> {
  const stored = await settings.get(setting)
  if (stored !== undefined) return ring.open(stored.value, setting)
  const secret = ring.hashes('pairwise').at(-1)!
  try {
    await settings.insert({ id: setting, value: ring.seal(secret, setting) })
    return secret
  } catch (error) {
    // Another process started at the same time and was first: its secret counts.
    if (error instanceof Conflict) return pairwiseSecret({ settings }, ring)
    throw error
  }
}
