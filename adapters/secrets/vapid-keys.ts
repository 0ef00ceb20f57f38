import { type CryptoKey, exportJWK, generateKeyPair } from 'jose'
import { Conflict } from '../store/port.ts'
import type { Store } from '../store/store.ts'
import type { KeyRing } from './key-ring.ts'

/** An application server's own key pair (RFC 8292 §2), base64url as push services and browsers take it. */
export interface VapidKeys {
  /** The uncompressed point: `applicationServerKey` of a subscription. */
  publicKey: string
  privateKey: string
}

const setting = 'vapid-keys'

/**
 * Made at the first start and kept sealed in the store. They are never rotated: a subscription is bound to the key that
 * it was made with (RFC 8292 §4.2), so that every phone would have to be paired anew.
 */
export async function vapidKeys({ settings }: Pick<Store, 'settings'>, ring: KeyRing): Promise<VapidKeys> {
  const stored = await settings.get(setting)
  if (stored !== undefined) return JSON.parse(ring.open(stored.value, setting))
  const made = await newKeys()
  try {
    await settings.insert({ id: setting, value: ring.seal(JSON.stringify(made), setting) })
    return made
  } catch (error) {
    // Another process started at the same time and was first: its keys count.
    if (error instanceof Conflict) return vapidKeys({ settings }, ring)
    throw error
  }
}

async function newKeys(): Promise<VapidKeys> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { x, y, d } = await exportJWK(privateKey as CryptoKey)
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')])
  return { publicKey: point.toString('base64url'), privateKey: d! }
}
