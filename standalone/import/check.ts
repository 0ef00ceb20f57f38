import { credentialKey } from '../../account/passkeys.ts'
import { foreignCosts, mostCosts } from '../../adapters/secrets/foreign-costs.ts'
import type { Store } from '../../adapters/store/store.ts'
import { readForeignHash } from '../../rules/password-hash.ts'
import { type FileRecord, groupsOf, readAnew, type Whereabouts } from './records.ts'
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
  /** Read from the file once more as they are written: nobody holds all of them. */
  people: Iterable<ImportedPerson>
  /** How many these are. */
  count: number
  /** Their address is taken here already: they stay as they are. */
  skipped: string[]
  /** A hash of each cost that is brought along. */
  hashes: string[]
  /** Some bring what is sealed, or is forgotten after a time: both are in the settings. */
  takesSettings: boolean
}

const together = 200

/** Looks at everything before anything is written. Of those looked at it holds what others must not have as well. */
export async function checkImport(
  store: Store,
  given: Given,
): Promise<{ plan: Plan; faults: ImportFault[] }> {
  const faults: ImportFault[] = []
  const organizations = given.organizations.flatMap((record) => read(record, organizationSchema, faults))
  const unrepeated = once('id', faults)
  for (const { record, value } of organizations) unrepeated(record, value.id)
  const brought = organizations.map(({ value }) => value)
  const looks = await looksAt(store, new Set(brought.map(({ id }) => id)), faults)
  const skipped = new Set<string>()
  let [count, takesSettings] = [0, false]
  for (const group of groupsOf(given.people, together)) {
    const people = group.flatMap((record) => read(record, personSchema, faults))
    for (const look of looks.each) for (const one of people) await look(one)
    for (const email of await taken(store, people, faults)) skipped.add(email)
    count += people.length
    takesSettings ||= people.some(({ value }) => dependsOnSettings(value))
  }
  faults.sort((a, b) => a.line - b.line)
  return {
    plan: {
      organizations: brought,
      people: readAnew(() => unskipped(given, skipped)),
      count: count - skipped.size,
      skipped: [...skipped],
      hashes: looks.hashes(),
      takesSettings,
    },
    faults,
  }
}

const dependsOnSettings = ({ totp, backupCodes, status }: ImportedPerson): boolean =>
  totp.length > 0 || backupCodes.length > 0 || status === 'removed'

function* unskipped({ people }: Given, skipped: Set<string>): Generator<ImportedPerson> {
  for (const record of people)
    for (const { value } of read(record, personSchema, [])) if (!skipped.has(value.email)) yield value
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

function read<T>(record: FileRecord, schema: Schema<T>, faults: ImportFault[]): Read<T>[] {
  const result = schema.safeParse(record.value)
  if (result.success) return [{ record, value: result.data }]
  for (const words of wordsOf(result.error)) faults.push(faultAt(record, words))
  return []
}

function faultAt(record: FileRecord, words: string): ImportFault {
  const { email } = (record.value ?? {}) as { email?: unknown }
  return { line: record.at.line, address: typeof email === 'string' ? email : undefined, words }
}

type Look = (one: Read<ImportedPerson>) => void | Promise<void>

/** What is looked at in each person, one after the other. */
async function looksAt(
  store: Store,
  brought: Set<string>,
  faults: ImportFault[],
): Promise<{ each: Look[]; hashes(): string[] }> {
  const [email, id, externalId] = [once('email', faults), once('id', faults), once('externalId', faults)]
  // A credential belongs to one person for good.
  const passkey = once('passkeys', faults)
  const costs = await costsOf(store, faults)
  return {
    each: [
      ({ record, value }) => email(record, value.email),
      ({ record, value }) => id(record, value.id),
      ({ record, value }) => externalId(record, value.externalId),
      ({ record, value }) => {
        for (const { credential } of value.passkeys) passkey(record, credential)
      },
      memberships(store, brought, faults),
      costs.look,
    ],
    hashes: costs.hashes,
  }
}

/** Says where a value was before. */
function once(field: string, faults: ImportFault[]): (record: FileRecord, key: string | undefined) => void {
  const seen = new Map<string, Whereabouts>()
  return (record, key) => {
    if (key === undefined) return
    const first = seen.get(key)
    if (first === undefined) seen.set(key, record.at)
    else faults.push(faultAt(record, `${field}: the same as on line ${first.line}`))
  }
}

function memberships({ organizations }: Store, brought: Set<string>, faults: ImportFault[]): Look {
  const known = new Map<string, boolean>()
  const isKnown = async (id: string) => {
    if (!known.has(id)) known.set(id, brought.has(id) || (await organizations.get(id)) !== undefined)
    return known.get(id)!
  }
  return async ({ record, value }) => {
    const own = new Set<string>()
    for (const { organization } of value.memberships) {
      if (own.has(organization)) faults.push(faultAt(record, `memberships: ${organization} is there twice`))
      own.add(organization)
      if (!(await isKnown(organization)))
        faults.push(faultAt(record, `memberships: there is no organization ${organization}`))
    }
  }
}

/** Addresses that somebody has here already. An id that somebody else has is wrong. */
async function taken(store: Store, people: Read<ImportedPerson>[], faults: ImportFault[]): Promise<string[]> {
  const found = await Promise.all(
    people.map(async ({ record, value }) => {
      const [there] = await store.people.find('login', value.email, { limit: 1 })
      if (there !== undefined) return [value.email]
      if (value.id !== undefined && (await store.people.get(value.id)) !== undefined)
        faults.push(faultAt(record, `id: somebody else has it here: ${value.id}`))
      await ownedPasskeys(store, { record, value }, faults)
      return []
    }),
  )
  return found.flat()
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
async function costsOf(store: Store, faults: ImportFault[]): Promise<{ look: Look; hashes(): string[] }> {
  const all = new Set((await foreignCosts(store)).map(costOf))
  const brought = new Map<string, string>()
  const look: Look = ({ record, value: { passwordHash } }) => {
    if (passwordHash === undefined) return
    const cost = costOf(passwordHash)
    if (!brought.has(cost)) brought.set(cost, passwordHash)
    if (all.has(cost)) return
    all.add(cost)
    if (all.size === mostCosts + 1)
      faults.push(
        faultAt(
          record,
          `passwordHash: the ${mostCosts + 1}th kind and cost of hashes; ${mostCosts} are the most here`,
        ),
      )
  }
  return { look, hashes: () => [...brought.values()] }
}

function costOf(hash: string): string {
  const read = readForeignHash(hash)
  return 'fault' in read ? '' : read.cost
}
