import { credentialKey } from '../../account/passkeys.ts'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Passwords } from '../../adapters/secrets/passwords.ts'
import { type AccountBefore, apart } from '../../adapters/store/apart.ts'
import { agent, operatorMark, type Protection } from '../../rules/account.ts'
import { replaceBackupCodes } from '../../rules/backup-codes.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import type { Factor } from '../../rules/factor.ts'
import { listingsOf } from '../../rules/listing.ts'
import type { Membership } from '../../rules/membership.ts'
import { importedMark } from '../../rules/password-hash.ts'
import { told } from '../../rules/told.ts'
import { operator } from '../operator.ts'
import { passkeyFactor } from './passkeys.ts'
import type { PersonDocuments } from './put.ts'
import type { ImportedPerson } from './schema.ts'

export interface PersonOptions {
  passwords: Passwords
  /** Needed where there are secrets to seal or codes to hash. */
  ring(): KeyRing
  /** How long the removed are kept. */
  keepRemovedDays(): number
  now: number
  /** Names the file: the same one goes on where it was stopped. */
  digest: string
}

const day = 86_400_000

/** All that an import writes of somebody. */
export async function documentsOf(
  options: PersonOptions,
  person: ImportedPerson,
  id: string,
  nobodys: string,
): Promise<PersonDocuments> {
  const written = apart(await accountOf(options, person, id, nobodys))
  const staff = person.operator ? operatorMark : {}
  const secured = withSecrets(options, { ...written.protection, ...staff }, person)
  const protection = withEffects(secured, importedRoles(options, person, id))
  const memberships = person.memberships.map((membership) => membershipOf(id, membership, options.now))
  const { name, status, login, mail } = written.person
  return {
    memberships,
    credentials: person.passkeys.map(({ credential }) => ({ id: credentialKey(credential), account: id })),
    protection,
    listings: () => listingsOf({ id, name, status, email: mail[0] ?? login }, protection, memberships),
    person: { ...written.person, externalId: person.externalId },
  }
}

async function accountOf(
  options: PersonOptions,
  person: ImportedPerson,
  id: string,
  nobodys: string,
): Promise<AccountBefore> {
  const { passwords, now } = options
  const { email, emailVerified, noticeAddresses, password, passwordHash, createdAt = now } = person
  const { name, givenName, familyName, birthDate, locale, phone, lastSignInAt } = person
  const verified = [...(emailVerified ? [email] : []), ...noticeAddresses]
  return {
    id,
    email,
    name,
    givenName,
    familyName,
    birthDate,
    locale,
    phone,
    ...(person.supportAgent ? agent : {}),
    ...statusOf(options, person),
    createdAt,
    lastSignInAt,
    passwordHash:
      passwordHash === undefined ? await ownHash(passwords, password, nobodys) : importedMark + passwordHash,
    addresses: [...new Set(verified)].map((address) => ({ address, verifiedAt: createdAt })),
    factors: [],
    throttles: {},
    validAfter: now,
    effects: [],
  }
}

const ownHash = async (
  passwords: Passwords,
  password: string | undefined,
  nobodys: string,
): Promise<string> => (password === undefined ? nobodys : passwords.hash(password))

function statusOf({ now, keepRemovedDays }: PersonOptions, { status }: ImportedPerson) {
  if (status !== 'removed') return { status }
  return { status, removedAt: now, purgeable: 'yes' as const, purgeAt: now + keepRemovedDays() * day }
}

/** Authenticators are sealed, each for the account; their ids are the same when the file is imported again. */
function factorsOf({ ring, now }: PersonOptions, account: string, person: ImportedPerson): Factor[] {
  const bound = (kind: string, index: number) => ({
    id: `${account}-${kind}-${index}`,
    name: '',
    createdAt: now,
  })
  return [
    ...person.totp.map(({ secret }, index) => {
      const one = bound('totp', index)
      return { ...one, kind: 'totp' as const, secret: ring().seal(secret, one.id) }
    }),
    ...person.passkeys.map((one, index) => passkeyFactor(one, bound('passkey', index).id, now)),
    ...person.texts.map((number, index) => ({ ...bound('sms', index), kind: 'sms' as const, number })),
    ...person.calls.map((number, index) => ({ ...bound('voice', index), kind: 'voice' as const, number })),
  ]
}

function withSecrets(options: PersonOptions, account: Protection, person: ImportedPerson): Protection {
  const { ring, now } = options
  const factors = factorsOf(options, account.id, person)
  const primary = factors.find(({ kind }) => kind === 'totp')?.id
  const equipped = factors.length === 0 ? account : { ...account, factors, primary }
  if (person.backupCodes.length === 0) return equipped
  const secured = replaceBackupCodes(equipped, person.backupCodes, ring().hash, now)
  return { ...secured, backupCodes: { ...secured.backupCodes!, confirmedAt: now } }
}

/** Whoever may decide about others is in the log, each by themselves. */
function importedRoles({ digest }: PersonOptions, person: ImportedPerson, subject: string): Effect[] {
  const roles = [
    ...person.memberships
      .filter(({ role }) => role === 'super_admin')
      .map(({ organization }) => ({ role: 'super_admin', organization })),
    ...(person.supportAgent ? [{ role: 'support_agent', organization: '' }] : []),
    ...(person.operator ? [{ role: 'operator', organization: '' }] : []),
  ]
  return roles.flatMap((detail) =>
    told(
      { actor: operator, subject },
      {
        id: `import:${digest.slice(0, 16)}:${subject}:${detail.role}:${detail.organization}`,
        event: 'account.imported',
        detail,
      },
    ),
  )
}

function membershipOf(
  account: string,
  { organization, role, since }: ImportedPerson['memberships'][number],
  now: number,
): Membership {
  const at = since ?? now
  const membership = { id: `${organization}:${account}`, organization, account, role, since: at }
  return role === 'super_admin'
    ? { ...membership, superAdminOf: organization, superAdminSince: at }
    : membership
}
