import { z } from 'zod'
import { answerOfDrill, startDrill } from '../../organization/drill.ts'
import { personReadiness, readinessOfOrganization } from '../../organization/readiness.ts'
import { requireDecider } from '../caller.ts'
import { operation } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import { apiMoment, isoOf } from './people.ts'
import { actedFor, inOrganization, memberActedFor, ofPerson } from './reach.ts'

const tag = 'Readiness'
const organization = '/organizations/{organization}'

export const readinessOperations = [
  operation({
    ...{ id: 'getReadiness', path: `${organization}/readiness`, tag },
    ...{ scope: 'readiness.read' as const, method: 'get' as const },
    summary: 'Who could be helped after a loss, those that need most first',
    params: inOrganization,
    status: 200,
    answer: z
      .object({
        score: z.number(),
        weaknesses: z.array(z.string()),
        superAdmins: z.int(),
        looked: z.int(),
        more: z.boolean(),
        lacking: z
          .object({ none: z.int(), one: z.int(), no_codes: z.int() })
          .describe(
            'Active members of the whole organization: without a second factor, with one method, without codes',
          ),
        people: z.array(
          z.object({
            id: z.string(),
            score: z.number(),
            weaknesses: z.array(z.string()),
            role: z.enum(['super_admin', 'member']),
          }),
        ),
      })
      .meta({ id: 'Readiness' }),
    handle: async (call) => {
      const { id } = await actedFor(call)
      return { body: await readinessOfOrganization(call.services, id) }
    },
  }),
  operation({
    ...{ id: 'getPersonReadiness', path: `${organization}/people/{person}/readiness`, tag },
    ...{ scope: 'readiness.read' as const, method: 'get' as const },
    summary: 'What would happen if somebody lost their phone now',
    params: ofPerson,
    status: 200,
    answer: z
      .object({
        score: z.number(),
        weaknesses: z.array(z.string()),
        ways: z
          .array(
            z.object({
              way: z.string(),
              asked: z.array(z.string()).describe('Who would be asked, by their ids.'),
              approvals: z.int(),
              hold: z.int().describe('The security delay, in milliseconds.'),
            }),
          )
          .describe('The quickest first.'),
      })
      .meta({ id: 'PersonReadiness' }),
    handle: async (call) => {
      const { account } = await memberActedFor(call)
      return { body: await personReadiness(call.services, account) }
    },
  }),
  operation({
    ...{ id: 'beginDrill', path: `${organization}/drill`, tag },
    ...{ scope: 'readiness.read' as const, method: 'post' as const },
    summary: 'Mail the super admins a test, and time their answers',
    says: 'Once a day. Whoever begins it isn’t asked.',
    params: inOrganization,
    decision: true,
    status: 201,
    answer: z.object({ at: apiMoment, asked: z.int() }),
    reasons: ['too_soon', 'nobody_else'],
    handle: async (call) => {
      const { id } = await actedFor(call)
      const by = requireDecider(call.services, call.caller)
      const done = await startDrill(call.services, id, by)
      if (!done.ok) throw new ApiRefusal(done.reason === 'nobody' ? 'nobody_else' : done.reason)
      return { body: { at: isoOf(done.drill.at), asked: done.drill.asked.length } }
    },
  }),
  operation({
    ...{ id: 'answerDrill', path: `${organization}/drill/answer`, tag },
    ...{ scope: 'readiness.read' as const, method: 'post' as const },
    summary: 'Answer the test, as one of those who were asked',
    params: inOrganization,
    decision: true,
    status: 204,
    reasons: ['not_possible'],
    handle: async (call) => {
      const { id } = await actedFor(call)
      const counted = await answerOfDrill(call.services, id, call.caller.actor)
      if (!counted) throw new ApiRefusal('not_possible')
      return {}
    },
  }),
]
