import { z } from 'zod'
import { isSuperAdmin } from '../../rules/account.ts'
import { policyVersion, settingsOf } from '../../rules/policy-change.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { type Call, operation } from '../operation.ts'
import { carriedOut } from '../problems.ts'
import { apiVersion } from '../version.ts'
import { policySchema, setOrganizationPolicy } from './policy.ts'
import { actedFor, inOrganization, plainText } from './reach.ts'

const tag = 'Organizations'

const organization = z
  .object({ id: z.string(), name: z.string() })
  .meta({ id: 'Organization', description: 'Whose super admins decide about its members.' })

const newOrganization = z.strictObject({
  id: z
    .string()
    .regex(/^[\w-]{1,60}$/)
    .describe('Letters, digits, - and _.'),
  name: plainText(120),
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
    summary: 'Make an organization',
    operator: true,
    body: newOrganization,
    status: 201,
    answer: organization,
    reasons: ['taken', 'host', 'policy'],
    handle: async ({ services, body }) => {
      carriedOut(await services.use.organizations.add(body))
      return { body, version: apiVersion(body), location: `/organizations/${encodeURIComponent(body.id)}` }
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
      const { id, name } = await actedFor(call)
      return { body: { id, name }, version: apiVersion({ id, name }) }
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
]

/** A person sees those where they decide, a program its own or all. */
async function list({ services, caller, query }: Call<object, z.output<typeof pageQuery>>) {
  const { store } = services
  const { limit, cursor } = query
  if (caller.everywhere) {
    const found = await store.organizations.walk({ after: readCursor(cursor)?.id, limit: limit + 1 })
    const { shown, next } = cut(found, limit)
    return { body: { items: shown.map(({ id, name }) => ({ id, name })), next } }
  }
  const ids = caller.person === undefined ? [caller.bound!] : await decidedBy(services.store, caller)
  const found = await Promise.all(ids.map((id) => store.organizations.get(id)))
  return { body: { items: found.filter((one) => one !== undefined).map(({ id, name }) => ({ id, name })) } }
}

async function decidedBy({ memberships }: Call['services']['store'], { person, bound }: Call['caller']) {
  const own = await memberships.find('account', person!.id, { limit: 200 })
  return own
    .filter((one) => isSuperAdmin(one) && (bound === undefined || bound === one.organization))
    .map(({ organization: id }) => id)
}
