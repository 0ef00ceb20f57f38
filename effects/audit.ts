import { hash, randomBytes } from 'node:crypto'
import type { AuditKeys } from '../adapters/secrets/audit-keys.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import { type AuditEntry, type ChainEnd, chained, type Fact, type Said } from '../rules/audit/chain.ts'
import { tellsRefusal } from '../rules/audit/events.ts'
import { type Counted, createRows } from './audit-rows.ts'

export interface Audit {
  /** Resolves when the fact is stored for good, or counted, where it is one more refusal of the same kind. */
  append(fact: Fact): Promise<void>
  /** Writes what was only counted so far; with `all`, also what may still go on. */
  flush(all?: 'all'): Promise<void>
}

export interface AuditOptions {
  store: Store
  clock: () => number
  keys: AuditKeys
}

/** A fact on its way into the log. */
interface Asked {
  said: Said
  done(): void
  failed(error: unknown): void
}

type End = ChainEnd & { sequence: number; startedAt: number }

/** Facts of one write. */
const groupSize = 200
/** After this time a process goes on in a chain of its own anew, so that chains can be closed and pruned. */
export const chainLifetime = 86_400_000

/**
 * An append-only log without a place that all writers share: each process has its own chain, in which every entry holds
 * the keyed hash of the one before. What is asked while a write is under way goes with the next one, together.
 */
export function createAudit(options: AuditOptions): Audit {
  const { clock } = options
  const writer = createWriter(options)
  const rows = createRows()
  const write = (facts: Counted[], now: number) =>
    Promise.all(facts.map((fact) => writer.write(saidOf(fact, now))))
  return {
    append: async (fact) => {
      const now = clock()
      const next = tellsRefusal(fact.event) ? rows.next(fact, now) : fact
      const ended = tellsRefusal(fact.event) ? [] : rows.ended(fact.subject)
      await write(next === undefined ? ended : [...ended, next], now)
    },
    flush: async (all) => {
      const now = clock()
      await write(rows.over(all === 'all' ? Infinity : now), now)
    },
  }
}

/** Members that are undefined aren't stored, so they aren't part of what is hashed either. */
function saidOf({ detail = {}, cause, ...fact }: Counted, at: number): Said {
  const id = cause === undefined ? '' : hash('sha256', cause, 'base64url')
  const done = tellsRefusal(fact.event) ? undefined : fact.subject
  return { ...fact, cause, id, at, detail, done, log: 'all' }
}

function createWriter({ store, clock, keys }: AuditOptions) {
  let waiting: Asked[] = []
  let writing = false
  let end: End | undefined

  const writeAll = async () => {
    writing = true
    while (waiting.length > 0) {
      const group = waiting.slice(0, groupSize)
      waiting = waiting.slice(groupSize)
      await writeGroup(group)
    }
    writing = false
  }

  const writeGroup = async (group: Asked[]) => {
    try {
      end = await chainFor(store, end, clock())
      for (let left = group; left.length > 0; ) left = await tryGroup(keys.mac, left)
      for (const { done } of group) done()
    } catch (error) {
      // Nobody knows what of it was stored: nothing may be chained to that.
      end = undefined
      for (const { failed } of group) failed(error)
    }
  }

  /** Writes the facts as the next entries. Returns those that are left because another was in the way. */
  const tryGroup = async (key: Buffer, group: Asked[]): Promise<Asked[]> => {
    const entries = entriesOf(key, end!, group)
    try {
      await store.audit.insertAll(entries)
      end = { ...end!, ...endOf(entries.at(-1)!) }
      return []
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      const there = await Promise.all(entries.map(({ id }) => store.audit.get(id)))
      const stored = (index: number) => there[index]?.mac === entries[index]!.mac
      const refused = entries.findIndex((_, index) => !stored(index))
      if (refused > 0) end = { ...end!, ...endOf(entries[refused - 1]!) }
      // What has the same cause is told already.
      return group.filter((_, index) => index !== refused && there[index] === undefined)
    }
  }

  return {
    write: (said: Said): Promise<void> =>
      new Promise((done, failed) => {
        waiting.push({ said, done, failed })
        if (!writing) void writeAll()
      }),
  }
}

function entriesOf(key: Buffer, from: ChainEnd & { sequence: number }, group: Asked[]): AuditEntry[] {
  const entries: AuditEntry[] = []
  let end = from
  for (const { said } of group) {
    const id = said.id === '' ? `${end.chain}.${end.place + 1}` : said.id
    const entry = chained(key, end, { ...said, id })
    entries.push(entry)
    end = endOf(entry)
  }
  return entries
}

const endOf = ({ chain, place, mac, sequence }: AuditEntry): ChainEnd & { sequence: number } => ({
  chain,
  place,
  mac,
  sequence,
})

/** The chain to go on with, or a new one, which is listed before anything is written to it. */
async function chainFor({ auditChains }: Store, end: End | undefined, now: number): Promise<End> {
  if (end !== undefined && end.startedAt + chainLifetime > now) return end
  const id = randomBytes(12).toString('base64url')
  await auditChains.insert({ id, startedAt: now, listed: 'all', open: 'yes' })
  return { chain: id, place: 0, mac: '', sequence: end?.sequence ?? 0, startedAt: now }
}
