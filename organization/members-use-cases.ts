import type { AccountServices } from '../account/services.ts'
import type { Done } from '../account/use-cases.ts'
import type { Invitation, InvitationRefusal } from '../rules/invitation.ts'
import type { ChangeRefusal, MemberChange } from '../rules/member-change.ts'
import type { Organization } from '../rules/organization.ts'
import type { RoleProposal } from '../rules/role-change.ts'
import { setDomains } from './domains.ts'
import {
  agreeToInvitation,
  type Invite,
  type InviteOutcome,
  invite,
  openInvitations,
  resendInvitation,
  revokeInvitation,
} from './invitations.ts'
import { changeMember, type MemberChangeAbout } from './members.ts'
import {
  changeRole,
  decideProposal,
  type ProposalOutcome,
  pendingProposals,
  type RoleChange,
  type RoleOutcome,
} from './roles.ts'

/** Organizations as the operator has them, and what is done with their members, without a page. */
export interface Members {
  /** All of them by their ids, after one of them. */
  list(page: { after?: string | undefined; limit: number }): Promise<Organization[]>
  /** Whose accounts are the organization's: those with a sign-in address of one of these domains. */
  setDomains(id: string, domains: string[], by: string): Promise<Done<'unknown' | 'unreadable' | 'taken'>>
  /** What a super admin does with a member; those who ask were checked to be allowed to. */
  change(change: MemberChange, about: MemberChangeAbout): Promise<Done<ChangeRefusal | 'busy'>>
  /** A super admin more or less: at once, or as a proposal where the policy asks for two. */
  changeRole(wanted: RoleChange): Promise<RoleOutcome>
  /** Changes of roles that wait for a second super admin. */
  proposals(organization: string): Promise<RoleProposal[]>
  /** A second super admin agrees, or doesn't. */
  decideProposal(about: {
    organization: string
    account: string
    by: string
    agree: boolean
  }): Promise<ProposalOutcome>
  /** Somebody is asked by mail to join. */
  invite(wanted: Invite): Promise<InviteOutcome>
  /** Those that were neither accepted nor withdrawn, and those that wait for a second super admin, the newest first. */
  invitations(organization: string, page: { limit: number; after?: Invitation }): Promise<Invitation[]>
  /** The same mail again, with a new link. */
  resend(about: { organization: string; id: string; by: string }): Promise<Done<InvitationRefusal>>
  /** A second super admin agrees to an invitation that was proposed. */
  agreeToInvitation(about: { organization: string; id: string; by: string }): Promise<Done<InvitationRefusal>>
  /** Withdraws an invitation. */
  revoke(about: { organization: string; id: string; by: string }): Promise<Done<InvitationRefusal>>
}

export function createMembers(services: AccountServices): Members {
  return {
    list: (page) => services.store.organizations.walk(page),
    setDomains: (id, domains, by) => setDomains(services, id, domains, by),
    change: async (wanted, about) => doneOf(await changeMember(services, wanted, about)),
    changeRole: (wanted) => changeRole(services, wanted),
    proposals: (organization) => pendingProposals(services, organization),
    decideProposal: (about) => decideProposal(services, about),
    invite: (wanted) => invite(services, wanted),
    invitations: (organization, page) => openInvitations(services, organization, page),
    resend: async (about) => doneOf(await resendInvitation(services, about)),
    agreeToInvitation: async (about) => doneOf(await agreeToInvitation(services, about)),
    revoke: async (about) => doneOf(await revokeInvitation(services, about)),
  }
}

const doneOf = <Reason extends string>(refusal: Reason | undefined): Done<Reason> =>
  refusal === undefined ? { ok: true } : { ok: false, reason: refusal }
