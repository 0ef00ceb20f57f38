import { createHash } from 'node:crypto'
import type { AuditEntry } from '../adapters/store/documents.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'

/** A fact for the log: no secret, no code, no token. */
export interface Fact {
  event: string
  actor?: string
  subject?: string
  case?: string
  detail?: { [name: string]: string | number | boolean }
  /** The effect that causes it; a repeat writes nothing. */
  cause?: string
}

export interface Audit {
  /** Resolves when the fact is stored for good. */
  append(fact: Fact): Promise<void>
}

/**
 * An append-only log: each entry holds the hash of the one before, so that a changed, missing or moved entry breaks
 * the chain. An entry's id is its place; two writers can't take the same one.
 */
export function createAudit(store: Store, clock: () => number): Audit {
  let queue: Promise<unknown> = Promise.resolve()
  return {
    append: (fact) => {
      // One at a time in this process; against other processes the insert decides.
      const appended = queue.then(() => append(store, fact, clock))
      queue = appended.catch(() => {})
      return appended
    },
  }
}

const head = 'audit-head'

async function append(store: Store, fact: Fact, clock: () => number): Promise<void> {
  if (fact.cause !== undefined && (await store.audit.find('cause', fact.cause, { limit: 1 })).length > 0)
    return
  for (;;) {
    const entry = chained(await last(store), fact, clock())
    try {
      await store.audit.insert(entry)
    } catch (error) {
      if (error instanceof Conflict && error.index === 'id') continue
      if (error instanceof Conflict && error.index === 'cause') return
      throw error
    }
    // A hint where to look next time; that it may lag behind is provided for in `last`.
    await store.settings.update(head, (current) => [
      Number(current?.value ?? 0) >= entry.sequence ? current : { id: head, value: String(entry.sequence) },
      undefined,
    ])
    return
  }
}

/** Where the next entry is chained to: the last place that was taken, even if somebody took the entry away from it. */
async function last(store: Store): Promise<{ sequence: number; hash: string }> {
  let sequence = await headOf(store)
  let found = await store.audit.get(entryId(sequence))
  for (
    let next = await store.audit.get(entryId(sequence + 1));
    next;
    next = await store.audit.get(entryId(sequence + 1))
  ) {
    found = next
    sequence += 1
  }
  return { sequence, hash: found?.hash ?? '' }
}

async function headOf({ settings }: Store): Promise<number> {
  return Number((await settings.get(head))?.value ?? 0)
}

export function entryId(sequence: number): string {
  return String(sequence).padStart(12, '0')
}

function chained(last: { sequence: number; hash: string }, fact: Fact, at: number): AuditEntry {
  const sequence = last.sequence + 1
  const { detail = {}, ...named } = fact
  const entry = {
    ...named,
    id: entryId(sequence),
    sequence,
    at,
    detail,
    previous: last.hash,
    log: 'all' as const,
  }
  return { ...entry, hash: entryHash(entry) }
}

/** The hash of everything an entry says, members sorted, so that no store's order of members matters. */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256').update(sortedJson(entry)).digest('base64url')
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, member) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

export type AuditFault = { sequence: number; fault: 'changed' | 'missing' | 'unchained' }

/** Reads the whole log and names the first entry that isn't what was written. */
export async function verifyAudit(store: Store): Promise<{ entries: number; fault?: AuditFault }> {
  const { audit } = store
  const written = await headOf(store)
  let previous: AuditEntry | undefined
  let entries = 0
  for (let page = await audit.find('log', 'all', { limit: 500 }); page.length > 0; ) {
    for (const entry of page) {
      const fault = faultOf(entry, previous)
      if (fault !== undefined) return { entries, fault: { sequence: (previous?.sequence ?? 0) + 1, fault } }
      previous = entry
      entries += 1
    }
    page = await audit.find('log', 'all', { limit: 500, after: page.at(-1)! })
  }
  const end = previous?.sequence ?? 0
  return end < written ? { entries, fault: { sequence: end + 1, fault: 'missing' } } : { entries }
}

function faultOf(entry: AuditEntry, previous: AuditEntry | undefined): AuditFault['fault'] | undefined {
  if (entry.sequence !== (previous?.sequence ?? 0) + 1) return 'missing'
  const { hash, ...said } = entry
  if (entryHash(said) !== hash) return 'changed'
  return entry.previous === (previous?.hash ?? '') ? undefined : 'unchained'
}
