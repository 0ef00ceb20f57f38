import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import { Conflict, type Store } from '../adapters/store.ts'
import type { KeyRing } from '../secrets/key-ring.ts'
import { randomToken } from '../secrets/key-ring.ts'

const setting = 'signing-keys'

/** The private signing keys, newest first for each algorithm; made at the first start and kept sealed in the store. */
export async function signingKeys({ settings }: Store, ring: KeyRing): Promise<{ keys: JWK[] }> {
  const stored = await settings.get(setting)
  if (stored !== undefined) return JSON.parse(ring.open(stored.value, setting))
  const made = { keys: await Promise.all(['ES256', 'RS256', 'EdDSA'].map(newKey)) }
  try {
    await settings.insert({ id: setting, value: ring.seal(JSON.stringify(made), setting) })
    return made
  } catch (error) {
    // Another process started at the same time and was first: its keys count.
    if (error instanceof Conflict) return signingKeys({ settings } as Store, ring)
    throw error
  }
}

async function newKey(alg: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  return { ...(await exportJWK(privateKey as CryptoKey)), alg, use: 'sig', kid: randomToken().slice(0, 16) }
}
