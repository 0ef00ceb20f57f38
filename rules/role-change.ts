import { type Effect, type Promising, withEffects } from './effect.ts'
import { isSuperAdmin, type Membership, withRole } from './membership.ts'
import type { OrganizationPolicy } from './organization.ts'
import { told } from './told.ts'

/** How long a proposal waits for a second super admin. Milliseconds. */
export const proposalTime = 7 * 86_400_000

/** A change of a role that a second super admin must agree to. */
export interface RoleProposal extends Promising {
  /** `${organization}:${account}`: one at a time for each member. */
  id: string
  /** Names this very proposal. */
  serial: string
  organization: string
  account: string
  role: Membership['role']
  by: string
  reason: string
  at: number
  expiresAt: number
  /** Decided: gone with the last of its effects. */
  over?: true
}

export const proposalEnding = (proposal: RoleProposal): RoleProposal | undefined =>
  proposal.over === true ? undefined : proposal

export type RoleRefusal =
  | 'not_member'
  | 'same_role'
  /** Nobody gives themselves more. */
  | 'self'
  | 'last_super_admin'
  | 'not_possible'

export interface RoleFacts {
  membership: Membership | undefined
  status: 'active' | 'deactivated' | 'removed'
  /** Super admins who can act, besides this member. */
  others: number
  by: string
}

/** Why a member can't get a role. */
export function roleRefusal(role: Membership['role'], facts: RoleFacts): RoleRefusal | undefined {
  const { membership, status, others, by } = facts
  if (membership === undefined) return 'not_member'
  if (membership.role === role) return 'same_role'
  if (role === 'super_admin' && membership.account === by) return 'self'
  if (status !== 'active' || membership.suspended !== undefined) return 'not_possible'
  return role === 'member' && isSuperAdmin(membership) && others === 0 ? 'last_super_admin' : undefined
}

/** Whether a second super admin has to agree. Where there is no second one, nobody could. */
export const takesTwo = ({ roleApprovals = 1 }: OrganizationPolicy, superAdmins: number): boolean =>
  roleApprovals === 2 && superAdmins > 1

export interface RoleChangeBy {
  id: string
  at: number
  by: string
  reason: string
  /** Who agreed, where it took two. */
  approvedBy?: string
}

/** The member in another role; they are told, and so are the super admins. */
export function roleChanged(
  membership: Membership,
  role: Membership['role'],
  change: RoleChangeBy,
): Membership {
  const { id, at, by, reason, approvedBy } = change
  const { account, organization } = membership
  const next = withRole(membership, role, at)
  const effects: Effect[] = [
    ...told(
      { subject: account, actor: by, at },
      {
        id,
        event: 'membership.role_changed',
        detail: { organization, role, reason, approvedBy },
        notice: role === 'super_admin' ? 'role_raised' : 'role_lowered',
        data: { reason, organizationId: organization },
      },
    ),
    {
      kind: 'tell_super_admins',
      id: `${id}:admins`,
      name: 'role_told',
      organization,
      except: by,
      data: { at, reason, role, about: account, organizationId: organization },
    },
  ]
  return withEffects(next, effects)
}

/** Waits for a second super admin; all others hear of it. */
export function proposed(proposal: Omit<RoleProposal, 'id' | 'expiresAt' | 'effects'>): RoleProposal {
  const { organization, account, role, by, reason, at, serial } = proposal
  const made = { ...proposal, id: `${organization}:${account}`, expiresAt: at + proposalTime }
  return withEffects<RoleProposal>(made, [
    ...proposalTold(made, 'membership.role_proposed', by),
    {
      kind: 'tell_super_admins',
      id: `${serial}:admins`,
      name: 'role_proposed',
      organization,
      except: by,
      data: { at, reason, role, about: account, organizationId: organization },
    },
  ])
}

export type ProposalRefusal = 'unknown' | 'self' | 'own_proposal'

/** Why somebody can't decide about a proposal: two people have to agree, neither of whom it is about. */
export function proposalRefusal(proposal: RoleProposal | undefined, by: string): ProposalRefusal | undefined {
  if (proposal === undefined) return 'unknown'
  if (proposal.account === by) return 'self'
  return proposal.by === by ? 'own_proposal' : undefined
}

export function proposalTold(
  { serial, organization, account, role, reason }: Omit<RoleProposal, 'id' | 'expiresAt'>,
  event: 'membership.role_proposed' | 'membership.role_refused',
  actor: string,
): Effect[] {
  const detail = { organization, role, reason }
  return told({ subject: account, actor }, { id: `${serial}:${event}`, event, detail })
}
