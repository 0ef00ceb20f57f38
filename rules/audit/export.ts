import type { AuditEntry } from './chain.ts'

/** An entry with the names of those who are in it. */
export interface NamedEntry {
  entry: AuditEntry
  actor?: string | undefined
  subject?: string | undefined
}

const columns = ['time', 'event', 'actor', 'actor_name', 'subject', 'subject_name', 'case', 'times', 'detail']

export const csvHeader = `${columns.join(',')}\r\n`

/** One line of CSV (RFC 4180). */
export function csvLine({ entry, actor = '', subject = '' }: NamedEntry): string {
  const { at, event, times = 1, detail } = entry
  const cells = [
    new Date(at).toISOString(),
    event,
    entry.actor ?? '',
    actor,
    entry.subject ?? '',
    subject,
    entry.case ?? '',
    String(times),
    JSON.stringify(detail),
  ]
  return `${cells.map(csvCell).join(',')}\r\n`
}

/**
 * A cell that no spreadsheet takes for a formula, whatever somebody has called themselves (CWE-1236): what begins like
 * one gets an apostrophe before it, also behind spaces and signs that look like these.
 */
export function csvCell(text: string): string {
  const safe = /^[\s\p{Cf}]*[=+\-@＝＋－＠|%]/u.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n;]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One line of JSON, as programs read it. */
export function jsonLine({ entry, actor, subject }: NamedEntry): string {
  const { id, at, event, times = 1, detail } = entry
  const line = {
    id,
    time: new Date(at).toISOString(),
    event,
    actor: entry.actor,
    actor_name: actor,
    subject: entry.subject,
    subject_name: subject,
    case: entry.case,
    times,
    detail,
  }
  return `${JSON.stringify(line)}\n`
}
