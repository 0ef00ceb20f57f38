import { createKeyRing, type KeyRing, type RingKey } from '../adapters/secrets/key-ring.ts'
import { keyFaults, lostKey, otherKey } from '../adapters/secrets/known-keys.ts'
import type { Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options/config-error.ts'
import { createSigningKeys } from '../provider/signing-keys.ts'
import type { Config } from './config.ts'
import { signingOf } from './signing.ts'

/** Throws ConfigError where a key isn't on the ring that the store needs, as far as is known. Notes which one seals now. */
export async function checkKeys(store: Store, keys: RingKey[]): Promise<void> {
  refuse(await keyFaults(store, keys, { note: true }))
}

/**
 * The same for a command that seals what a server is to open, perhaps before the first one was started: then the store has
 * nothing yet by which another key of the same name is known. Its signing keys are.
 */
export async function claimKeys(store: Store, config: Config): Promise<void> {
  await checkKeys(store, config.keys)
  const ring = createKeyRing(config.keys)
  await createSigningKeys({ store, ring, clock: Date.now, ...signingOf(config) })
}

/** The same for a look, without taking a note. */
export async function lookAtKeys(store: Store, keys: RingKey[]): Promise<void> {
  refuse(await keyFaults(store, keys, { note: false }))
}

/** Without the example of a setting: a fresh key is no cure. */
function refuse(faults: string[]): void {
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => `keys: ${fault}`))
}

/** Whether what every store has is opened. */
export async function checkRing(store: Store, ring: KeyRing): Promise<void> {
  const lost = await lostKey(store, ring)
  refuse(lost === undefined ? [] : [otherKey(lost)])
}
