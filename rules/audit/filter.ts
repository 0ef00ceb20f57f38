import type { AuditEntry } from './chain.ts'
import { type AuditEvent, auditEvents } from './events.ts'

/** Which entries of the log somebody wants to see. Times are milliseconds, both ends included. */
export interface AuditFilter {
  /** Whom it happened to. */
  person?: string | undefined
  /** Who did it. */
  actor?: string | undefined
  case?: string | undefined
  /** All of them where none is named. */
  events?: readonly AuditEvent[] | undefined
  from?: number | undefined
  to?: number | undefined
}

/** Where a page ended: the next one goes on from the entry before it. */
export interface AuditCursor {
  sequence: number
  id: string
}

export function matches(filter: AuditFilter, entry: AuditEntry): boolean {
  const { person, actor, case: about, events, from = 0, to = Number.POSITIVE_INFINITY } = filter
  if (person !== undefined && entry.subject !== person) return false
  if (actor !== undefined && entry.actor !== actor) return false
  if (about !== undefined && entry.case !== about) return false
  if (events !== undefined && events.length > 0 && !events.includes(entry.event)) return false
  return entry.at >= from && entry.at <= to
}

/** The index that has what is asked for, and its value: the one that leaves the least to be read. */
export function indexFor({ case: about, person }: AuditFilter): ['case' | 'subject' | 'log', string] {
  if (about !== undefined) return ['case', about]
  return person === undefined ? ['log', 'all'] : ['subject', person]
}

export const cursorText = ({ sequence, id }: AuditCursor): string => `${sequence}.${id}`

/** What was sent as a cursor, or nothing: whatever else it is begins at the newest. */
export function readAuditCursor(text: string | undefined): AuditCursor | undefined {
  const [, sequence, id] = /^(\d{1,16})\.([\w.:-]{1,100})$/.exec(text ?? '') ?? []
  return sequence === undefined || id === undefined ? undefined : { sequence: Number(sequence), id }
}

export function isAuditEvent(name: string): name is AuditEvent {
  return Object.hasOwn(auditEvents, name)
}
