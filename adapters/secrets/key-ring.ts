import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** One version of the installation's secret: at least 32 random bytes, base64url. */
export interface RingKey {
  id: string
  key: string
}

/**
 * Everything that is derived from the installation's secret. The first key seals and signs; all of them open, so a
 * new one is put in front and the old one stays until everything is sealed anew.
 */
export interface KeyRing {
  /** AES-256-GCM. `context` is authenticated: what was sealed for one place doesn't open in another. */
  seal(plain: string, context: string): string
  /** Throws on anything that wasn't sealed by this ring for this context. */
  open(sealed: string, context: string): string
  /** Whether a sealed text should be sealed again, as its key isn't the first any more. */
  isOld(sealed: string): boolean
  /**
   * HMAC-SHA-256, base64url, for secrets that were random to begin with. It uses the last key of the ring, the oldest,
   * since what was hashed can't be hashed again: keep that key as long as its hashes count.
   */
  mac(text: string): string
  /** Signs cookies, newest first. */
  cookieKeys: string[]
}

interface Version {
  id: string
  seal: Buffer
  mac: Buffer
  cookies: string
}

export function createKeyRing(keys: RingKey[]): KeyRing {
  const versions = keys.map(derive)
  const first = versions[0]!
  const oldest = versions.at(-1)!
  return {
    seal: (plain, context) => seal(first, plain, context),
    open: (sealed, context) => open(versions, sealed, context),
    isOld: (sealed) => !sealed.startsWith(`${first.id}.`),
    mac: (text) => createHmac('sha256', oldest.mac).update(text).digest('base64url'),
    cookieKeys: versions.map((version) => version.cookies),
  }
}

function derive({ id, key }: RingKey): Version {
  const secret = Buffer.from(key, 'base64url')
  const part = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'rekey', use, 32))
  return { id, seal: part('seal'), mac: part('mac'), cookies: part('cookies').toString('base64url') }
}

function seal(version: Version, plain: string, context: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', version.seal, iv).setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${version.id}.${Buffer.concat([iv, body]).toString('base64url')}`
}

function open(versions: Version[], sealed: string, context: string): string {
  const dot = sealed.indexOf('.')
  const version = versions.find((candidate) => candidate.id === sealed.slice(0, dot))
  if (version === undefined) throw new Error('sealed with a key that is not on the ring')
  const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', version.seal, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
}

/** 256 random bits, base64url: for links, form tokens and session cookies. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a token, so that reading the store doesn't give it away. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
