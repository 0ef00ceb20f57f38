import { constants, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { Middleware } from 'koa'
import { type Configuration, ExternalSigningKey } from 'oidc-provider'
import { remembered } from '../rules/remembered.ts'
import type { SigningKey, SigningKeys } from './signing-keys.ts'

const signAsync = promisify<string | null, Uint8Array, SignKeyObjectInput, Buffer>(sign)

/** More keys of one algorithm are never published at once, unless someone rolls them by hand day after day. */
const slotsOfEach = 8

/**
 * The library reads its keys once, at the start; ours roll while it runs. So it gets slots: the first of an algorithm is
 * whichever key signs now, the others are those that are still published.
 */
export function keySlots(keys: SigningKeys): NonNullable<Configuration['jwks']> {
  const slots = keys.algorithms.flatMap((alg) =>
    Array.from({ length: slotsOfEach }, (_, index) => new KeySlot(keys, alg, index)),
  )
  return { keys: slots } as unknown as NonNullable<Configuration['jwks']>
}

/** The library marks it experimental: `ack` names the version that we know. */
export const externalSigningSupport = { enabled: true, ack: 'experimental-01' }

class KeySlot extends ExternalSigningKey {
  readonly #keys: SigningKeys
  readonly #alg: string
  readonly #index: number

  constructor(keys: SigningKeys, alg: string, index: number) {
    super()
    this.#keys = keys
    this.#alg = alg
    this.#index = index
  }

  override get alg(): string {
    return this.#alg
  }

  // The library sets what it reads.
  override set alg(_alg: string) {}

  override get kid(): string {
    return this.#published[this.#index]?.kid ?? `no-key-${this.#alg}-${this.#index}`
  }

  override set kid(_kid: string) {}

  override keyObject(): KeyObject {
    return (this.#published[this.#index] ?? this.#published[0]!).publicKey
  }

  /** By the key that the header names: since it was written another key may have taken this slot. */
  override async sign(data: Uint8Array): Promise<Buffer> {
    const kid = kidOf(Buffer.from(data.buffer, data.byteOffset, data.indexOf(dot)).toString('latin1'))
    const key = this.#published.find((one) => one.kid === kid)
    if (key === undefined) throw new Error(`there is no key ${kid}`)
    // On an elliptic curve it takes less than handing it to another thread does.
    if (this.#alg === 'ES256') return joined(sign('sha256', data, key.privateKey))
    if (this.#alg === 'EdDSA') return sign(null, data, key.privateKey)
    return signAsync('sha256', data, signerOf(key))
  }

  get #published(): SigningKey[] {
    return this.#keys.published(this.#alg)
  }
}

const dot = '.'.charCodeAt(0)
const mostHeaders = 100

/** There are as many headers as keys and kinds of tokens. */
const kidOf = remembered(
  (header): string => JSON.parse(Buffer.from(header, 'base64url').toString()).kid,
  mostHeaders,
)

/**
 * R and S of a signature on P-256, one after the other (RFC 7518 §3.4), from ASN.1. Node gives them as well where it is
 * asked by an object of options, which takes it longer than the signature does.
 */
function joined(asn1: Buffer): Buffer {
  const lengthOfR = asn1[3]!
  const [r, s] = [asn1.subarray(4, 4 + lengthOfR), asn1.subarray(6 + lengthOfR)]
  const signature = Buffer.alloc(64)
  // Whole numbers: a zero may stand before them, and leading zeros of theirs are missing.
  r.subarray(-32).copy(signature, 32 - Math.min(32, r.length))
  s.subarray(-32).copy(signature, 64 - Math.min(32, s.length))
  return signature
}

/** RFC 7518 §3.3 and §3.5. */
function signerOf({ alg, privateKey: key }: SigningKey): SignKeyObjectInput {
  if (alg === 'PS256')
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return { key }
}

/** How long apps may keep the key set: well below the time that a new key is published before it signs. Seconds. */
const keptFor = 3_600

/** The key set as it is now; the library's answer is the one of its start. */
export function currentKeySet(keys: SigningKeys, path = '/jwks'): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== path || ctx.method !== 'GET') return next()
    await next()
    if (ctx.status !== 200) return
    ctx.set('Cache-Control', `public, max-age=${keptFor}`)
    ctx.body = keys.jwks()
    ctx.type = 'application/jwk-set+json; charset=utf-8'
  }
}
