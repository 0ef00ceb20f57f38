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
    createdAt: user.created_at,
    lastSignInAt: user.last_login,
    phone: user.phone_number,
    passwordHash: user.passwordHash ?? user.password_hash ?? customHash(user.custom_password_hash),
    totp: factors.flatMap(({ totp }) =>
      totp?.secret === undefined ? [] : [otpauthOf(totp.secret, String(user.email))],
    ),
    texts: factors.flatMap(({ phone }) => phone?.value ?? []),
  }
}

const customHash = (custom: unknown): unknown =>
  (custom as { hash?: { value?: string } } | undefined)?.hash?.value
