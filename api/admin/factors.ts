import { z } from 'zod'
import type { ProtectionView } from '../../account/use-cases.ts'
import { accountRefusal } from '../../organization/people.ts'
import { factorKinds } from '../../rules/kinds.ts'
import { operation } from '../operation.ts'
import { ApiRefusal, carriedOut } from '../problems.ts'
import { apiMoment, because, isoOf, memberChanged } from './people.ts'
import { idSchema, memberActedFor, ofPerson, plainText } from './reach.ts'

const tag = 'Factors and sessions'

const factor = z.object({
  id: z.string(),
  kind: z.enum(factorKinds),
  name: z.string(),
  createdAt: apiMoment,
  lastUsedAt: apiMoment.optional(),
})

const protectionSchema = z
  .object({
    factors: z.array(factor),
    backupCodesLeft: z.int(),
    recovered: z
      .object({ route: z.string(), at: apiMoment })
      .optional()
      .describe('The last reset, until a factor is set up again.'),
  })
  .meta({ id: 'Protection', description: 'What guards a person, without a secret.' })

const sessionSchema = z
  .object({ id: z.string(), at: apiMoment, apps: z.int().describe('How many apps it signed in to.') })
  .meta({ id: 'Session' })

const ofFactor = ofPerson.extend({ factor: idSchema })
const ofSession = ofPerson.extend({ session: idSchema })

export const factorOperations = [
  operation({
    id: 'getProtection',
    method: 'get',
    path: '/organizations/{organization}/people/{person}/protection',
    tag,
    scope: 'factors.read',
    summary: 'Which second factors somebody has',
    params: ofPerson,
    status: 200,
    answer: protectionSchema,
    handle: async (call) => {
      const { account } = await memberActedFor(call)
      return { body: shown((await call.services.use.accounts.protection(account.id))!) }
    },
  }),
  operation({
    id: 'removeFactor',
    method: 'delete',
    path: '/organizations/{organization}/people/{person}/factors/{factor}',
    tag,
    scope: 'factors.manage',
    summary: 'Take a second factor away from somebody who has another',
    says: 'The last one is taken away by a reset, and by nothing else.',
    params: ofFactor,
    query: z.object({ reason: plainText(500).optional().describe('Why: the person and the log are told.') }),
    decision: true,
    status: 204,
    reasons: ['oneself', 'last_factor', 'elsewhere'],
    handle: async (call) => {
      const { organization, account } = await memberActedFor(call)
      const { services, caller, params, query } = call
      const by = { by: caller.actor, reason: query.reason ?? 'API', organization: organization.id }
      const done = await services.use.accounts.takeFactor(account.id, params.factor, by)
      if (!done.ok) throw new ApiRefusal(factorReasons[done.reason])
      return {}
    },
  }),
  operation({
    id: 'listSessions',
    method: 'get',
    path: '/organizations/{organization}/people/{person}/sessions',
    tag,
    scope: 'sessions.manage',
    summary: 'Where somebody is signed in',
    params: ofPerson,
    status: 200,
    answer: z.object({ items: z.array(sessionSchema) }),
    handle: async (call) => {
      const { account } = await memberActedFor(call)
      const { sessions } = (await call.services.use.accounts.protection(account.id))!
      return { body: { items: sessions.map((one) => ({ ...one, at: isoOf(one.at) })) } }
    },
  }),
  operation({
    id: 'endSession',
    method: 'delete',
    path: '/organizations/{organization}/people/{person}/sessions/{session}',
    tag,
    scope: 'sessions.manage',
    summary: 'End one session',
    params: ofSession,
    status: 204,
    reasons: ['elsewhere'],
    handle: async (call) => {
      const { organization, account } = await memberActedFor(call)
      const { services, caller, params } = call
      const by = { by: caller.actor, reason: 'API', organization: organization.id }
      const refusal = await accountRefusal(services, account.id, by)
      if (refusal !== undefined) throw new ApiRefusal(refusal)
      carriedOut(await services.use.accounts.endSession(account.id, params.session, caller.actor))
      return {}
    },
  }),
  operation({
    id: 'endSessions',
    method: 'post',
    path: '/organizations/{organization}/people/{person}/end_sessions',
    tag,
    scope: 'sessions.manage',
    summary: 'Sign somebody out everywhere',
    params: ofPerson,
    body: because,
    status: 204,
    reasons: ['elsewhere', 'not_possible', 'oneself'],
    handle: (call) => memberChanged(call, 'end_sessions'),
  }),
]

const factorReasons = {
  unknown: 'unknown',
  elsewhere: 'elsewhere',
  self: 'oneself',
  last_method: 'last_factor',
} as const

function shown({ factors, backupCodesLeft, recovered }: ProtectionView): z.input<typeof protectionSchema> {
  return {
    factors: factors.map((one) => ({
      ...one,
      createdAt: isoOf(one.createdAt),
      lastUsedAt: one.lastUsedAt === undefined ? undefined : isoOf(one.lastUsedAt),
    })),
    backupCodesLeft,
    recovered: recovered && { route: recovered.route, at: isoOf(recovered.at) },
  }
}
