import { tagFor } from '../../rules/locale.ts'
import type { Mapped } from './mapped.ts'
import { base32, otpauthOf } from './otpauth.ts'

interface Credential {
  type?: string
  userLabel?: string
  createdDate?: number
  secretData?: string
  credentialData?: string
  /** As before Keycloak 8. */
  hashedSaltedValue?: string
  salt?: string
  hashIterations?: number
  algorithm?: string
  value?: string
  digits?: number
  period?: number
}

type Data = { [name: string]: unknown }

/** A user of a realm's export (`kc.sh export`, or of the admin console with users). */
export function keycloakPerson(user: Data): Mapped {
  if (user.serviceAccountClientId !== undefined) return { leftOut: 'the account of a service' }
  const email = user.email ?? (String(user.username).includes('@') ? user.username : undefined)
  if (email === undefined) return { leftOut: 'no e-mail address' }
  const credentials = (Array.isArray(user.credentials) ? user.credentials : []) as Credential[]
  const attributes = (user.attributes ?? {}) as { [name: string]: string | string[] }
  return {
    externalId: user.id,
    email,
    emailVerified: user.emailVerified === true,
    givenName: user.firstName,
    familyName: user.lastName,
    status: user.enabled === false ? 'deactivated' : 'active',
    createdAt: user.createdTimestamp,
    locale: tagFor([attributes.locale ?? ''].flat()[0] ?? ''),
    passwordHash: credentials.filter(({ type }) => type === 'password').map(hashOf)[0],
    totp: credentials
      .filter(({ type }) => type === 'otp' || type === 'totp' || type === 'hotp')
      .map((one) => totpOf(one, String(email))),
    passkeys: credentials
      .filter(({ type }) => type === 'webauthn' || type === 'webauthn-passwordless')
      .map((one) => passkeyOf(one, String(user.id))),
  }
}

/** What can't be read is missing where it is asked for, and said there. */
function json(text: string | undefined): Data {
  try {
    return (text === undefined ? {} : JSON.parse(text)) ?? {}
  } catch {
    return {}
  }
}

function hashOf(credential: Credential): string {
  const secret = json(credential.secretData)
  const data = json(credential.credentialData)
  const value = String(secret.value ?? credential.hashedSaltedValue ?? '')
  const salt = String(secret.salt ?? credential.salt ?? '')
  const algorithm = String(data.algorithm ?? credential.algorithm ?? 'pbkdf2-sha256')
  const iterations = data.hashIterations ?? credential.hashIterations
  if (algorithm !== 'argon2') return `$${algorithm}$i=${iterations}$${salt}$${value}`
  const more = (data.additionalParameters ?? {}) as { [name: string]: string[] }
  const version = more.version?.[0] === '1.0' ? 16 : 19
  const bare = (text: string) => text.replace(/=+$/, '')
  return `$argon2${more.type?.[0] ?? 'id'}$v=${version}$m=${more.memory?.[0]},t=${iterations},p=${more.parallelism?.[0]}$${bare(salt)}$${bare(value)}`
}

/** It is made for the id of the user, and whether it may be copied isn't kept. */
function passkeyOf({ credentialData, userLabel, createdDate }: Credential, user: string): Data {
  const { credentialId, credentialPublicKey, counter, aaguid, transports } = json(credentialData)
  const known = ((transports ?? []) as string[]).map((one) => one.toLowerCase().replace('_', '-'))
  return {
    credential: credentialId,
    publicKey: credentialPublicKey,
    user: Buffer.from(user).toString('base64url'),
    counter,
    aaguid,
    transports: known,
    name: userLabel,
    createdAt: createdDate,
  }
}

/** Keycloak keeps the secret as text, whose bytes are the key. */
function totpOf(credential: Credential, label: string): string {
  const secret = json(credential.secretData)
  const data = json(credential.credentialData)
  const value = String(secret.value ?? credential.value ?? '')
  if ((data.subType ?? credential.type) === 'hotp') return `otpauth://hotp/${encodeURIComponent(label)}`
  const key = data.secretEncoding === 'BASE32' ? value : base32(Buffer.from(value))
  const algorithm = String(data.algorithm ?? credential.algorithm ?? 'HmacSHA1').replace(/^Hmac/, '')
  const digits = data.digits ?? credential.digits ?? 6
  return otpauthOf(
    key,
    label,
    `&algorithm=${algorithm}&digits=${digits}&period=${data.period ?? credential.period ?? 30}`,
  )
}
