import { createKeyRing, type KeyRing, type RingKey } from '../adapters/secrets/key-ring.ts'
import { lostKey, missingKey, missingKeys, noteKeys, otherKey } from '../adapters/secrets/known-keys.ts'
import type { Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options/config-error.ts'
import { faultLine } from './faults.ts'

/** Throws ConfigError where a key isn't on the ring that the store needs, as far as is known. Notes which one seals now. */
export async function checkKeys(store: Store, keys: RingKey[]): Promise<void> {
  await checkRing(store, createKeyRing(keys))
  refuse(await noteKeys(store, keys))
}

/** The same for a look, without taking a note. */
export async function lookAtKeys(store: Store, keys: RingKey[]): Promise<void> {
  await checkRing(store, createKeyRing(keys))
  refuse(await missingKeys(store, keys))
}

function refuse(missing: string[]): void {
  if (missing.length > 0) throw new ConfigError(missing.map((id) => faultLine('keys', missingKey(id))))
}

/** Whether what every store has is opened. */
export async function checkRing(store: Store, ring: KeyRing): Promise<void> {
  const lost = await lostKey(store, ring)
  if (lost !== undefined) throw new ConfigError([faultLine('keys', otherKey(lost))])
}
