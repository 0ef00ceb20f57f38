import { z } from 'zod'
import { decideInPerson, denyByProgram, type PersonalDecision } from '../../recovery/deciding.ts'
import { cancelCase } from '../../recovery/events.ts'
import { isOpen, type RecoveryCase, transitions } from '../../rules/recovery-case.ts'
import { shownVersion } from '../../rules/version.ts'
import { requireDecider } from '../caller.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { type Call, operation } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import { apiMoment, because, isoOf } from './people.ts'
import { actedFor, idSchema, inOrganization, plainText, visibleCase } from './reach.ts'

const tag = 'Cases'

const statuses = Object.keys(transitions) as [RecoveryCase['status'], ...RecoveryCase['status'][]]
const status = z.enum(statuses)

export const caseSchema = z
  .object({
    id: z.string(),
    person: z.string(),
    status,
    open: z.boolean(),
    kind: z.enum(['reset', 'reactivation']),
    route: z.enum(['admin', 'identity', 'support']).optional(),
    organization: z.string().optional(),
    app: z.string().describe('Where it was asked for.'),
    openedAt: apiMoment,
    expiresAt: apiMoment,
    holdUntil: apiMoment.optional().describe('Nobody decides before that.'),
    approvers: z.array(z.string()).describe('Who was asked, by their ids.'),
    approvals: z.int(),
    approvalsNeeded: z.int(),
    decision: z
      .object({ by: z.string(), at: apiMoment, outcome: z.enum(['approved', 'denied']), reason: z.string() })
      .optional(),
    history: z.array(z.object({ at: apiMoment, status, by: z.string().optional() })),
  })
  .meta({ id: 'Case', description: 'A request to reset second factors, or to let somebody in again.' })

const ofCase = z.object({ case: idSchema })
const listQuery = pageQuery.extend({
  open: z.enum(['true', 'false']).optional().describe('Only those that are open, or that have ended.'),
})
const approval = z.strictObject({
  reason: plainText(500),
  code: z.string().max(40).optional().describe('What the person has said: the code that was mailed to them.'),
})

export const caseOperations = [
  operation({
    id: 'listCases',
    method: 'get',
    path: '/organizations/{organization}/cases',
    tag,
    scope: 'cases.read',
    summary: 'The cases of an organization, the newest first',
    params: inOrganization,
    query: listQuery,
    status: 200,
    answer: pageOf(caseSchema),
    handle: async (call) => {
      const { id } = await actedFor(call)
      return list(call, 'organization', id)
    },
  }),
  operation({
    id: 'listSupportCases',
    method: 'get',
    path: '/support/cases',
    tag,
    scope: 'cases.read',
    summary: 'The cases at the desk of the support',
    says: 'For programs of the operator’s and for agents of the support.',
    query: pageQuery,
    status: 200,
    answer: pageOf(caseSchema),
    handle: async (call) => {
      const { everywhere, bound, person } = call.caller
      if (!everywhere && (bound !== undefined || person?.supportAgent !== true))
        throw new ApiRefusal('insufficient_scope')
      return list(call, 'desk', 'support')
    },
  }),
  operation({
    id: 'getCase',
    method: 'get',
    path: '/cases/{case}',
    tag,
    scope: 'cases.read',
    summary: 'One case',
    params: ofCase,
    status: 200,
    answer: caseSchema,
    handle: async (call) => answeredCase(await visibleCase(call)),
  }),
  operation({
    id: 'denyCase',
    method: 'post',
    path: '/cases/{case}/deny',
    tag,
    scope: 'cases.deny',
    summary: 'Deny a reset',
    says: 'A program may as well; a person has to have proven a second factor in the last five minutes.',
    params: ofCase,
    body: because,
    status: 200,
    answer: caseSchema,
    reasons: ['own_case', 'not_asked', 'not_possible', 'on_hold', 'recent_change', 'step_up'],
    handle: async (call) => {
      const { id } = await visibleCase(call)
      const { services, caller, body } = call
      if (caller.person === undefined)
        return decided(call, await denyByProgram(services, id, { by: caller.actor, reason: body.reason }))
      const person = requireDecider(services, caller)
      return decided(
        call,
        await decideInPerson(services, id, person, { approve: false, reason: body.reason }),
      )
    },
  }),
  operation({
    id: 'approveCase',
    method: 'post',
    path: '/cases/{case}/approve',
    tag,
    scope: 'cases.decide',
    summary: 'Approve a reset',
    says: 'As a super admin who was asked, with the code that the person has passed on; or as an agent of the support.',
    params: ofCase,
    decision: true,
    body: approval,
    status: 200,
    answer: caseSchema,
    reasons: [
      'own_case',
      'not_asked',
      'not_possible',
      'on_hold',
      'recent_change',
      'wrong_code',
      'already_approved',
    ],
    handle: async (call) => {
      const { id } = await visibleCase(call)
      const { services, caller, body } = call
      const person = requireDecider(services, caller)
      return decided(call, await decideInPerson(services, id, person, { approve: true, ...body }))
    },
  }),
  operation({
    id: 'cancelCase',
    method: 'post',
    path: '/cases/{case}/cancel',
    tag,
    scope: 'cases.deny',
    summary: 'End a case, whoever decides it',
    params: ofCase,
    status: 200,
    answer: caseSchema,
    reasons: ['not_possible'],
    handle: async (call) => {
      const { id } = await visibleCase(call)
      if (!(await cancelCase(call.services, id, call.caller.actor))) throw new ApiRefusal('not_possible')
      return answeredCase(await visibleCase(call))
    },
  }),
]

async function list(
  { services, query }: Call<object, z.output<typeof listQuery>>,
  index: 'organization' | 'desk',
  value: string,
) {
  const { limit, cursor, open } = query
  const after = readCursor<RecoveryCase>(cursor, 'openedAt')
  const page = { limit: limit + 1, after, backwards: true as const }
  const { shown: found, next } = cut(await services.store.cases.find(index, value, page), limit, 'openedAt')
  const wanted = found.filter((one) => open === undefined || String(isOpen(one)) === open)
  return { body: { items: wanted.map(shown), next } }
}

async function decided(call: Call<{ case: string }>, outcome: PersonalDecision) {
  if (!outcome.ok) throw new ApiRefusal(outcome.reason, { left: outcome.left, until: outcome.until })
  return answeredCase(await visibleCase(call))
}

export function answeredCase(one: RecoveryCase) {
  const body = shown(one)
  return { body, version: shownVersion(body) }
}

/** What people who decide see of it. Where it was asked from is for their eyes, on the page. */
function shown(one: RecoveryCase): z.input<typeof caseSchema> {
  const { id, account, status, route, organization, app, approvers, approvals, terms, decision, hold } = one
  return {
    ...{ id, status, route, organization, app, approvers },
    person: account,
    open: isOpen(one),
    kind: one.kind ?? 'reset',
    openedAt: isoOf(one.openedAt),
    expiresAt: isoOf(one.expiresOn),
    holdUntil: hold && isoOf(hold.until),
    approvals: approvals.length,
    approvalsNeeded: terms.approvalsNeeded,
    decision: decision && { ...decision, at: isoOf(decision.at) },
    history: one.history.map(({ at, status: then, by }) => ({ at: isoOf(at), status: then, by })),
  }
}
