import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import type { Browser } from './browser.ts'

/** What an authenticator does differently, honest or not. */
export interface Behaviour {
  /** Makes sure who it is: a PIN, a finger or a face. */
  verifies: boolean
  present: boolean
  backupEligible: boolean
  backedUp: boolean
  /** The origin that the browser says it is at. */
  origin: string
  rpId: string
  challenge: string
  crossOrigin: boolean
  userHandle: string | undefined
  /** What the counter says; it goes up by itself otherwise. */
  counter: number
  credential: string
}

/** Signs a statement of where a new key lives. */
export interface Maker {
  format: string
  /** DER, the certificate that signs first. */
  chain: Buffer[]
  key: KeyObject
}

/** An authenticator with one key, and the browser around it: made of node:crypto, so that it can also misbehave. */
export interface Authenticator {
  credential: string
  counter: number
  /** As JSON text, like the page's script sends it. */
  create(
    options: PublicKeyCredentialCreationOptionsJSON,
    differently?: Partial<Behaviour>,
    maker?: Maker | 'self',
  ): string
  get(options: PublicKeyCredentialRequestOptionsJSON, differently?: Partial<Behaviour>): string
  /** The same key in another device: what a thief has who could copy it. */
  copy(): Authenticator
}

const b64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

/** @param nature of this authenticator, always. A counter below 0 stands for none. */
export function newAuthenticator(
  origin: string,
  nature: Partial<Behaviour> & { counts?: boolean } = {},
): Authenticator {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return authenticator(origin, nature, keys, randomBytes(32), { counter: 0, user: '' })
}

function authenticator(
  origin: string,
  nature: Partial<Behaviour> & { counts?: boolean },
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  id: Buffer,
  state: { counter: number; user: string },
): Authenticator {
  const behave = (challenge: string, rpId: string, differently: Partial<Behaviour>): Behaviour => {
    state.counter += nature.counts === false ? 0 : 1
    return {
      verifies: true,
      present: true,
      backupEligible: false,
      backedUp: false,
      origin,
      rpId,
      challenge,
      crossOrigin: false,
      userHandle: state.user,
      counter: state.counter,
      credential: b64(id),
      ...nature,
      ...differently,
    }
  }
  const envelope = ({ credential }: Behaviour, response: object) =>
    JSON.stringify({
      id: credential,
      rawId: credential,
      type: 'public-key',
      response,
      clientExtensionResults: {},
      authenticatorAttachment: 'cross-platform',
    })
  return {
    credential: b64(id),
    get counter() {
      return state.counter
    },
    create: (options, differently = {}, maker) => {
      state.user = options.user.id
      const how = behave(options.challenge, options.rp.id!, differently)
      const raw = Buffer.from(how.credential, 'base64url')
      const length = Buffer.alloc(2)
      length.writeUInt16BE(raw.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, raw, coseOf(keys.publicKey)])
      const authData = Buffer.concat([authenticatorData(how, 0x40), attested])
      const client = clientData('webauthn.create', how)
      const statement =
        maker === undefined
          ? new Map()
          : statementOf(
              maker === 'self' ? { format: 'packed', chain: [], key: keys.privateKey } : maker,
              Buffer.concat([authData, sha256(client)]),
            )
      const attestation = new Map<string, unknown>([
        ['fmt', maker === 'self' ? 'packed' : (maker?.format ?? 'none')],
        ['attStmt', statement],
        ['authData', new Uint8Array(authData)],
      ])
      return envelope(how, {
        clientDataJSON: b64(client),
        attestationObject: b64(isoCBOR.encode(attestation as never)),
        transports: ['usb'],
      })
    },
    get: (options, differently = {}) => {
      const how = behave(options.challenge, options.rpId!, differently)
      const authData = authenticatorData(how, 0)
      const client = clientData('webauthn.get', how)
      const signature = sign(keys.privateKey, Buffer.concat([authData, sha256(client)]))
      return envelope(how, {
        clientDataJSON: b64(client),
        authenticatorData: b64(authData),
        signature: b64(signature),
        ...(how.userHandle === undefined ? {} : { userHandle: how.userHandle }),
      })
    },
    copy: () => authenticator(origin, nature, keys, id, { ...state }),
  }
}

const sign = (key: KeyObject, data: Buffer): Buffer => createSign('sha256').update(data).sign(key)

const clientData = (type: string, { challenge, origin, crossOrigin }: Behaviour): string =>
  JSON.stringify({ type, challenge, origin, crossOrigin })

/** WebAuthn L3 §6.1: hash of the RP ID, flags, counter. */
function authenticatorData(how: Behaviour, more: number): Buffer {
  const flags =
    (how.present ? 1 : 0) |
    (how.verifies ? 4 : 0) |
    (how.backupEligible ? 8 : 0) |
    (how.backedUp ? 16 : 0) |
    more
  const rest = Buffer.alloc(5)
  rest.writeUInt8(flags)
  rest.writeUInt32BE(how.counter, 1)
  return Buffer.concat([sha256(how.rpId), rest])
}

/** RFC 9053: an ECDSA key on P-256. */
function coseOf(publicKey: KeyObject): Buffer {
  const { x, y } = publicKey.export({ format: 'jwk' })
  const key = new Map<number, unknown>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, new Uint8Array(Buffer.from(x!, 'base64url'))],
    [-3, new Uint8Array(Buffer.from(y!, 'base64url'))],
  ])
  return Buffer.from(isoCBOR.encode(key as never))
}

function statementOf({ chain, key }: Maker, signed: Buffer): Map<string, unknown> {
  return new Map<string, unknown>([
    ['alg', -7],
    ['sig', new Uint8Array(sign(key, signed))],
    ...(chain.length === 0 ? [] : [['x5c', chain.map((der) => new Uint8Array(der))] as [string, unknown]]),
  ])
}

/** What the page's script would hand to the browser. */
export async function optionsOn<T = PublicKeyCredentialRequestOptionsJSON>(browser: Browser): Promise<T> {
  const button = browser.shown.document.querySelector('[data-passkey]')
  if (button === null) throw new Error(`no passkey on "${browser.heading}"`)
  const url = new URL(button.getAttribute('data-options')!, browser.shown.url)
  const response = await fetch(url, { headers: { cookie: await browser.jar.getCookieString(url.href) } })
  if (!response.ok) throw new Error(`no options: ${response.status}`)
  return (await response.json()) as T
}

/** On a page that asks for a passkey. */
export async function usePasskey(
  browser: Browser,
  authenticator: Authenticator,
  differently: Partial<Behaviour> = {},
  button = 'Use your passkey',
): Promise<void> {
  await browser.press(button, { credential: authenticator.get(await optionsOn(browser), differently) })
}

/** On the page that sets one up. */
export async function makePasskey(
  browser: Browser,
  authenticator: Authenticator,
  differently: Partial<Behaviour> = {},
  maker?: Maker | 'self',
): Promise<void> {
  const options = await optionsOn<PublicKeyCredentialCreationOptionsJSON>(browser)
  await browser.press('Create a passkey', { credential: authenticator.create(options, differently, maker) })
}
