import type { AuditEntry } from '../rules/audit/chain.ts'
import type { NamedEntry } from '../rules/audit/export.ts'
import { type AuditCursor, type AuditFilter, indexFor, matches } from '../rules/audit/filter.ts'
import { remembered } from '../rules/remembered.ts'
import type { WriteServices } from './services.ts'

type Reading = Pick<WriteServices, 'store' | 'accounts'>

/** Whether an entry is for the eyes of whoever reads. */
export type Sees = (entry: AuditEntry) => Promise<boolean>

export interface AuditPage {
  /** The newest first. */
  entries: NamedEntry[]
  /** Where older ones begin; also where nothing was found so far, but not everything was looked at. */
  next?: AuditCursor | undefined
}

const batch = 200
/** How many entries one page looks at: what is rare takes several pages, and none takes long. */
export const mostScanned = 5_000

/** A page of the log, from the newest on or after a cursor. */
export async function auditPage(
  services: Reading,
  filter: AuditFilter,
  {
    sees = everything,
    after,
    limit = 50,
  }: { sees?: Sees | undefined; after?: AuditCursor | undefined; limit?: number },
): Promise<AuditPage> {
  const entries: NamedEntry[] = []
  const names = namesIn(services)
  let scanned = 0
  let last: AuditCursor | undefined
  for await (const entry of backwards(services, filter, after)) {
    if (entries.length >= limit || scanned >= mostScanned) return { entries, next: last }
    scanned += 1
    last = { sequence: entry.sequence, id: entry.id }
    if (matches(filter, entry) && (await sees(entry))) entries.push(await names(entry))
  }
  return { entries }
}

/** Everything that is asked for, the newest first, at most `limit`: for a file. */
export async function* exportedEntries(
  services: Reading,
  filter: AuditFilter,
  { sees = everything, limit }: { sees?: Sees | undefined; limit: number },
): AsyncGenerator<NamedEntry> {
  const names = namesIn(services)
  let left = limit
  for await (const entry of backwards(services, filter)) {
    if (left === 0) return
    if (!matches(filter, entry) || !(await sees(entry))) continue
    left -= 1
    yield await names(entry)
  }
}

const everything: Sees = async () => true

/** Entries that may match, the newest first; it ends where all others are older than what is asked for. */
async function* backwards(
  { store }: Reading,
  filter: AuditFilter,
  after: AuditCursor | undefined = newestOf(filter),
): AsyncGenerator<AuditEntry> {
  const [index, value] = indexFor(filter)
  let from = after as AuditEntry | undefined
  for (;;) {
    const page = await store.audit.find(index, value, { limit: batch, backwards: true, after: from })
    for (const entry of page) {
      // A process whose clock was behind may have written it a moment later: a minute more is looked at.
      if (entry.at < (filter.from ?? 0) - 60_000) return
      yield entry
    }
    if (page.length < batch) return
    from = page.at(-1)
  }
}

/** The log is in the order of time: what is later than asked for needn't be read. */
const newestOf = ({ to }: AuditFilter): AuditCursor | undefined =>
  to === undefined || to >= Number.MAX_SAFE_INTEGER / 1_000 - 60_000
    ? undefined
    : { sequence: (to + 60_000) * 1_000, id: '' }

/** Names of people as they are now; what isn't a person has none. */
function namesIn({ accounts }: Reading): (entry: AuditEntry) => Promise<NamedEntry> {
  const known = remembered(async (id) => (await accounts.get(id))?.name)
  const nameOf = (id: string | undefined) => (id === undefined ? undefined : known(id))
  return async (entry) => ({ entry, actor: await nameOf(entry.actor), subject: await nameOf(entry.subject) })
}
