import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options.ts'
import { faultLine } from './faults.ts'

/** What every store has that was ever started on. */
const sealedSettings = ['signing-keys', 'vapid-keys', 'audit-keys']

/** Throws ConfigError where the store was sealed with keys that aren't on the ring: nothing in it could be read. */
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
