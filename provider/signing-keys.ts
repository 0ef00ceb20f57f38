import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import { randomToken } from '../adapters/secrets/key-ring.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'

const setting = 'signing-keys'
const algorithms = ['ES256', 'RS256', 'EdDSA']

/** The private signing keys, newest first for each algorithm; made at the first start and kept sealed in the store. */
export async function signingKeys({ settings }: Store, ring: KeyRing): Promise<{ keys: JWK[] }> {
  const stored = await settings.get(setting)
  if (stored !== undefined) return JSON.parse(ring.open(stored.value, setting))
  const made = { keys: await Promise.all(algorithms.map(newKey)) }
  try {
    await settings.insert({ id: setting, value: ring.seal(JSON.stringify(made), setting) })
    return made
  } catch (error) {
    // Another process started at the same time and was first: its keys count.
    if (error instanceof Conflict) return signingKeys({ settings } as Store, ring)
    throw error
  }
}

/** Generations that are published: what an earlier one signed is still verified until the next rotation. */
const generations = 2

/**
 * Puts new keys in front, for processes that start from now on; the keys before stay published. Run it again no sooner
 * than the longest token lives and every app has fetched the key set anew: a day is plenty.
 */
export async function rotateSigningKeys({ settings }: Store, ring: KeyRing): Promise<void> {
  const made = await Promise.all(algorithms.map(newKey))
  await settings.update(setting, (current) => {
    const before: JWK[] = current === undefined ? [] : JSON.parse(ring.open(current.value, setting)).keys
    const kept = before.slice(0, (generations - 1) * algorithms.length)
    return [
      { id: setting, value: ring.seal(JSON.stringify({ keys: [...made, ...kept] }), setting) },
      undefined,
    ]
  })
}

async function newKey(alg: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  return { ...(await exportJWK(privateKey as CryptoKey)), alg, use: 'sig', kid: randomToken().slice(0, 16) }
}
