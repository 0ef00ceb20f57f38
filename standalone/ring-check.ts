import type { KeyRing, RingKey } from '../adapters/secrets/key-ring.ts'
import { keyFaults, lostKey, otherKey } from '../adapters/secrets/known-keys.ts'
import type { Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options/config-error.ts'
import { faultLine } from './faults.ts'

/** Throws ConfigError where a key isn't on the ring that the store needs, as far as is known. Notes which one seals now. */
export async function checkKeys(store: Store, keys: RingKey[]): Promise<void> {
  refuse(await keyFaults(store, keys, { note: true }))
}

/** The same for a look, without taking a note. */
export async function lookAtKeys(store: Store, keys: RingKey[]): Promise<void> {
  refuse(await keyFaults(store, keys, { note: false }))
}

function refuse(faults: string[]): void {
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => faultLine('keys', fault)))
}

/** Whether what every store has is opened. */
export async function checkRing(store: Store, ring: KeyRing): Promise<void> {
  const lost = await lostKey(store, ring)
  refuse(lost === undefined ? [] : [otherKey(lost)])
}
