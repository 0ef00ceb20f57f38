import { z } from 'zod'
import { beginFor } from '../../recovery/begin.ts'
import type { Invitation } from '../../rules/invitation.ts'
import { localeTags } from '../../rules/locale.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import type { RoleProposal } from '../../rules/role-change.ts'
import { requireDecider } from '../caller.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { operation } from '../operation.ts'
import { ApiRefusal, carriedOut } from '../problems.ts'
import { apiVersion, isSeen } from '../version.ts'
import { answeredCase, caseSchema } from './cases.ts'
import { answeredPerson, apiMoment, because, isoOf, memberSchema, shownPerson } from './people.ts'
import {
  actedFor,
  idSchema,
  inOrganization,
  memberActedFor,
  ofPerson,
  plainText,
  requireOwnPeople,
} from './reach.ts'

const role = z.enum(['super_admin', 'member'])
const locale = z.enum(localeTags)
const people = '/organizations/{organization}/people'
const invitationPath = '/organizations/{organization}/invitations/{invitation}'

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

const invitationSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role,
    sentAt: apiMoment,
    sent: z.int().describe('How often.'),
    expiresAt: apiMoment,
    by: z.string(),
    proposed: z.boolean().describe('Whether it waits for a second super admin, and nothing was sent.'),
  })
  .meta({ id: 'Invitation' })

const proposalSchema = z
  .object({
    person: z.string(),
    role,
    by: z.string(),
    reason: z.string(),
    at: apiMoment,
    expiresAt: apiMoment,
  })
  .meta({ id: 'RoleProposal', description: 'A change of a role that waits for a second super admin.' })

const ofInvitation = inOrganization.extend({ invitation: idSchema })
const roleChange = because.extend({ role })

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
        return isSeen(ifMatch, apiVersion(shownPerson(now, before.membership, current)))
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
    ...{ id: 'listInvitations', path: '/organizations/{organization}/invitations', tag: 'Members' },
    ...{ scope: 'memberships.manage' as const, method: 'get' as const },
    summary: 'Invitations that wait, the newest first',
    params: inOrganization,
    query: pageQuery,
    status: 200,
    answer: pageOf(invitationSchema),
    handle: async (call) => {
      const { id } = await actedFor(call)
      const { limit, cursor } = call.query
      const after = readCursor<Invitation>(cursor, 'at')
      const found = await call.services.use.organizations.invitations(id, {
        limit: limit + 1,
        after,
      })
      const { shown, next } = cut(found, limit, 'at')
      return { body: { items: shown.map(shownInvitation), next } }
    },
  }),
  operation({
    ...{ id: 'invite', path: '/organizations/{organization}/invitations', tag: 'Members' },
    ...{ scope: 'memberships.manage' as const, method: 'post' as const },
    summary: 'Ask somebody to join',
    says: 'To make a super admin takes a person with a fresh second factor, and a second one who agrees where the policy says so.',
    params: inOrganization,
    body: z.strictObject({
      email: z.email().max(254),
      name: plainText(200).optional(),
      locale: locale.optional(),
      role: role.default('member'),
    }),
    status: 201,
    answer: invitationSchema,
    reasons: ['taken', 'too_often', 'unreadable', 'person_needed'],
    handle: async (call) => {
      const { id } = await actedFor(call)
      const { email, name, locale: language, role: as } = call.body
      if (as === 'super_admin') requireDecider(call.services, call.caller)
      const named = name === undefined ? {} : { name }
      const about = { organization: id, address: email, locale: language, role: as, by: call.caller.actor }
      const wanted = { ...named, ...about }
      const done = await call.services.use.organizations.invite(wanted)
      if (!done.ok) throw new ApiRefusal(inviteReasons[done.reason])
      return { body: shownInvitation(done.invitation) }
    },
  }),
  operation({
    ...{ id: 'agreeToInvitation', path: `${invitationPath}/agree`, tag: 'Members' },
    ...{ scope: 'memberships.manage' as const, method: 'post' as const },
    summary: 'Agree to an invitation that another super admin has proposed: it is sent',
    params: ofInvitation,
    decision: true,
    status: 204,
    reasons: ['not_possible', 'already_approved'],
    handle: async (call) => {
      const { id } = await actedFor(call)
      const about = { organization: id, id: call.params.invitation, by: call.caller.actor }
      const done = await call.services.use.organizations.agreeToInvitation(about)
      if (!done.ok) throw new ApiRefusal(invitationReasons[done.reason])
      return {}
    },
  }),
  operation({
    ...{ id: 'resendInvitation', path: `${invitationPath}/resend`, tag: 'Members' },
    ...{ scope: 'memberships.manage' as const, method: 'post' as const },
    summary: 'Send an invitation again; the link before does nothing any more',
    params: ofInvitation,
    status: 204,
    reasons: ['not_possible', 'too_often'],
    handle: async (call) => {
      const { id } = await actedFor(call)
      const about = { organization: id, id: call.params.invitation, by: call.caller.actor }
      const done = await call.services.use.organizations.resend(about)
      if (!done.ok) throw new ApiRefusal(invitationReasons[done.reason])
      return {}
    },
  }),
  operation({
    ...{ id: 'revokeInvitation', path: invitationPath, tag: 'Members' },
    ...{ scope: 'memberships.manage' as const, method: 'delete' as const },
    summary: 'Withdraw an invitation',
    params: ofInvitation,
    status: 204,
    reasons: ['not_possible'],
    handle: async (call) => {
      const { id } = await actedFor(call)
      const about = { organization: id, id: call.params.invitation, by: call.caller.actor }
      const done = await call.services.use.organizations.revoke(about)
      if (!done.ok) throw new ApiRefusal(invitationReasons[done.reason])
      return {}
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

const invitationReasons = {
  unknown: 'unknown',
  over: 'not_possible',
  too_often: 'too_often',
  own_proposal: 'already_approved',
} as const

const inviteReasons = {
  unreadable: 'unreadable',
  member: 'taken',
  invited: 'taken',
  too_often: 'too_often',
  unknown: 'unknown',
} as const

const shownInvitation = ({
  id,
  address,
  name,
  role: as,
  sentAt,
  sent,
  expiresOn,
  by,
  status,
}: Invitation) => ({
  ...{ id, name, sent, by, email: address, role: as, proposed: status === 'proposed' },
  sentAt: isoOf(sentAt),
  expiresAt: isoOf(expiresOn),
})

const shownProposal = ({ account, role: as, by, reason, at, expiresAt }: RoleProposal) => ({
  ...{ person: account, role: as, by, reason },
  at: isoOf(at),
  expiresAt: isoOf(expiresAt),
})
