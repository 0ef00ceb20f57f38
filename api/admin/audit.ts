import { z } from 'zod'
import type { AuditEntry } from '../../rules/audit/chain.ts'
import { auditEvents } from '../../rules/audit/events.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { type Call, operation } from '../operation.ts'
import { apiMoment, isoOf } from './people.ts'
import { idSchema, memberActedFor, ofPerson, visibleCase } from './reach.ts'

const tag = 'Audit'

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

export const auditOperations = [
  operation({
    id: 'listAudit',
    method: 'get',
    path: '/audit',
    tag,
    scope: 'audit.read',
    summary: 'The whole log, the newest first',
    operator: true,
    query: pageQuery,
    status: 200,
    answer: pageOf(entrySchema),
    handle: (call) => list(call, 'log', 'all'),
  }),
  operation({
    id: 'listPersonAudit',
    method: 'get',
    path: '/organizations/{organization}/people/{person}/audit',
    tag,
    scope: 'audit.read',
    summary: 'What was done to somebody, the newest first',
    says: 'What another organization did isn’t in it.',
    params: ofPerson,
    query: pageQuery,
    status: 200,
    answer: pageOf(entrySchema),
    handle: async (call) => {
      const { account, organization } = await memberActedFor(call)
      return list(call, 'subject', account.id, organization.id)
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
    query: pageQuery,
    status: 200,
    answer: pageOf(entrySchema),
    handle: async (call) => list(call, 'case', (await visibleCase(call)).id),
  }),
]

async function list(
  call: Call<object, z.output<typeof pageQuery>>,
  index: 'log' | 'subject' | 'case',
  value: string,
  organization?: string,
) {
  const { limit, cursor } = call.query
  const { store } = call.services
  const after = readCursor<AuditEntry>(cursor, 'sequence')
  const found = await store.audit.find(index, value, { limit: limit + 1, after, backwards: true })
  const { shown: page, next } = cut(found, limit, 'sequence')
  const mine = await Promise.all(page.map((entry) => isMine(call, entry, organization)))
  return { body: { items: page.filter((_, place) => mine[place]).map(shown), next } }
}

/** Whether an entry about a person is an organization's to read: not where another one acted, or decides. */
async function isMine(
  { services, caller }: Call,
  { detail, case: about }: AuditEntry,
  organization: string | undefined,
): Promise<boolean> {
  if (organization === undefined || caller.everywhere) return true
  if (detail.organization !== undefined && detail.organization !== organization) return false
  return about === undefined || (await services.store.cases.get(about))?.organization === organization
}

const shown = ({ id, at, event, actor, subject, case: about, detail, times }: AuditEntry) => ({
  ...{ id, event, actor, subject, detail, times },
  at: isoOf(at),
  case: about,
})
