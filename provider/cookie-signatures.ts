import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

/** What the cookies library needs of a signer (keygrip's interface). */
export interface CookieSignatures {
  sign(data: string): string
  verify(data: string, signature: string): boolean
  /** Which key signed it, -1 for none: what an older key signed is signed anew. */
  index(data: string, signature: string): number
}

/**
 * HMAC-SHA-256 over cookies, newest key first. Keygrip does the same with SHA-1, prepares each key for each use and
 * compares by two more HMACs; a request has up to six cookies.
 */
export function cookieSignatures(secrets: string[]): CookieSignatures {
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)))
  const mac = (data: string, key: (typeof keys)[number]) => createHmac('sha256', key).update(data).digest()
  const index = (data: string, signature: string) => {
    const given = Buffer.from(signature, 'base64url')
    return keys.findIndex((key) => given.length === 32 && timingSafeEqual(mac(data, key), given))
  }
  return {
    sign: (data) => mac(data, keys[0]!).toString('base64url'),
    verify: (data, signature) => index(data, signature) >= 0,
    index,
  }
}
