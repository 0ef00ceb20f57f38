import type { Mapped } from './mapped.ts'
import { otpauthOf } from './otpauth.ts'

type Data = { [name: string]: unknown }

export const isAuth0 = (user: Data): boolean =>
  'user_id' in user || 'email_verified' in user || 'identities' in user || 'custom_password_hash' in user

/** A user of an export job, of what support sends with the hashes, or of the format that Auth0 itself imports. */
export function auth0Person(user: Data): Mapped {
  if (user.email === undefined || user.email === null) return { leftOut: 'no e-mail address' }
  const factors = (user.mfa_factors ?? []) as { totp?: { secret?: string }; phone?: { value?: string } }[]
  const id = user._id as { $oid?: string } | undefined
  return {
    externalId: user.user_id ?? id?.$oid,
    email: user.email,
    emailVerified: user.email_verified === true,
    name: user.name === user.email ? undefined : user.name,
    givenName: user.given_name,
    familyName: user.family_name,
    status: user.blocked === true ? 'deactivated' : 'active',
    createdAt: dateOf(user.created_at),
    lastSignInAt: dateOf(user.last_login),
    phone: user.phone_number,
    passwordHash: user.passwordHash ?? user.password_hash ?? customHash(user.custom_password_hash),
    totp: factors.flatMap(({ totp }) =>
      totp?.secret === undefined ? [] : [otpauthOf(totp.secret, String(user.email))],
    ),
    texts: factors.flatMap(({ phone }) => phone?.value ?? []),
  }
}

/** MongoDB's way to write a date as JSON, in what support sends. */
const dateOf = (date: unknown): unknown => (date as { $date?: string } | undefined)?.$date ?? date

interface Custom {
  algorithm?: string
  hash?: { value?: string; encoding?: string }
  salt?: { value?: string; encoding?: string; position?: string }
  keylen?: number
  cost?: number
  blockSize?: number
  parallelization?: number
}

/** bcrypt, argon2 and PBKDF2 stand there whole; scrypt in parts. What else Auth0 takes is too quick to be taken here. */
function customHash(given: unknown): unknown {
  if (given === undefined || given === null) return undefined
  const { algorithm, hash, salt, cost = 16_384, blockSize = 8, parallelization = 1 } = given as Custom
  if (algorithm !== 'scrypt') return hash?.value || algorithm
  const [log, made, of] = [Math.log2(cost), base64(hash, 'base64'), base64(salt, 'utf8')]
  return `$scrypt$ln=${log},r=${blockSize},p=${parallelization}$${of}$${made}`
}

function base64(part: { value?: string; encoding?: string } | undefined, usual: string): string {
  const encoding = (part?.encoding ?? usual) as BufferEncoding
  return Buffer.from(part?.value ?? '', Buffer.isEncoding(encoding) ? encoding : 'utf8').toString('base64')
}
