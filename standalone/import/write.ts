import { createHmac, randomBytes } from 'node:crypto'
import { credentialKey } from '../../account/passkeys.ts'
import { noteCosts } from '../../adapters/secrets/foreign-costs.ts'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Passwords } from '../../adapters/secrets/passwords.ts'
import { type AccountBefore, apart } from '../../adapters/store/apart.ts'
import { listOwnPerson } from '../../adapters/store/listings.ts'
import { Conflict } from '../../adapters/store/port.ts'
import type { Store } from '../../adapters/store/store.ts'
import {
  agent,
  type Factor,
  type Membership,
  type Organization,
  operatorMark,
  type Protection,
} from '../../rules/account.ts'
import { replaceBackupCodes } from '../../rules/backup-codes.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import { importedMark } from '../../rules/password-hash.ts'
import { told } from '../../rules/told.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { operator } from '../operator.ts'
import type { Plan } from './check.ts'
import { passkeyFactor } from './passkeys.ts'
import type { ImportedOrganization, ImportedPerson } from './schema.ts'

export interface WriteOptions {
  store: Store
  passwords: Passwords
  /** Needed where there are secrets to seal or codes to hash. */
  ring(): KeyRing
  /** How long the removed are kept. */
  keepRemovedDays(): number
  now: number
  /** Names the file: the same one goes on where it was stopped. */
  digest: string
  progress(done: number, of: number): void
}

/** How many are written at once; each waits for the disk. */
const together = 256
const day = 86_400_000

/**
 * Writes what was checked. A file that is imported again goes on where it was stopped: ids follow from a secret that is
 * kept for the file, and the person is written last, when what belongs to them is there, so that nobody is half here.
 */
export async function writeImport(options: WriteOptions, plan: Plan): Promise<number> {
  const { store, digest, now } = options
  const hashes = plan.people.flatMap(({ passwordHash }) => passwordHash ?? [])
  if (!(await noteCosts(store, hashes)))
    throw new ExplainedRefusal('too many kinds of hashes are here already')
  const secret = await secretOf(store, digest, now)
  // Nobody knows it: whoever brings no password sets the first one with a mailed code.
  const nobodys = await options.passwords.hash(randomBytes(32).toString('base64url'))
  for (const organization of plan.organizations) await writeOrganization(options, organization)
  let written = 0
  for (let from = 0; from < plan.people.length; from += together) {
    const group = plan.people.slice(from, from + together)
    const added = await Promise.all(
      group.map((person) => writePerson(options, person, person.id ?? idOf(secret, person.email), nobodys)),
    )
    written += added.filter(Boolean).length
    options.progress(Math.min(from + together, plan.people.length), plan.people.length)
  }
  return written
}

async function secretOf({ settings }: Store, digest: string, now: number): Promise<string> {
  const id = `import:${digest}`
  return settings.update(id, (current) => {
    if (current !== undefined) return [current, current.value]
    const value = randomBytes(32).toString('base64url')
    return [{ id, value, expiresAt: now + 30 * day }, value]
  })
}

/** Tells nothing of the address, and is the same when the file is imported again. */
function idOf(secret: string, email: string): string {
  const hex = createHmac('sha256', secret).update(email).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

/** What isn't named stays as it is: a file without a policy takes none away. */
async function writeOrganization(
  { store, now, digest }: WriteOptions,
  { id, name, policy }: ImportedOrganization,
): Promise<void> {
  await store.organizations.update(id, (current): [Organization, undefined] => {
    const before = current ?? { id, name, policy: {}, createdAt: now }
    const next = { ...before, name, policy: policy ?? before.policy }
    const same = current !== undefined && JSON.stringify(current) === JSON.stringify(next)
    return [same ? current : withEffects(next, importedOrganization(digest, id, current, next)), undefined]
  })
}

const importedOrganization = (
  digest: string,
  id: string,
  before: Organization | undefined,
  { name, policy }: Organization,
): Effect[] =>
  told(
    { actor: operator, subject: id },
    {
      id: `import:${digest.slice(0, 16)}:${id}`,
      event: 'organization.imported',
      detail: { name, before: JSON.stringify(before?.policy ?? {}), policy: JSON.stringify(policy) },
    },
  )

async function writePerson(
  options: WriteOptions,
  person: ImportedPerson,
  id: string,
  nobodys: string,
): Promise<boolean> {
  const { store, now } = options
  const written = apart(await accountOf(options, person, id, nobodys))
  const staff = person.operator ? operatorMark : {}
  const protection = withSecrets(options, { ...written.protection, ...staff }, person)
  for (const membership of person.memberships) await put(store.memberships, membershipOf(id, membership, now))
  // Somebody who was left half here by another file owns none.
  for (const { credential } of person.passkeys) {
    const owned = { id: credentialKey(credential), account: id }
    await store.credentials.update(owned.id, () => [owned, undefined])
  }
  await put(store.protections, withEffects(protection, importedRoles(options, person, id)))
  // Last: nobody is half here.
  const added = await put(store.people, { ...written.person, externalId: person.externalId })
  await listOwnPerson(store, id)
  return added
}

/** False where it is there: written before the import was stopped, or somebody’s who came meanwhile. */
async function put<T extends { id: string }>(
  collection: { insert(document: T): Promise<void> },
  document: T,
): Promise<boolean> {
  try {
    await collection.insert(document)
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}

async function accountOf(
  options: WriteOptions,
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

function statusOf({ now, keepRemovedDays }: WriteOptions, { status }: ImportedPerson) {
  if (status !== 'removed') return { status }
  return { status, removedAt: now, purgeable: 'yes' as const, purgeAt: now + keepRemovedDays() * day }
}

/** Authenticators are sealed, each for the account; their ids are the same when the file is imported again. */
function factorsOf({ ring, now }: WriteOptions, account: string, person: ImportedPerson): Factor[] {
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

function withSecrets(options: WriteOptions, account: Protection, person: ImportedPerson): Protection {
  const { ring, now } = options
  const factors = factorsOf(options, account.id, person)
  const primary = factors.find(({ kind }) => kind === 'totp')?.id
  const equipped = factors.length === 0 ? account : { ...account, factors, primary }
  if (person.backupCodes.length === 0) return equipped
  const secured = replaceBackupCodes(equipped, person.backupCodes, ring().hash, now)
  return { ...secured, backupCodes: { ...secured.backupCodes!, confirmedAt: now } }
}

/** Whoever may decide about others is in the log, each by themselves. */
function importedRoles({ digest }: WriteOptions, person: ImportedPerson, subject: string): Effect[] {
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
