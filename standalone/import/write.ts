import { createHmac, randomBytes } from 'node:crypto'
import { noteCosts } from '../../adapters/secrets/foreign-costs.ts'
import type { Store } from '../../adapters/store/store.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import { listRank } from '../../rules/listing.ts'
import type { Organization } from '../../rules/organization.ts'
import { told } from '../../rules/told.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { operator } from '../operator.ts'
import type { Plan } from './check.ts'
import { documentsOf, type PersonOptions } from './person.ts'
import { type ListingsAtOnce, putAll } from './put.ts'
import { groupsOf } from './records.ts'
import type { ImportedOrganization, ImportedPerson } from './schema.ts'

export interface WriteOptions extends PersonOptions {
  store: Store
  /** A server's if left out. */
  atOnce?: AtOnce
  progress(done: number, of: number): void
}

/** How many people are brought into an order, and are written at once. */
interface AtOnce extends ListingsAtOnce {
  ordered: number
  people: number
}

/**
 * Each listing is found under some thirty values, nearly all in the order of names: in that order they are written, so that
 * what is next to one another is written together. Of the embedded store's pages whatever several change is written
 * once, so the more at once the better; a server has to be done with each write within ten seconds, and
 * has a hand for each of several.
 */
export const atOnceOn: { embedded: AtOnce; server: AtOnce } = {
  embedded: { ordered: 40_000, people: 4000, listings: 8000, writes: 1 },
  server: { ordered: 500, people: 500, listings: 100, writes: 2 },
}
const day = 86_400_000

/**
 * Writes what was checked. A file that is imported again goes on where it was stopped: ids follow from a secret that is
 * kept for the file, and people are written last, when what belongs to them is there, so that nobody is half here.
 */
export async function writeImport(options: WriteOptions, plan: Plan): Promise<number> {
  const { store, digest, now, atOnce = atOnceOn.server } = options
  if (!(await noteCosts(store, plan.hashes)))
    throw new ExplainedRefusal('too many kinds of hashes are here already')
  const secret = await secretOf(store, digest, now)
  // Nobody knows it: whoever brings no password sets the first one with a mailed code.
  const nobodys = await options.passwords.hash(randomBytes(32).toString('base64url'))
  for (const organization of plan.organizations) await writeOrganization(options, organization)
  const prepared = (person: ImportedPerson) =>
    documentsOf(options, person, person.id ?? idOf(secret, person.email), nobodys)
  let [done, written] = [0, 0]
  // While some are written the next are made.
  let writing = Promise.resolve(0)
  for (const group of groupsOf(inOrder(plan.people, atOnce.ordered), atOnce.people)) {
    const [documents, count] = await Promise.all([Promise.all(group.map(prepared)), writing])
    written += count
    writing = putAll(store, documents, atOnce)
    done += group.length
    options.progress(done, plan.count)
  }
  return written + (await writing)
}

/** In the order that lists have them in, of so many each. */
function* inOrder(people: Iterable<ImportedPerson>, size: number): Generator<ImportedPerson> {
  for (const some of groupsOf(people, size))
    yield* some
      .map((person) => ({ person, rank: listRank(person) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ person }) => person)
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
