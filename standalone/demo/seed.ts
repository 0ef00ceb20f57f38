import { newBackupCodes } from '../../adapters/secrets/backup-codes.ts'
import { newTotpSecret, totpUri } from '../../adapters/secrets/totp.ts'
import { listOwnPerson } from '../../adapters/store/listings.ts'
import type { Collection } from '../../adapters/store/port.ts'
import type { Services } from '../../interactions/services.ts'
import { type Account, agent, freshProtection, operatorMark, type Protection } from '../../rules/account.ts'
import { countCodesLeft, hashBackupCode, type Mac, replaceBackupCodes } from '../../rules/backup-codes.ts'
import type { Factor, TotpFactor } from '../../rules/factor.ts'
import type { Membership } from '../../rules/membership.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import { passwordHashes } from './password-hashes.ts'
import { type DemoPerson, organizations, people } from './people.ts'

const setting = 'demo-people'
const day = 86_400_000

/** Backup codes of the seeded people, by account; the accounts themselves hold only hashes. */
type SeededCodes = { [account: string]: string[] }

/** Fills an empty store once; a store that was filled before is left as it is. */
export async function seed(services: Pick<Services, 'store' | 'clock' | 'ring'>): Promise<void> {
  const { store, clock, ring } = services
  if ((await store.settings.get(setting)) !== undefined) return
  const now = clock()
  // All at once: what is written together takes few waits for the disk.
  const created = organizations.map(({ id, name }) =>
    replace(store.organizations, { id, name, policy: {}, createdAt: now - 1500 * day }),
  )
  const codes: SeededCodes = {}
  const seeded = people.map(async (person) => {
    const own = person.totp ? newBackupCodes() : []
    codes[person.id] = own
    await replace(store.protections, protectionOf(services, person, own, now))
    await replace(store.people, personOf(person, now))
    for (const membership of membershipsOf(person, now)) await replace(store.memberships, membership)
    await listOwnPerson(store, person.id)
  })
  await Promise.all([...created, ...seeded])
  // Last, so that a start that was interrupted begins again.
  await store.settings.insert({ id: setting, value: ring.seal(JSON.stringify(codes), setting) })
}

async function replace<T extends { id: string }>(collection: Collection<T>, document: T): Promise<void> {
  await collection.update(document.id, () => [document, undefined])
}

const sinceOf = ({ memberships }: DemoPerson, now: number): number =>
  now - Math.max(30, ...memberships.map((membership) => membership.days)) * day

function personOf(person: DemoPerson, now: number): OwnPerson {
  const { id, email, name, locale, birthDate, status = 'active' } = person
  const createdAt = sinceOf(person, now)
  const passwordHash = passwordHashes[person.password]!
  const told = { name, locale, birthDate }
  return { id, login: email, mail: [email], ...told, status, createdAt, passwordHash, effects: [] }
}

function protectionOf(
  { ring }: Pick<Services, 'ring'>,
  person: DemoPerson,
  codes: string[],
  now: number,
): Protection {
  const since = sinceOf(person, now)
  const protection: Protection = {
    ...freshProtection(person.id),
    phone: person.phone,
    ...(person.supportAgent ? agent : {}),
    ...(person.operator ? operatorMark : {}),
    checkUp: person.unchecked ? undefined : { at: now },
    validAfter: since,
  }
  if (!person.totp) return protection
  const id = `${person.id}-totp`
  const factor = {
    id,
    kind: 'totp' as const,
    name: '',
    secret: ring.seal(newTotpSecret(), id),
    createdAt: since,
  }
  const factors: Factor[] = [factor, ...phoneOf(person, since)]
  const secured = replaceBackupCodes({ ...protection, factors, primary: id }, codes, ring.hash, since)
  return { ...secured, backupCodes: { ...secured.backupCodes!, confirmedAt: since } }
}

/** Codes by text and call are another way for those who have a phone; the authenticator is asked for first. */
function phoneOf({ id, phone }: DemoPerson, since: number): Factor[] {
  if (phone === undefined) return []
  return [{ id: `${id}-phone`, kind: 'sms', name: '', number: phone, createdAt: since }]
}

function membershipsOf(person: DemoPerson, now: number): Membership[] {
  return person.memberships.map(({ organization, role, days }) => {
    const since = now - days * day
    const membership = { id: `${organization}:${person.id}`, organization, account: person.id, role, since }
    return role === 'super_admin'
      ? { ...membership, superAdminOf: organization, superAdminSince: since }
      : membership
  })
}

interface DemoRole {
  organization: string
  role: 'super_admin' | 'member'
}

/** A seeded person as they are now: /dev/people.json. */
export interface ListedPerson {
  name: string
  email: string
  password: string
  status: Account['status']
  otpauth: string | null
  backupCodes: string[]
  phone: string | null
  memberships: DemoRole[]
  supportAgent: true | undefined
  operator: true | undefined
}

/** The same, with what the guide says of them. */
export interface SeededPerson extends ListedPerson {
  id: string
  hint: string
}

/** /dev/people.json. */
export async function listPeople(services: Services): Promise<ListedPerson[]> {
  return (await listDemoPeople(services)).map(({ id: _id, hint: _hint, ...listed }) => listed)
}

/** The seeded people with everything needed to sign in as them, also after a reset. Only the demo can do that. */
export async function listDemoPeople({ store, accounts, ring, config }: Services): Promise<SeededPerson[]> {
  const stored = await store.settings.get(setting)
  const codes: SeededCodes = stored === undefined ? {} : JSON.parse(ring.open(stored.value, setting))
  const listed = await Promise.all(
    people.map(async (person) => ({ person, account: await accounts.get(person.id) })),
  )
  return listed.flatMap(({ person, account }) => {
    if (account === undefined) return []
    const factor = account.factors.find(({ kind }) => kind === 'totp') as TotpFactor | undefined
    return {
      id: person.id,
      hint: person.hint,
      name: account.name,
      email: account.email,
      password: person.password,
      status: account.status,
      otpauth: factor ? totpUri(config.brand.name, account.email, ring.open(factor.secret, factor.id)) : null,
      backupCodes: unusedCodes(account, codes[person.id] ?? [], ring.hash),
      phone: account.phone ?? null,
      memberships: person.memberships.map(({ organization, role }) => ({
        organization: nameOf(organization),
        role,
      })),
      supportAgent: account.supportAgent,
      operator: account.operator,
    }
  })
}

const nameOf = (id: string): string => organizations.find((one) => one.id === id)?.name ?? id

function unusedCodes(account: Account, codes: string[], mac: Mac): string[] {
  if (account.backupCodes === undefined || countCodesLeft(account) === 0) return []
  const { number, codes: kept } = account.backupCodes
  const unused = kept.filter(({ usedAt }) => usedAt === undefined)
  return codes.filter((code) =>
    unused.some(({ hash }) => hash === hashBackupCode(account.id, number, code, mac, hash)),
  )
}

/** For the terminal. */
export function describeSeeded(): string {
  return people
    .filter((person) => !/^lake-(0[2-9]|[1-3])/.test(person.id))
    .map((person) => `  ${person.email.padEnd(24)} ${person.password.padEnd(26)} ${person.hint}`)
    .join('\n')
}
