import { createKeyRing, type KeyRing, type RingKey } from '../adapters/secrets/key-ring.ts'
import { missingKey, noteKeys } from '../adapters/secrets/known-keys.ts'
import type { Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options/config-error.ts'
import { faultLine } from './faults.ts'

/** What every store has that was ever started on. */
const sealedSettings = ['signing-keys', 'vapid-keys', 'audit-keys']

/** Throws ConfigError where a key isn't on the ring that the store needs, as far as is known. Notes which one seals now. */
export async function checkKeys(store: Store, keys: RingKey[]): Promise<void> {
  await checkRing(store, createKeyRing(keys))
  const missing = await noteKeys(store, keys)
  if (missing.length > 0) throw new ConfigError(missing.map((id) => faultLine('keys', missingKey(id))))
}

/** The same for a moment, without taking a note. */
export async function checkRing({ settings }: Store, ring: KeyRing): Promise<void> {
  for (const id of sealedSettings) {
    const stored = await settings.get(id)
    if (stored === undefined) continue
    try {
      ring.open(stored.value, id)
    } catch {
      const key = stored.value.slice(0, stored.value.indexOf('.'))
      throw new ConfigError([
        faultLine(
          'keys',
          `the store was sealed with the key "${key}", which is not on the ring, or another now; put it back`,
        ),
      ])
    }
  }
}
