import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { remembered } from '../rules/remembered.ts'

/** What the cookies library needs of a signer (keygrip's interface). */
export interface CookieSignatures {
  sign(data: string): string
  verify(data: string, signature: string): boolean
  /** Which key signed it, -1 for none: what an older key signed is signed anew. */
  index(data: string, signature: string): number
}

const mostCookies = 2000
/** Longer ones aren't worth the memory, and may be anybody's. Characters. */
const longestCookie = 200

/**
 * HMAC-SHA-256 over cookies, newest key first. Keygrip does the same with SHA-1, prepares each key for each use and
 * compares by two more HMACs; a request has up to six cookies.
 */
export function cookieSignatures(secrets: string[]): CookieSignatures {
  const macs = secrets.map(macWith)
  const index = (data: string, signature: string) => {
    const given = Buffer.from(signature, 'base64url')
    return macs.findIndex((mac) => given.length === 32 && timingSafeEqual(mac(data), given))
  }
  return {
    sign: (data) => macs[0]!(data).toString('base64url'),
    verify: (data, signature) => index(data, signature) >= 0,
    index,
  }
}

/** A browser sends what was set a moment ago with every page of a sign-in. */
function macWith(secret: string): (data: string) => Buffer {
  const key = createSecretKey(Buffer.from(secret))
  const mac = (data: string) => createHmac('sha256', key).update(data).digest()
  const known = remembered(mac, mostCookies)
  return (data) => (data.length > longestCookie ? mac(data) : known(data))
}
