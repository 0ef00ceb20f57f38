import { Readable } from 'node:stream'
import type { Context } from 'koa'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import { auditPage, exportedEntries, type Sees } from '../../effects/audit-reading.ts'
import { type ChainState, noteExport } from '../../organization/operator/audit.ts'
import type { Work } from '../../organization/operator/long-work.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { auditEvents } from '../../rules/audit/events.ts'
import { csvHeader, csvLine, jsonLine, type NamedEntry } from '../../rules/audit/export.ts'
import { cursorText, readAuditCursor } from '../../rules/audit/filter.ts'
import { type Fields, formLocals } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type AuditAsked, askedBy, askedIn, filterNames, filterOf } from './query.ts'

/** Whose log is shown, and to whom. */
export interface AuditRoom {
  session: ConsoleSession
  /** Where it is. */
  base: string
  /** The organization's name; all of the log where it is missing. */
  organization?: string | undefined
  /** Its id. */
  of?: string | undefined
  back: string
  sees?: Sees | undefined
  chains: ChainState
  /** Where all of it is being held against its chains. */
  working?: Work | undefined
  /** Days that were typed, and refused. */
  days?: string | undefined
}

/** A page of the log. */
export async function showAudit(
  services: Services,
  ctx: Context,
  room: AuditRoom,
  message?: PageMessage,
): Promise<void> {
  const asked = askedBy(ctx)
  const read = await filterOf(services, asked)
  const found =
    'filter' in read
      ? await auditPage(services, read.filter, {
          sees: room.sees,
          after: readAuditCursor(textIn(ctx.query.after)),
        })
      : { entries: [] }
  const fault = 'unknown' in read ? { key: `audit_no_${read.unknown}` as const } : undefined
  const page = services.views.page('audit', localeOf(ctx), {
    ...formLocals(room.base, room.session.form, message ?? fault),
    organization: room.organization,
    back: room.back,
    asked,
    entries: found.entries.map(shown),
    events: Object.keys(auditEvents),
    next: 'next' in found && found.next ? queryOf(asked, cursorText(found.next)) : undefined,
    chains: room.chains,
    working: room.working,
    operator: room.organization === undefined,
    days: room.days ?? String(room.chains.keepDays),
  })
  showPage(ctx, page)
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const shown = ({ entry, actor, subject }: NamedEntry) => ({
  at: entry.at,
  event: entry.event,
  times: entry.times ?? 1,
  actor: actor ?? entry.actor,
  subject: subject ?? entry.subject,
  subjectId: entry.subject,
  case: entry.case,
  detail: Object.entries(entry.detail).flatMap(([name, value]) =>
    value === '' ? [] : [{ name, value: String(value) }],
  ),
})

function queryOf(asked: AuditAsked, after: string): string {
  const kept = filterNames.filter((name) => asked[name] !== '').map((name) => [name, asked[name]])
  return new URLSearchParams({ ...Object.fromEntries(kept), after }).toString()
}

const mostExported = 100_000

/** POST: format=csv | jsonl, and the fields of the filter. The file is sent as it is read. */
export async function exportAudit(
  services: Services,
  ctx: Context,
  room: AuditRoom,
  fields: Fields,
): Promise<PageMessage | undefined> {
  const read = await filterOf(services, askedIn(fields))
  if ('unknown' in read) return { key: `audit_no_${read.unknown}` }
  const csv = fields.format !== 'jsonl'
  await noteExport(services, room.session.account, csv ? 'csv' : 'jsonl', room.of)
  const name = `audit-${new Date(services.clock()).toISOString().slice(0, 10)}`
  ctx.status = 200
  ctx.set('Cache-Control', 'no-store')
  ctx.set(
    'Content-Type',
    csv ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl; charset=utf-8',
  )
  ctx.set('Content-Disposition', `attachment; filename="${name}.${csv ? 'csv' : 'jsonl'}"`)
  const entries = exportedEntries(services, read.filter, { sees: room.sees, limit: mostExported })
  ctx.body = Readable.from(linesOf(entries, csv))
  return undefined
}

async function* linesOf(entries: AsyncIterable<NamedEntry>, csv: boolean): AsyncGenerator<string> {
  // Spreadsheets read UTF-8 only where a mark says so.
  if (csv) yield `\uFEFF${csvHeader}`
  for await (const entry of entries) yield csv ? csvLine(entry) : jsonLine(entry)
}
