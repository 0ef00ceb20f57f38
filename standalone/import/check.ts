import { credentialKey } from '../../account/passkeys.ts'
import { foreignCosts, mostCosts } from '../../adapters/secrets/foreign-costs.ts'
import type { Store } from '../../adapters/store/store.ts'
import { readForeignHash } from '../../rules/password-hash.ts'
import type { FileRecord } from './records.ts'
import {
  type ImportedOrganization,
  type ImportedPerson,
  organizationSchema,
  personSchema,
  wordsOf,
} from './schema.ts'
import type { Given } from './sources.ts'

/** What is wrong, by the line of the file and the address: nobody counts entries. */
export interface ImportFault {
  line: number
  address?: string
  words: string
}

/** An import in which nothing is wrong. */
export interface Plan {
  organizations: ImportedOrganization[]
  people: ImportedPerson[]
  /** Their address is taken here already: they stay as they are. */
  skipped: string[]
}

/** Looks at everything before anything is written. */
export async function checkImport(
  store: Store,
  given: Given,
): Promise<{ plan: Plan; faults: ImportFault[] }> {
  const faults: ImportFault[] = []
  const organizations = read(given.organizations, organizationSchema, faults)
  const people = read(given.people, personSchema, faults)
  repeated(organizations, ({ id }) => id, 'id', faults)
  repeated(people, ({ email }) => email, 'email', faults)
  repeated(people, ({ id }) => id, 'id', faults)
  repeated(people, ({ externalId }) => externalId, 'externalId', faults)
  repeatedPasskeys(people, faults)
  await memberships(store, new Set(organizations.map(({ value }) => value.id)), people, faults)
  const skipped = await taken(store, people, faults)
  await costs(store, people, faults)
  faults.sort((a, b) => a.line - b.line)
  const gone = new Set(skipped)
  return {
    plan: {
      organizations: organizations.map(({ value }) => value),
      people: people.map(({ value }) => value).filter(({ email }) => !gone.has(email)),
      skipped,
    },
    faults,
  }
}

interface Read<T> {
  record: FileRecord
  value: T
}

type Schema<T> = {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: Parameters<typeof wordsOf>[0] }
}

function read<T>(records: FileRecord[], schema: Schema<T>, faults: ImportFault[]): Read<T>[] {
  return records.flatMap((record) => {
    const result = schema.safeParse(record.value)
    if (result.success) return [{ record, value: result.data }]
    for (const words of wordsOf(result.error)) faults.push(faultAt(record, words))
    return []
  })
}

function faultAt(record: FileRecord, words: string): ImportFault {
  const { email } = (record.value ?? {}) as { email?: unknown }
  return { line: record.line, address: typeof email === 'string' ? email : undefined, words }
}

function repeated<T>(
  all: Read<T>[],
  of: (value: T) => string | undefined,
  field: string,
  faults: ImportFault[],
): void {
  const seen = new Map<string, FileRecord>()
  for (const { record, value } of all) {
    const key = of(value)
    if (key === undefined) continue
    const first = seen.get(key)
    if (first === undefined) seen.set(key, record)
    else faults.push(faultAt(record, `${field}: the same as on line ${first.line}`))
  }
}

/** A credential belongs to one person for good. */
function repeatedPasskeys(people: Read<ImportedPerson>[], faults: ImportFault[]): void {
  const all = people.flatMap(({ record, value }) =>
    value.passkeys.map(({ credential }) => ({ record, value: credential })),
  )
  repeated(all, (credential) => credential, 'passkeys', faults)
}

async function memberships(
  { organizations }: Store,
  brought: Set<string>,
  people: Read<ImportedPerson>[],
  faults: ImportFault[],
): Promise<void> {
  const known = new Map<string, boolean>()
  const isKnown = async (id: string) => {
    if (!known.has(id)) known.set(id, brought.has(id) || (await organizations.get(id)) !== undefined)
    return known.get(id)!
  }
  for (const { record, value } of people) {
    const own = new Set<string>()
    for (const { organization } of value.memberships) {
      if (own.has(organization)) faults.push(faultAt(record, `memberships: ${organization} is there twice`))
      own.add(organization)
      if (!(await isKnown(organization)))
        faults.push(faultAt(record, `memberships: there is no organization ${organization}`))
    }
  }
}

const together = 200

/** Addresses that somebody has here already. An id that somebody else has is wrong. */
async function taken(store: Store, people: Read<ImportedPerson>[], faults: ImportFault[]): Promise<string[]> {
  const skipped: string[] = []
  for (let from = 0; from < people.length; from += together) {
    await Promise.all(
      people.slice(from, from + together).map(async ({ record, value }) => {
        const [there] = await store.people.find('login', value.email, { limit: 1 })
        if (there !== undefined) skipped.push(value.email)
        else if (value.id !== undefined && (await store.people.get(value.id)) !== undefined)
          faults.push(faultAt(record, `id: somebody else has it here: ${value.id}`))
        if (there === undefined) await ownedPasskeys(store, { record, value }, faults)
      }),
    )
  }
  return skipped
}

/** The person who was imported half is no one else. */
async function ownedPasskeys(
  { credentials, people }: Store,
  { record, value }: Read<ImportedPerson>,
  faults: ImportFault[],
): Promise<void> {
  for (const { credential } of value.passkeys) {
    const owner = await credentials.get(credentialKey(credential))
    if (owner !== undefined && (await people.get(owner.account)) !== undefined)
      faults.push(faultAt(record, 'passkeys: somebody else has one of them here'))
  }
}

/** A stranger's try does the work of each kind of hash that is here. */
async function costs(store: Store, people: Read<ImportedPerson>[], faults: ImportFault[]): Promise<void> {
  const all = new Set((await foreignCosts(store)).map(costOf))
  for (const { record, value } of people) {
    if (value.passwordHash === undefined || all.has(costOf(value.passwordHash))) continue
    all.add(costOf(value.passwordHash))
    if (all.size === mostCosts + 1)
      faults.push(
        faultAt(
          record,
          `passwordHash: the ${mostCosts + 1}th kind and cost of hashes; ${mostCosts} are the most here`,
        ),
      )
  }
}

function costOf(hash: string): string {
  const read = readForeignHash(hash)
  return 'fault' in read ? '' : read.cost
}
