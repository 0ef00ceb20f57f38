import type { Store } from '../store/store.ts'
import { createKeyRing, type KeyRing, type RingKey } from './key-ring.ts'

type Settings = Pick<Store, 'settings'>

const setting = 'ring-keys'

/**
 * Notes which key seals from now on, and returns those that were noted before, are still needed as far as is known, and
 * are not on the ring: then nothing will be sealed, and nothing is noted. A look at everything that is stored would take
 * long; `releaseKeys` is what one came to.
 */
export async function noteKeys({ settings }: Settings, keys: readonly { id: string }[]): Promise<string[]> {
  const ring = keys.map(({ id }) => id)
  const noted = await settings.update(setting, (current) => {
    // A store of before notes were taken may need any of them.
    const known: string[] = current === undefined ? ring : JSON.parse(current.value)
    const next = [...new Set([...known, ring[0]!])]
    const refused = known.some((id) => !ring.includes(id))
    if (refused || (current !== undefined && next.length === known.length)) return [current, next]
    return [{ id: setting, value: JSON.stringify(next) }, next]
  })
  return noted.filter((id) => !ring.includes(id))
}

/** The same without taking a note. */
async function missingKeys({ settings }: Settings, keys: readonly { id: string }[]): Promise<string[]> {
  const noted = await settings.get(setting)
  const known: string[] = noted === undefined ? [] : JSON.parse(noted.value)
  return known.filter((id) => !keys.some((key) => key.id === id))
}

/** Nothing needs these any more, or what needed them is given up. */
export function releaseKeys({ settings }: Settings, ids: readonly string[]): Promise<void> {
  return settings.update(setting, (current) => {
    const known: string[] = current === undefined ? [] : JSON.parse(current.value)
    const left = known.filter((id) => !ids.includes(id))
    if (left.length === known.length) return [current, undefined]
    return [{ id: setting, value: JSON.stringify(left) }, undefined]
  })
}

/** What is said of a key that should be on the ring. */
const missingKey = (id: string): string =>
  `the key "${id}" is not on the ring, and something may still need it; put it back at the end, and see rekey keys reseal`

/** What every store has that was ever started on. */
const sealedSettings = ['signing-keys', 'vapid-keys', 'audit-keys']

/** The key that something was sealed with which this ring doesn't open, if there is something of the kind. */
export async function lostKey({ settings }: Settings, ring: KeyRing): Promise<string | undefined> {
  for (const id of sealedSettings) {
    const stored = await settings.get(id)
    try {
      if (stored !== undefined) ring.open(stored.value, id)
    } catch {
      return stored!.value.slice(0, stored!.value.indexOf('.'))
    }
  }
  return undefined
}

/** What is said of it. */
export const otherKey = (id: string): string =>
  `the store was sealed with the key "${id}", which is not on the ring, or another now; put it back`

/** What keeps a store from being used with these keys, as far as is known. Which one seals now is noted, unless it is only looked at. */
export async function keyFaults(
  store: Settings,
  keys: RingKey[],
  { note }: { note: boolean },
): Promise<string[]> {
  const lost = await lostKey(store, createKeyRing(keys))
  if (lost !== undefined) return [otherKey(lost)]
  const missing = await (note ? noteKeys : missingKeys)(store, keys)
  return missing.map(missingKey)
}
