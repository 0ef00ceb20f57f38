import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import { type KeyRing, randomToken } from '../adapters/secrets/key-ring.ts'
import type { Store } from '../adapters/store/store.ts'
import {
  type KeyPolicy,
  type KeyTimes,
  nextKeyFrom,
  publishedKeys,
  signingKey,
} from '../rules/signing-keys.ts'

export interface SigningKey extends KeyTimes {
  kid: string
  privateKey: KeyObject
  publicKey: KeyObject
}

/** The installation's signing keys, which roll while it runs. Every process has the same ones, from the store. */
export interface SigningKeys {
  readonly algorithms: readonly string[]
  /** The key that signs, then the others that are published. */
  published(alg: string): SigningKey[]
  /** The key set as apps see it (RFC 7517 §5). */
  jwks(): { keys: JWK[] }
  /** Looks at the store now: somebody has just rotated them. */
  refresh(): Promise<void>
  /** Looks at what the other processes did, and makes a new key where one is due. Cheap when called often. */
  tend(): Promise<void>
}

interface Stored extends KeyTimes {
  kid: string
  jwk: JWK
  /** What asked for it, where somebody did: a repeat makes none. */
  cause?: string
}

export interface SigningKeyOptions {
  store: Pick<Store, 'settings'>
  ring: KeyRing
  clock: () => number
  /** Those that some app can be signed with. No other key is published: there are clients that trip over one. */
  algorithms: readonly string[]
  /** Days, hours. */
  rotation?: { rotateDays: number; publishHours: number }
}

const setting = 'signing-keys'
const hour = 3_600_000
const day = 24 * hour

/** An app may hold an ID token as long as a session lives and longer, and name it in a hint when it signs out. */
const publishedAfter = 30 * day
/** How often to look at the store; far less than a new key is published before it is used. */
const lookEvery = 60_000

const policyOf = ({ rotateDays = 90, publishHours = 24 }: Partial<SigningKeyOptions['rotation']> = {}) =>
  ({
    signsFor: rotateDays * day,
    publishedBefore: publishHours * hour,
    publishedAfter,
  }) satisfies KeyPolicy

export async function createSigningKeys(options: SigningKeyOptions): Promise<SigningKeys> {
  const { clock, algorithms } = options
  const policy = policyOf(options.rotation)
  let keys: SigningKey[] = []
  let looked = Number.NEGATIVE_INFINITY
  const look = async () => {
    looked = clock()
    const stored = await readStored(options)
    const lacking = algorithms.some((alg) => nextKeyFrom(stored, alg, looked, policy) !== undefined)
    keys = (lacking ? await addKeys(options, policy) : stored).map(ready)
  }
  await look()
  const published = (alg: string): SigningKey[] => {
    const now = clock()
    const signs = signingKey(keys, alg, now)
    const others = publishedKeys(keys, now, policy).filter((key) => key.alg === alg && key !== signs)
    return signs === undefined ? [] : [signs, ...others]
  }
  return {
    algorithms,
    published,
    jwks: () => ({ keys: algorithms.flatMap((alg) => published(alg).map(publicJwk)) }),
    refresh: look,
    tend: async () => {
      if (clock() - looked >= lookEvery || clock() < looked) await look()
    },
  }
}

/**
 * Replaces every key before its time: new ones are published now, and sign when every app has had time to see them.
 * Run in any process, all others follow. `withdraw` is for keys that may be known to somebody: new ones sign at once,
 * and what the others have signed counts no more.
 */
export async function rotateSigningKeys(
  options: SigningKeyOptions,
  withdraw = false,
  cause?: string,
): Promise<void> {
  const { publishedBefore } = policyOf(options.rotation)
  const from = options.clock() + (withdraw ? 0 : publishedBefore)
  const made = (await newKeys(options, from)).map((key) => ({ ...key, cause }))
  await change(options, (before) => {
    if (cause !== undefined && before.some((key) => key.cause === cause)) return before
    return withdraw ? made : [...made, ...before]
  })
}

/** Adds a key wherever one is due. Of two processes that do it at once, the second finds that none is any more. */
async function addKeys(options: SigningKeyOptions, policy: KeyPolicy): Promise<Stored[]> {
  const now = options.clock()
  const made = await newKeys(options, now)
  return change(options, (before) => {
    const due = made.flatMap((key) => {
      const signsFrom = nextKeyFrom(before, key.alg, now, policy)
      return signsFrom === undefined ? [] : [{ ...key, signsFrom }]
    })
    return [...due, ...publishedKeys(before, now, policy)]
  })
}

async function readStored({ store, ring }: SigningKeyOptions): Promise<Stored[]> {
  const found = await store.settings.get(setting)
  return found === undefined ? [] : opened(ring, found.value)
}

const opened = (ring: KeyRing, value: string): Stored[] =>
  JSON.parse(ring.open(value, setting)).keys.map(fromBefore)

/** A key of the first shape, a bare JWK: it signs already. */
const fromBefore = (key: Stored | JWK, index: number): Stored =>
  'jwk' in key
    ? (key as Stored)
    : { kid: (key as JWK).kid!, alg: (key as JWK).alg!, signsFrom: -index, jwk: key as JWK }

function change({ store, ring }: SigningKeyOptions, next: (before: Stored[]) => Stored[]): Promise<Stored[]> {
  return store.settings.update(setting, (current) => {
    const before = current === undefined ? [] : opened(ring, current.value)
    const keys = next(before)
    return [{ id: setting, value: ring.seal(JSON.stringify({ keys }), setting) }, keys]
  })
}

const newKeys = ({ algorithms }: SigningKeyOptions, signsFrom: number): Promise<Stored[]> =>
  Promise.all(algorithms.map((alg) => newKey(alg, signsFrom)))

async function newKey(alg: string, signsFrom: number): Promise<Stored> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  const kid = randomToken().slice(0, 16)
  const jwk = { ...(await exportJWK(privateKey as CryptoKey)), alg, use: 'sig', kid }
  return { kid, alg, signsFrom, jwk }
}

function ready({ kid, alg, signsFrom, jwk }: Stored): SigningKey {
  const privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
  return { kid, alg, signsFrom, privateKey, publicKey: createPublicKey(privateKey) }
}

const publicJwk = ({ kid, alg, publicKey }: SigningKey): JWK => ({
  ...(publicKey.export({ format: 'jwk' }) as JWK),
  alg,
  use: 'sig',
  kid,
})
