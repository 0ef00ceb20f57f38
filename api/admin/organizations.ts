import { z } from 'zod'
import { createOrganization } from '../../organization/operator/organizations.ts'
import { policySchema } from '../../organization/policy-schema.ts'
import { makeScimToken, revokeScimToken } from '../../organization/scim-token.ts'
import { isSuperAdmin } from '../../rules/membership.ts'
import type { Organization } from '../../rules/organization.ts'
import { policyVersion, settingsOf } from '../../rules/policy-change.ts'
import { shownVersion } from '../../rules/version.ts'
import { requireDecider } from '../caller.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { type Call, operation } from '../operation.ts'
import { ApiRefusal, carriedOut } from '../problems.ts'
import { apiMoment, isoOf } from './people.ts'
import { setOrganizationPolicy } from './policy.ts'
import { actedFor, inOrganization, plainText } from './reach.ts'

const tag = 'Organizations'

const organization = z
  .object({
    id: z.string(),
    name: z.string(),
    domains: z.array(z.string()).optional().describe('Accounts with an address there are its own.'),
  })
  .meta({ id: 'Organization', description: 'Whose super admins decide about its members.' })

const newOrganization = z.strictObject({
  id: z
    .string()
    .regex(/^[\w-]{1,60}$/)
    .describe('Letters, digits, - and _.'),
  name: plainText(120),
  superAdmin: z.email().max(254).optional().describe('The sign-in address of its first super admin.'),
})

export const organizationOperations = [
  operation({
    id: 'listOrganizations',
    method: 'get',
    path: '/organizations',
    tag,
    scope: 'organizations.read',
    summary: 'The organizations that the token is for',
    query: pageQuery,
    status: 200,
    answer: pageOf(organization),
    handle: list,
  }),
  operation({
    id: 'createOrganization',
    method: 'post',
    path: '/organizations',
    tag,
    scope: 'organizations.manage',
    summary: 'Make an organization, with the policy that organizations begin with',
    says: 'To name a super admin takes an operator with a fresh second factor.',
    operator: true,
    body: newOrganization,
    status: 201,
    answer: organization,
    reasons: ['taken', 'host', 'unknown', 'unreadable', 'person_needed'],
    handle: async ({ services, caller, body }) => {
      if (services.hostOrganizations) throw new ApiRefusal('host')
      const superAdmin = body.superAdmin?.toLowerCase()
      if (superAdmin !== undefined) requireDecider(services, caller)
      const done = await createOrganization(services, { id: caller.actor }, { ...body, superAdmin })
      if (!done.ok) throw new ApiRefusal(createReasons[done.reason])
      const { id, name } = body
      return {
        body: { id, name },
        version: shownVersion({ id, name }),
        location: `/organizations/${encodeURIComponent(id)}`,
      }
    },
  }),
  operation({
    id: 'getOrganization',
    method: 'get',
    path: '/organizations/{organization}',
    tag,
    scope: 'organizations.read',
    summary: 'One organization',
    params: inOrganization,
    status: 200,
    answer: organization,
    handle: async (call) => {
      const body = shownOrganization(await actedFor(call))
      return { body, version: shownVersion(body) }
    },
  }),
  operation({
    ...{ id: 'setDomains', method: 'put', path: '/organizations/{organization}/domains', tag },
    scope: 'organizations.manage',
    summary: 'Say which domains are an organization’s',
    says: 'Accounts with a sign-in address there belong to it. Who says so has made sure.',
    operator: true,
    params: inOrganization,
    body: z.strictObject({ domains: z.array(z.string().min(1).max(253)).max(100) }),
    status: 200,
    answer: organization,
    reasons: ['unreadable', 'taken'],
    handle: async (call) => {
      const { id } = await actedFor(call)
      carriedOut(await call.services.use.organizations.setDomains(id, call.body.domains, call.caller.actor))
      const body = shownOrganization(await actedFor(call))
      return { body, version: shownVersion(body) }
    },
  }),
  operation({
    id: 'getPolicy',
    method: 'get',
    path: '/organizations/{organization}/policy',
    tag,
    scope: 'organizations.read',
    summary: 'The security policy of an organization',
    params: inOrganization,
    status: 200,
    answer: policySchema,
    handle: async (call) => {
      const { policy } = await actedFor(call)
      return { body: settingsOf(policy, call.services.kinds), version: policyVersion(policy) }
    },
  }),
  operation({
    id: 'setPolicy',
    method: 'put',
    path: '/organizations/{organization}/policy',
    tag,
    scope: 'policy.manage',
    summary: 'Change the security policy of an organization',
    says: 'The other super admins and the log are told what was and what is.',
    params: inOrganization,
    conditional: true,
    body: policySchema,
    status: 200,
    answer: policySchema,
    reasons: ['policy'],
    handle: async (call) => {
      const policy = await setOrganizationPolicy(call, await actedFor(call))
      return { body: settingsOf(policy, call.services.kinds), version: policyVersion(policy) }
    },
  }),
  operation({
    ...{ id: 'getScimToken', method: 'get', path: '/organizations/{organization}/scim_token', tag },
    scope: 'memberships.manage',
    summary: 'Whether a directory has a token that lasts, and when it was last used',
    params: inOrganization,
    status: 200,
    answer: z.object({
      token: z
        .object({ madeAt: apiMoment, by: z.string(), lastUsedAt: apiMoment.optional() })
        .optional()
        .describe('Missing where there is none. Its last use is known to the hour.'),
    }),
    handle: async (call) => {
      const { scimToken } = await actedFor(call)
      return { body: { token: scimToken && shownScimToken(scimToken) } }
    },
  }),
  operation({
    ...{ id: 'makeScimToken', method: 'post', path: '/organizations/{organization}/scim_token', tag },
    scope: 'memberships.manage',
    summary: 'Give a directory a token that lasts, in place of the one before',
    says: 'For directories that can’t get access tokens. It is good for SCIM of this organization alone.',
    params: inOrganization,
    decision: true,
    status: 201,
    answer: z.object({ token: z.string().describe('Told here, and never again.'), madeAt: apiMoment }),
    handle: async (call) => {
      const { id } = await actedFor(call)
      const made = await makeScimToken(call.services, id, call.caller.actor)
      carriedOut(made)
      return { body: { token: made.token, madeAt: isoOf(made.at) } }
    },
  }),
  operation({
    ...{ id: 'revokeScimToken', method: 'delete', path: '/organizations/{organization}/scim_token', tag },
    scope: 'memberships.manage',
    summary: 'Revoke the lasting token of a directory',
    params: inOrganization,
    status: 204,
    handle: async (call) => {
      const { id } = await actedFor(call)
      carriedOut(await revokeScimToken(call.services, id, call.caller.actor))
      return {}
    },
  }),
]

const createReasons = { taken: 'taken', id: 'unreadable', name: 'unreadable', unknown: 'unknown' } as const

const shownScimToken = ({ at, by, usedAt }: NonNullable<Organization['scimToken']>) => ({
  ...{ madeAt: isoOf(at), by },
  lastUsedAt: usedAt === undefined ? undefined : isoOf(usedAt),
})

const shownOrganization = ({ id, name, domains }: Organization): z.input<typeof organization> => ({
  ...{ id, name },
  domains: domains?.length ? domains : undefined,
})

/** A person sees those where they decide, a program its own or all. */
async function list({ services, caller, query }: Call<object, z.output<typeof pageQuery>>) {
  const { store } = services
  const { limit, cursor } = query
  if (caller.everywhere) {
    const found = await store.organizations.walk({ after: readCursor(cursor)?.id, limit: limit + 1 })
    const { shown, next } = cut(found, limit)
    return { body: { items: shown.map(shownOrganization), next } }
  }
  const ids = caller.person === undefined ? [caller.bound!] : await decidedBy(services.store, caller)
  const found = await Promise.all(ids.map((id) => store.organizations.get(id)))
  return { body: { items: found.filter((one) => one !== undefined).map(shownOrganization) } }
}

async function decidedBy({ memberships }: Call['services']['store'], { person, bound }: Call['caller']) {
  const own = await memberships.find('account', person!.id, { limit: 200 })
  return own
    .filter((one) => isSuperAdmin(one) && (bound === undefined || bound === one.organization))
    .map(({ organization: id }) => id)
}
