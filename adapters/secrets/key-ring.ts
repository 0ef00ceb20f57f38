import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash as digest,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { remembered } from '../../rules/remembered.ts'

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
  /** Names of its keys, the one that seals what is new first. */
  readonly ids: readonly string[]
  /** AES-256-GCM. `context` is authenticated: what was sealed for one place doesn't open in another. */
  seal(plain: string, context: string): string
  /** Throws on anything that wasn't sealed by this ring for this context. */
  open(sealed: string, context: string): string
  /** Whether a sealed text should be sealed again, as its key isn't the first any more. */
  isOld(sealed: string): boolean
  /** HMAC-SHA-256 under the first key, base64url: for what is derived, and nobody has to derive again later. */
  mac(text: string): string
  /** The keyed hashes that something may be stored under: under each key, newest first, then as before they named it. */
  hashes(text: string): readonly string[]
  /**
   * A keyed hash to be stored, of a secret that was random to begin with: `key.mac`, under the first key. To verify, say
   * what is stored (`like`): the hash is made under the key which that was made with.
   */
  hash(text: string, like?: string): string
  /** Which key of the ring a sealed text or a hash needs; the last one where a hash says none, as those of before do. */
  keyOf(stored: string): string
  /** Whether a text looks like one that a key of this ring has sealed. */
  isSealed(text: string): boolean
  /** Signs cookies, newest first. */
  cookieKeys: string[]
}

/** Keys that are prepared once: from bytes, each use of one takes six times as long. */
interface Version {
  id: string
  seal: KeyObject
  mac: KeyObject
  cookies: string
}

export function createKeyRing(keys: RingKey[]): KeyRing {
  const versions = keys.map(derive)
  const first = versions[0]!
  return {
    ids: keys.map(({ id }) => id),
    seal: (plain, context) => seal(first, plain, context),
    open: (sealed, context) => open(versions, sealed, context),
    isOld: (sealed) => !sealed.startsWith(`${first.id}.`),
    mac: (text) => macOf(first, text),
    // A browser is looked for several times with every page of a sign-in.
    hashes: remembered((text) => {
      const bare = versions.map((version) => macOf(version, text))
      return [...bare.map((one, at) => `${versions[at]!.id}.${one}`), ...bare]
    }, mostHashes),
    hash: (text, like) => hash(versions, text, like),
    keyOf: (stored) => stored.slice(0, Math.max(0, stored.indexOf('.'))) || versions.at(-1)!.id,
    isSealed: (text) => {
      const id = text.slice(0, Math.max(0, text.indexOf('.')))
      const body = text.slice(id.length + 1)
      // As long as a hash, nothing is sealed that we seal.
      return body.length > hashLength && base64url.test(body) && versions.some((one) => one.id === id)
    },
    cookieKeys: versions.map((version) => version.cookies),
  }
}

function derive({ id, key }: RingKey): Version {
  const secret = Buffer.from(key, 'base64url')
  const part = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'rekey', use, 32))
  const prepared = (use: string) => createSecretKey(part(use))
  return { id, seal: prepared('seal'), mac: prepared('mac'), cookies: part('cookies').toString('base64url') }
}

/** How many texts are remembered that something may be stored under. */
const mostHashes = 1000

/** Of HMAC-SHA-256. */
const hashLength = 43
const base64url = /^[\w-]+$/

const macOf = ({ mac }: Version, text: string): string =>
  createHmac('sha256', mac).update(text).digest('base64url')

function hash(versions: Version[], text: string, like: string | undefined): string {
  const named = (version: Version) => `${version.id}.${macOf(version, text)}`
  if (like === undefined) return named(versions[0]!)
  if (like.includes('.')) return named(versions.find(({ id }) => like.startsWith(`${id}.`)) ?? versions[0]!)
  // Hashes of before name no key.
  const bare = versions.map((version) => macOf(version, text))
  return bare.find((one) => one === like) ?? bare[0]!
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
  return digest('sha256', token, 'base64url')
}
