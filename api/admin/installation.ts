import { z } from 'zod'
import { chainState, setRetention, verifyNow } from '../../organization/operator/audit.ts'
import { defaultPolicyOf, setDefaultPolicy } from '../../organization/operator/defaults.ts'
import { lastResealing, resealNow } from '../../organization/operator/keys.ts'
import { installationState } from '../../organization/operator/state.ts'
import { policySchema } from '../../organization/policy-schema.ts'
import type { OrganizationPolicy } from '../../rules/organization.ts'
import { policyVersion, settingsOf } from '../../rules/policy-change.ts'
import { operation } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import type { ApiServices } from '../services.ts'
import { isSeen } from '../version.ts'
import { apiMoment, isoOf } from './people.ts'

const shared = { tag: 'Installation', scope: 'installation.manage', operator: true } as const
const part = z.enum(['ok', 'look', 'bad'])
const moment = (at: number | undefined) => (at === undefined ? undefined : isoOf(at))

const resealing = z
  .object({
    at: apiMoment,
    resealed: z.int(),
    keys: z.array(z.object({ id: z.string(), needed: z.int().describe('By how many things.') })),
  })
  .meta({ id: 'Resealing', description: 'When everything was last sealed with the newest key of the ring.' })

const auditState = z
  .object({
    signedAt: apiMoment.optional(),
    checkpoints: z.int(),
    verified: z.object({ at: apiMoment, entries: z.int(), good: z.boolean() }).optional(),
    keepDays: z.int(),
  })
  .meta({ id: 'AuditState' })

/** How the installation is, and what holds for all of it. */
export const installationOperations = [
  operation({
    ...{ id: 'getInstallation', method: 'get', path: '/installation', ...shared },
    summary: 'How the installation is, at a glance',
    status: 200,
    answer: z
      .object({
        versions: z.object({ rekey: z.string(), node: z.string() }),
        issuer: z.string(),
        health: z.object({ store: part, outbox: part, audit: part, support: part }),
        outbox: z.object({ waiting: z.int(), dead: z.int() }),
        agents: z.int(),
        operators: z.int(),
      })
      .meta({ id: 'Installation' }),
    handle: async ({ services }) => ({ body: await installationState(services) }),
  }),
  operation({
    ...{ id: 'getDefaultPolicy', method: 'get', path: '/installation/policy', ...shared },
    summary: 'The policy that organizations begin with',
    status: 200,
    answer: policySchema,
    handle: async ({ services }) => policyNow(services),
  }),
  operation({
    ...{ id: 'setDefaultPolicy', method: 'put', path: '/installation/policy', ...shared },
    summary: 'Change the policy that organizations begin with',
    says: 'Those that are there stay as they are.',
    conditional: 'may',
    body: policySchema,
    status: 200,
    answer: policySchema,
    reasons: ['policy', 'busy'],
    handle: async ({ services, caller, body, ifMatch }) => {
      const by = { id: caller.actor }
      const seen = (current: OrganizationPolicy) => isSeen(ifMatch, policyVersion(current))
      const done = await setDefaultPolicy(services, by, body, services.proofing !== undefined, seen)
      if (done.ok) return policyNow(services)
      if (done.reason === 'busy' || done.reason === 'precondition_failed') throw new ApiRefusal(done.reason)
      throw new ApiRefusal('policy', { errors: [{ path: 'body', message: done.reason }] })
    },
  }),
  operation({
    ...{ id: 'getResealing', method: 'get', path: '/keys/reseal', tag: 'Keys', scope: 'keys.manage' },
    operator: true,
    summary: 'Which keys of the ring were still needed, the last time that was looked at',
    status: 200,
    answer: z.object({ last: resealing.optional() }),
    handle: async ({ services }) => {
      const last = await lastResealing(services)
      return { body: { last: last && { ...last, at: isoOf(last.at) } } }
    },
  }),
  operation({
    ...{ id: 'reseal', method: 'post', path: '/keys/reseal', tag: 'Keys', scope: 'keys.manage' },
    operator: true,
    summary: 'Seal everything that lasts with the newest key of the ring',
    status: 200,
    answer: resealing,
    handle: async ({ services, caller }) => {
      const done = await resealNow(services, { id: caller.actor })
      return { body: { ...done, at: isoOf(done.at) } }
    },
  }),
  operation({
    ...{ id: 'getAuditState', method: 'get', path: '/audit/state', tag: 'Audit', scope: 'audit.read' },
    operator: true,
    summary: 'What is known of the log’s chains, and how long it is kept',
    status: 200,
    answer: auditState,
    handle: async ({ services }) => {
      const { signedAt, verified, ...rest } = await chainState(services)
      return { body: { ...rest, signedAt: moment(signedAt), verified: verified && shownCheck(verified) } }
    },
  }),
  operation({
    ...{ id: 'verifyAudit', method: 'post', path: '/audit/verify', tag: 'Audit', scope: 'audit.read' },
    operator: true,
    summary: 'Hold the whole log against its chains',
    status: 200,
    answer: auditState.shape.verified.unwrap(),
    handle: async ({ services }) => ({ body: shownCheck(await verifyNow(services)) }),
  }),
  operation({
    ...{ id: 'setAuditRetention', method: 'put', path: '/audit/retention', ...shared },
    summary: 'Say for how many days entries of the log are kept',
    body: z.strictObject({ days: z.int().min(30).max(3650) }),
    status: 204,
    handle: async ({ services, caller, body }) => {
      const done = await setRetention(services, { id: caller.actor }, body.days)
      if (!done.ok) throw new ApiRefusal('invalid_request')
      return {}
    },
  }),
]

const shownCheck = ({ at, entries, fault }: { at: number; entries: number; fault?: unknown }) => ({
  ...{ at: isoOf(at), entries, good: fault === undefined },
})

async function policyNow(services: ApiServices) {
  const policy = await defaultPolicyOf(services)
  return { body: settingsOf(policy, services.kinds), version: policyVersion(policy) }
}
