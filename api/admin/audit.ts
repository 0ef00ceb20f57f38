import { z } from 'zod'
import { auditPage, type Sees } from '../../effects/audit-reading.ts'
import { ofOrganization } from '../../organization/audit.ts'
import type { AuditEntry } from '../../rules/audit/chain.ts'
import { auditEvents } from '../../rules/audit/events.ts'
import type { AuditFilter } from '../../rules/audit/filter.ts'
import { cursorAfter, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { type Call, operation } from '../operation.ts'
import { apiMoment, isoOf } from './people.ts'
import { actedFor, idSchema, inOrganization, memberActedFor, ofPerson, visibleCase } from './reach.ts'

const tag = 'Audit'
const few = 'A page may be short, or empty, and not the last: `next` says so.'

const events = Object.keys(auditEvents) as [keyof typeof auditEvents, ...(keyof typeof auditEvents)[]]

const entrySchema = z
  .object({
    id: z.string(),
    at: apiMoment,
    event: z.enum(events),
    actor: z.string().optional(),
    subject: z.string().optional(),
    case: z.string().optional(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    times: z.int().optional().describe('How many of the same kind in a row it stands for.'),
  })
  .meta({ id: 'AuditEntry' })

const filters = pageQuery.extend({
  event: z.enum(events).optional(),
  actor: idSchema.optional().describe('Who did it: a person’s id, or `client:` and a program’s.'),
  from: apiMoment.optional(),
  to: apiMoment.optional(),
})
const allFilters = filters.extend({
  person: idSchema.optional().describe('Whom it happened to.'),
  case: idSchema.optional(),
})
type Asked = z.output<typeof filters> & Partial<z.output<typeof allFilters>>

export const auditOperations = [
  operation({
    id: 'listAudit',
    method: 'get',
    path: '/audit',
    tag,
    scope: 'audit.read',
    summary: 'The whole log, the newest first',
    says: few,
    operator: true,
    query: allFilters,
    status: 200,
    answer: pageOf(entrySchema),
    handle: (call) => list(call),
  }),
  operation({
    id: 'listOrganizationAudit',
    method: 'get',
    path: '/organizations/{organization}/audit',
    tag,
    scope: 'audit.read',
    summary: 'What happened in an organization, the newest first',
    says: `What was done to the organization, and to its members since they joined. ${few}`,
    params: inOrganization,
    query: allFilters,
    status: 200,
    answer: pageOf(entrySchema),
    handle: async (call) => {
      const { id } = await actedFor(call)
      return list(call, {}, ofOrganization(call.services, id))
    },
  }),
  operation({
    id: 'listPersonAudit',
    method: 'get',
    path: '/organizations/{organization}/people/{person}/audit',
    tag,
    scope: 'audit.read',
    summary: 'What was done to somebody, the newest first',
    says: 'What another organization did isn’t in it, nor what was before they joined.',
    params: ofPerson,
    query: filters,
    status: 200,
    answer: pageOf(entrySchema),
    handle: async (call) => {
      const { account, organization } = await memberActedFor(call)
      const sees = call.caller.everywhere ? undefined : ofOrganization(call.services, organization.id)
      return list(call, { person: account.id }, sees)
    },
  }),
  operation({
    id: 'listCaseAudit',
    method: 'get',
    path: '/cases/{case}/audit',
    tag,
    scope: 'audit.read',
    summary: 'What happened to a case, the newest first',
    params: z.object({ case: idSchema }),
    query: filters,
    status: 200,
    answer: pageOf(entrySchema),
    handle: async (call) => list(call, { case: (await visibleCase(call)).id }),
  }),
]

/** As on the page. */
async function list(
  { services, query }: Call<object, Asked>,
  only: Pick<AuditFilter, 'person' | 'case'> = {},
  sees?: Sees,
) {
  const { limit, cursor, event, from, to, person, actor, case: about } = query
  const filter: AuditFilter = {
    ...{ person, actor, case: about, ...only },
    events: event === undefined ? undefined : [event],
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  }
  const after = readCursor<AuditEntry>(cursor, 'sequence')
  const found = await auditPage(services, filter, { sees, after, limit })
  const next = found.next && cursorAfter(found.next, 'sequence')
  return { body: { items: found.entries.map(({ entry }) => shown(entry)), next } }
}

const shown = ({ id, at, event, actor, subject, case: about, detail, times }: AuditEntry) => ({
  ...{ id, event, actor, subject, detail, times },
  at: isoOf(at),
  case: about,
})
