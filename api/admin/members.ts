import { z } from 'zod'
import { beginFor } from '../../recovery/begin.ts'
import { localeTags } from '../../rules/locale.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import type { RoleProposal } from '../../rules/role-change.ts'
import { shownVersion } from '../../rules/version.ts'
import { requireDecider } from '../caller.ts'
import { operation } from '../operation.ts'
import { ApiRefusal, carriedOut } from '../problems.ts'
import { isSeen } from '../version.ts'
import { answeredCase, caseSchema } from './cases.ts'
import { answeredPerson, apiMoment, because, isoOf, memberSchema, shownPerson } from './people.ts'
import { actedFor, inOrganization, memberActedFor, ofPerson, plainText, requireOwnPeople } from './reach.ts'

export const roleSchema = z.enum(['super_admin', 'member'])
const locale = z.enum(localeTags)
const people = '/organizations/{organization}/people'

const newPerson = z.strictObject({
  email: z.email().max(254).describe('Of a domain of the organization’s.'),
  name: plainText(200),
  givenName: plainText(200).optional(),
  familyName: plainText(200).optional(),
  locale: locale.optional(),
  externalId: z.string().min(1).max(200).optional(),
  invite: z
    .boolean()
    .default(true)
    .describe('Whether they are mailed the link that sets their first password.'),
})
const names = newPerson
  .pick({ name: true, givenName: true, familyName: true, locale: true, externalId: true })
  .partial()

const proposalSchema = z
  .object({
    person: z.string(),
    role: roleSchema,
    by: z.string(),
    reason: z.string(),
    at: apiMoment,
    expiresAt: apiMoment,
  })
  .meta({ id: 'RoleProposal', description: 'A change of a role that waits for a second super admin.' })

const roleChange = because.extend({ role: roleSchema })

export const memberOperations = [
  operation({
    ...{ id: 'createPerson', method: 'post', path: people, tag: 'People', scope: 'people.manage' },
    summary: 'Make an account for somebody of the organization',
    params: inOrganization,
    body: newPerson,
    status: 201,
    answer: memberSchema,
    reasons: ['taken', 'not_yours', 'host', 'unreadable'],
    handle: async (call) => {
      const { id } = await actedFor(call)
      const { services, caller, body } = call
      requireOwnPeople(services)
      const { email, ...rest } = body
      const by = { by: caller.actor, reason: 'API', organization: id }
      const made = await services.use.accounts.create({ ...rest, login: email }, by)
      if (!made.ok) throw new ApiRefusal(made.reason === 'name' ? 'unreadable' : made.reason)
      const found = await memberActedFor({ ...call, params: { organization: id, person: made.person } })
      return {
        ...(await answeredPerson(services, found.account, found.membership)),
        location: `/organizations/${encodeURIComponent(id)}/people/${encodeURIComponent(made.person)}`,
      }
    },
  }),
  operation({
    ...{
      id: 'renamePerson',
      method: 'patch',
      path: `${people}/{person}`,
      tag: 'People',
      scope: 'people.manage',
    },
    summary: 'Change the names or the language of somebody',
    params: ofPerson,
    body: names,
    conditional: true,
    status: 200,
    answer: memberSchema,
    reasons: ['elsewhere', 'unreadable', 'host'],
    handle: async (call) => {
      const before = await memberActedFor(call)
      const { services, caller, body, ifMatch } = call
      requireOwnPeople(services)
      const by = { by: caller.actor, reason: 'API', organization: before.organization.id }
      const seen = (current: OwnPerson) => {
        const { login: email, name, givenName, familyName, locale, status } = current
        const now = { ...before.account, email, name, givenName, familyName, locale, status }
        return isSeen(ifMatch, shownVersion(shownPerson(now, before.membership, current)))
      }
      const done = await services.use.accounts.rename(before.account.id, body, by, seen)
      if (!done.ok) throw new ApiRefusal(done.reason === 'name' ? 'unreadable' : done.reason)
      const { account, membership } = await memberActedFor(call)
      return answeredPerson(services, account, membership)
    },
  }),
  operation({
    ...{
      id: 'setRole',
      method: 'put',
      path: `${people}/{person}/role`,
      tag: 'Members',
      scope: 'memberships.manage',
    },
    summary: 'Give a member another role',
    says: '202 where the policy wants a second super admin to agree. It takes a person with a fresh second factor.',
    params: ofPerson,
    decision: true,
    body: roleChange,
    status: 200,
    answer: z.object({ outcome: z.enum(['changed', 'proposed']) }),
    reasons: ['oneself', 'last_super_admin', 'not_possible', 'busy'],
    handle: async (call) => {
      const { organization, account } = await memberActedFor(call)
      const { services, caller, body } = call
      const wanted = { organization: organization.id, account: account.id, by: caller.actor, ...body }
      const done = await services.use.organizations.changeRole(wanted)
      if (!done.ok) throw new ApiRefusal(roleReasons[done.reason])
      return { status: done.outcome === 'proposed' ? 202 : 200, body: { outcome: done.outcome } }
    },
  }),
  operation({
    ...{ id: 'listProposals', method: 'get', path: '/organizations/{organization}/role_proposals' },
    ...{ tag: 'Members', scope: 'memberships.manage' as const, method: 'get' as const },
    summary: 'Changes of roles that wait for a second super admin',
    params: inOrganization,
    status: 200,
    answer: z.object({ items: z.array(proposalSchema) }),
    handle: async (call) => {
      const { id } = await actedFor(call)
      return { body: { items: (await call.services.use.organizations.proposals(id)).map(shownProposal) } }
    },
  }),
  operation({
    ...{ id: 'decideProposal', path: `${people}/{person}/role_proposal`, tag: 'Members' },
    ...{ scope: 'memberships.manage' as const, method: 'post' as const },
    summary: 'Agree to a change of a role, or don’t',
    params: ofPerson,
    decision: true,
    body: z.strictObject({ agree: z.boolean() }),
    status: 200,
    answer: z.object({ outcome: z.enum(['changed', 'refused']) }),
    reasons: ['oneself', 'already_approved', 'last_super_admin', 'not_possible', 'busy'],
    handle: async (call) => {
      const { organization, account } = await memberActedFor(call)
      const { services, caller, body } = call
      const about = {
        organization: organization.id,
        account: account.id,
        by: caller.actor,
        agree: body.agree,
      }
      const done = await services.use.organizations.decideProposal(about)
      if (!done.ok) throw new ApiRefusal(roleReasons[done.reason])
      return { body: { outcome: done.outcome } }
    },
  }),
  operation({
    ...{ id: 'openCase', path: `${people}/{person}/cases`, tag: 'Cases' },
    ...{ scope: 'cases.open' as const, method: 'post' as const },
    summary: 'Ask for a reset in somebody’s place, having spoken with them',
    says: 'As a super admin. It goes the way of any other: the person is mailed the code, and a way to stop it.',
    params: ofPerson,
    decision: true,
    body: because,
    status: 201,
    answer: caseSchema,
    reasons: ['own_case', 'elsewhere', 'not_possible', 'nobody_else', 'recent_change', 'too_often', 'open'],
    handle: async (call) => {
      const { organization, account } = await memberActedFor(call)
      const { services, caller, body } = call
      const by = requireDecider(services, caller)
      const origin = { address: '', browser: '', system: '' }
      const about = { organization: organization.id, account: account.id, by: by.id, ...body }
      const begun = await beginFor(services, { ...about, origin, app: services.config.brand.name })
      carriedOut(begun)
      return { ...answeredCase(begun.case), location: `/cases/${begun.case.id}` }
    },
  }),
]

const roleReasons = {
  not_member: 'unknown',
  same_role: 'not_possible',
  self: 'oneself',
  own_proposal: 'already_approved',
  unknown: 'unknown',
  last_super_admin: 'last_super_admin',
  not_possible: 'not_possible',
  busy: 'busy',
} as const

const shownProposal = ({ account, role: as, by, reason, at, expiresAt }: RoleProposal) => ({
  ...{ person: account, role: as, by, reason },
  at: isoOf(at),
  expiresAt: isoOf(expiresAt),
})
