import { z } from 'zod'
import type { Invitation } from '../../rules/invitation.ts'
import { localeTags } from '../../rules/locale.ts'
import { requireDecider } from '../caller.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { operation } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import { roleSchema } from './members.ts'
import { apiMoment, isoOf } from './people.ts'
import { actedFor, idSchema, inOrganization, plainText } from './reach.ts'

const invitations = '/organizations/{organization}/invitations'
const invitationPath = `${invitations}/{invitation}`

const invitationSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    sentAt: apiMoment,
    sent: z.int().describe('How often.'),
    expiresAt: apiMoment,
    by: z.string(),
    proposed: z.boolean().describe('Whether it waits for a second super admin, and nothing was sent.'),
  })
  .meta({ id: 'Invitation' })

const ofInvitation = inOrganization.extend({ invitation: idSchema })

export const invitationOperations = [
  operation({
    ...{ id: 'listInvitations', path: invitations, tag: 'Members' },
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
    ...{ id: 'invite', path: invitations, tag: 'Members' },
    ...{ scope: 'memberships.manage' as const, method: 'post' as const },
    summary: 'Ask somebody to join',
    says: 'To make a super admin takes a person with a fresh second factor, and a second one who agrees where the policy says so.',
    params: inOrganization,
    body: z.strictObject({
      email: z.email().max(254),
      name: plainText(200).optional(),
      locale: z.enum(localeTags).optional(),
      role: roleSchema.default('member'),
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
]

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
