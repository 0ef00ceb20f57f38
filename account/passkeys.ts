import { hash, randomUUID } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { z } from 'zod'
import { Conflict } from '../adapters/store/port.ts'
import type { Account } from '../rules/account.ts'
import type { PasskeyFactor } from '../rules/factor.ts'
import { type Assertion, challengeLifetime, passkeyOf, usablePasskeys } from '../rules/passkeys.ts'
import { isAttested } from './attestation.ts'
import type { AccountServices } from './services.ts'
import { webauthn, webauthnHelpers } from './webauthn.ts'

/** EdDSA, ECDSA on P-256 and RSA (RFC 9053 §2, RFC 8812 §2): what every authenticator has one of. */
export const algorithms = [-8, -7, -257]

/** WebAuthn L3 §4: longer credential ids don't exist. */
export const longestCredential = 1023

type Party = Pick<AccountServices, 'config' | 'ring'>

/** From the configuration alone: what a browser says of where it is must not decide what is expected of it. */
const expected = ({ config }: Party) => ({
  expectedOrigin: new URL(config.issuer).origin,
  expectedRPID: new URL(config.issuer).hostname,
})

/**
 * Under which name authenticators know an account (WebAuthn L3 §14.6.1): nothing personal is in it, and whoever has no
 * key of ours can't tell whose it is. It stays that of the passkeys there are, so that an authenticator keeps one an
 * account.
 */
function userHandle({ ring }: Pick<AccountServices, 'ring'>, account: Account): string {
  const known = account.factors.find((factor) => factor.kind === 'passkey')
  return known?.user ?? ring.mac(`passkey-user|${account.id}`)
}

/** What a browser needs to make a passkey for someone. Those that work already can't be made twice. */
export async function registrationOptions(
  services: Party,
  account: Account,
  challenge: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return webauthn().generateRegistrationOptions({
    rpName: services.config.brand.name,
    rpID: new URL(services.config.issuer).hostname,
    userID: new Uint8Array(Buffer.from(userHandle(services, account), 'base64url')),
    userName: account.email,
    userDisplayName: account.name,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    timeout: challengeLifetime,
    attestationType: services.config.passkeys.attestation,
    // One that guessing has disabled is useless until it is bound again, so it may be.
    excludeCredentials: described(usablePasskeys(account)),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: algorithms,
  })
}

/** What a browser needs to use a passkey: one of these as a second factor, or any as the whole sign-in. */
export async function authenticationOptions(
  { config }: Pick<Party, 'config'>,
  passkeys: PasskeyFactor[] | 'any',
  challenge: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return webauthn().generateAuthenticationOptions({
    rpID: new URL(config.issuer).hostname,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    timeout: challengeLifetime,
    userVerification: passkeys === 'any' ? 'required' : 'preferred',
    allowCredentials: passkeys === 'any' ? undefined : described(passkeys),
  })
}

const described = (passkeys: PasskeyFactor[]) =>
  passkeys.map(({ credential: id, transports }) => ({
    id,
    transports: transports as AuthenticatorTransport[],
  }))

/** A passkey that was just made, and whether its authenticator made sure who made it. */
export interface Made {
  factor: PasskeyFactor
  verified: boolean
}

/**
 * Verifies that a passkey was made here, for this challenge and now (WebAuthn L3 §7.1). Returns undefined for whatever
 * is wrong with it.
 *
 * @param answer the browser's, JSON text.
 * @param now milliseconds.
 */
export async function verifyRegistration(
  services: Party,
  account: Account,
  answer: string,
  challenge: string,
  now: number,
): Promise<Made | undefined> {
  const response = read<RegistrationResponseJSON>(answer, registrationAnswer)
  const info = await verified(async () => {
    const { registrationInfo } = await webauthn().verifyRegistrationResponse({
      response: response!,
      expectedChallenge: challenge,
      ...expected(services),
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    })
    return isEmbedded(response!) ? undefined : registrationInfo
  })
  if (info === undefined || Buffer.from(info.credential.id, 'base64url').length > longestCredential)
    return undefined
  const synced = info.credentialDeviceType === 'multiDevice'
  const { roots } = services.config.passkeys
  // A key that may be copied is in no hardware, whatever its maker says.
  const hardware = !synced && (await verified(async () => isAttested(info.attestationObject, roots, now)))
  const factor: PasskeyFactor = {
    id: randomUUID(),
    kind: 'passkey',
    name: '',
    createdAt: now,
    lastUsedAt: now,
    credential: info.credential.id,
    user: userHandle(services, account),
    publicKey: Buffer.from(info.credential.publicKey).toString('base64url'),
    counter: info.credential.counter,
    transports: transportsOf(response!),
    synced,
    backedUp: info.credentialBackedUp,
    aaguid: info.aaguid,
    hardware: hardware || undefined,
  }
  return { factor, verified: info.userVerified }
}

/**
 * Verifies an assertion with the account's passkey that it names (WebAuthn L3 §7.2). Returns undefined for whatever is
 * wrong with it; counter and flags are for the rules to judge.
 *
 * @param alone whether nobody else says who it is: then the authenticator must name the account too.
 */
export async function verifyAssertion(
  services: Party,
  account: Account,
  response: AuthenticationResponseJSON,
  challenge: string,
  alone: boolean,
): Promise<Assertion | undefined> {
  const factor = passkeyOf(account, response.id)
  if (factor === undefined) return undefined
  return verified(async () => {
    const handle = response.response.userHandle
    if (handle === undefined ? alone : handle !== factor.user) return undefined
    const { verified: fits, authenticationInfo: info } = await webauthn().verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      ...expected(services),
      // Whether the counter went up is decided where the last one is stored.
      credential: {
        id: factor.credential,
        publicKey: new Uint8Array(Buffer.from(factor.publicKey, 'base64url')),
        counter: 0,
      },
      requireUserVerification: false,
    })
    if (!fits || isEmbedded(response)) return undefined
    return {
      credential: factor.credential,
      counter: info.newCounter,
      synced: info.credentialDeviceType === 'multiDevice',
      backedUp: info.credentialBackedUp,
      verified: info.userVerified,
    }
  })
}

/** A browser's answer that a passkey was used, from JSON text; undefined when it is none. */
export const readAssertion = (answer: string): AuthenticationResponseJSON | undefined =>
  read<AuthenticationResponseJSON>(answer, assertionAnswer)

/** Whose a credential is. */
export async function ownerOf(
  { store }: Pick<AccountServices, 'store'>,
  credential: string,
): Promise<string | undefined> {
  return (await store.credentials.get(credentialKey(credential)))?.account
}

/**
 * Reserves a credential id for an account, before the passkey is bound: no other account may have the same
 * (WebAuthn L3 §7.1 step 26). It is never given back, as authenticators never make an id twice. Returns false where it
 * is taken.
 */
export async function claimCredential(
  { create }: Pick<AccountServices, 'create'>,
  credential: string,
  account: string,
): Promise<boolean> {
  try {
    await create('credentials', { id: credentialKey(credential), account })
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}

/** Under which id it is noted whose a credential is. */
export const credentialKey = (credential: string): string => hash('sha256', credential, 'base64url')

/** What browsers leave out, or say as null or as an empty text, is the same to us: Safari does each of them. */
const optional = z.preprocess(
  (value) => (value === null || value === '' ? undefined : value),
  z.string().optional(),
)
const optionalList = z.preprocess(
  (value) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined),
  z.array(z.string()).optional(),
)
const results = z.preprocess((value) => value ?? {}, z.looseObject({}).catch({}))

/** The common part of what browsers answer (WebAuthn L3 §5.1: RegistrationResponseJSON, AuthenticationResponseJSON). */
const answered = z.object({
  id: z.string().min(1),
  rawId: optional,
  type: optional,
  authenticatorAttachment: optional,
  clientExtensionResults: results,
})
const assertionAnswer = answered.extend({
  response: z.object({
    clientDataJSON: z.string(),
    authenticatorData: z.string(),
    signature: z.string(),
    userHandle: optional,
  }),
})
const registrationAnswer = answered.extend({
  response: z.object({
    clientDataJSON: z.string(),
    attestationObject: z.string(),
    authenticatorData: optional,
    transports: optionalList,
    publicKey: optional,
    publicKeyAlgorithm: z.number().optional().catch(undefined),
  }),
})

/** An answer from JSON text, as the library wants it: with the members that are the same anyway put in. */
function read<T extends { id: string }>(
  answer: string,
  schema: z.ZodType<{ id: string; rawId?: string }>,
): T | undefined {
  try {
    const parsed = schema.parse(JSON.parse(answer))
    return { ...parsed, rawId: parsed.rawId ?? parsed.id, type: 'public-key' } as unknown as T
  } catch {
    return undefined
  }
}

/** The library throws on everything that doesn't verify, and on everything that can't be read. */
async function verified<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify()
  } catch {
    return undefined
  }
}

/** Our pages are in nobody's frame, so an answer from one is not from our pages (WebAuthn L3 §7.2 step 14). */
function isEmbedded({ response }: { response: { clientDataJSON: string } }): boolean {
  const { crossOrigin, topOrigin } = webauthnHelpers().decodeClientDataJSON(response.clientDataJSON)
  // Absent, null and empty are the same.
  return crossOrigin === true || Boolean(topOrigin)
}

const known = ['internal', 'usb', 'nfc', 'ble', 'hybrid', 'smart-card']

/** Told by the browser and signed by nobody; only handed back to it later. */
const transportsOf = ({ response }: RegistrationResponseJSON): string[] =>
  known.filter((one) => Array.isArray(response.transports) && (response.transports as string[]).includes(one))
