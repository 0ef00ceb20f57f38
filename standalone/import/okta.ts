import { tagFor } from '../../rules/locale.ts'
import type { Mapped } from './mapped.ts'
import { type Content, type FileRecord, readAnew } from './records.ts'

type Data = { [name: string]: unknown }

interface OktaHash {
  algorithm?: string
  workFactor?: number
  salt?: string
  value?: string
  iterationCount?: number
  digestAlgorithm?: string
}

export const isOkta = (user: Data): boolean => typeof user.profile === 'object' && user.profile !== null

/** Whoever is suspended or deprovisioned stays out. */
const out = ['SUSPENDED', 'DEPROVISIONED']

/** A user as the API lists them (`/api/v1/users`). */
export function oktaPerson(user: Data): Mapped {
  const profile = (user.profile ?? {}) as Data
  const email = profile.email || profile.login
  if (!email) return { leftOut: 'no e-mail address' }
  const credentials = user.credentials as { password?: { hash?: OktaHash } } | undefined
  return {
    externalId: user.id,
    email,
    emailVerified: true,
    name: profile.displayName,
    givenName: profile.firstName,
    familyName: profile.lastName,
    status: out.includes(String(user.status)) ? 'deactivated' : 'active',
    createdAt: user.created,
    lastSignInAt: user.lastLogin,
    phone: profile.mobilePhone,
    locale: tagFor(String(profile.locale ?? '')),
    noticeAddresses: profile.secondEmail ? [profile.secondEmail] : undefined,
    passwordHash: hashOf(credentials?.password?.hash),
  }
}

/** Its CSV: a column for each field of the profile, and of the user what the file has. */
export function oktaCsv({ header, rows }: Content & { kind: 'csv' }): Iterable<FileRecord> {
  return readAnew(function* () {
    for (const { at, cells } of rows) {
      const profile = Object.fromEntries(
        header.map((name, index) => [name, cells[index] || undefined] as const),
      )
      const { id, status, created, lastLogin } = profile
      yield { at, value: { id, status: status?.toUpperCase(), created, lastLogin, profile } }
    }
  })
}

function hashOf(hash: OktaHash | undefined): string | undefined {
  if (hash === undefined) return undefined
  const { algorithm = '', salt = '', value = '' } = hash
  if (algorithm === 'BCRYPT') return `$2b$${String(hash.workFactor).padStart(2, '0')}$${salt}${value}`
  if (algorithm !== 'PBKDF2') return algorithm
  const digest = hash.digestAlgorithm?.split('_')[0]?.toLowerCase() ?? 'sha256'
  return `$pbkdf2-${digest}$i=${hash.iterationCount}$${salt}$${value}`
}
