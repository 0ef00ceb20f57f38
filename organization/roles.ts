import { randomUUID } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'
import { withEffects } from '../rules/effect.ts'
import { isSuperAdmin, type Membership } from '../rules/membership.ts'
import {
  type ProposalRefusal,
  proposalRefusal,
  proposalTold,
  proposed,
  type RoleChangeBy,
  type RoleProposal,
  type RoleRefusal,
  roleChanged,
  roleRefusal,
  takesTwo,
} from '../rules/role-change.ts'
import { superAdminsBeside } from './standing.ts'
import { inTurn } from './turn.ts'

export interface RoleChange {
  organization: string
  account: string
  role: Membership['role']
  by: string
  reason: string
  /** The operator acts, whom nobody in the organization has to agree with. */
  operator?: true
}

export type RoleOutcome =
  | { ok: true; outcome: 'changed' | 'proposed' }
  | { ok: false; reason: RoleRefusal | 'busy' }

/** Gives a member another role, or proposes it where the policy wants two super admins to agree. */
export async function changeRole(services: AccountServices, wanted: RoleChange): Promise<RoleOutcome> {
  const outcome = await inTurn(services, [wanted.organization], () => changeNow(services, wanted))
  return outcome === 'busy' ? { ok: false, reason: outcome } : outcome
}

async function changeNow(services: AccountServices, wanted: RoleChange): Promise<RoleOutcome> {
  const { organization, by, reason, operator } = wanted
  const refusal = await refusalFor(services, wanted)
  if (refusal !== undefined) return { ok: false, reason: refusal }
  const policy = (await services.store.organizations.get(organization))?.policy ?? {}
  const others = await superAdminsBeside(services, organization, by, 1)
  if (operator !== true && takesTwo(policy, others + 1)) return propose(services, wanted)
  return apply(services, wanted, { id: `role:${randomUUID()}`, at: services.clock(), by, reason })
}

async function refusalFor(
  services: AccountServices,
  { organization, account, role, by }: RoleChange,
): Promise<RoleRefusal | undefined> {
  const [membership, person, others] = await Promise.all([
    services.store.memberships.get(`${organization}:${account}`),
    services.accounts.get(account),
    superAdminsBeside(services, organization, account, 1),
  ])
  return roleRefusal(role, { membership, others, by, status: person?.status ?? 'removed' })
}

async function propose(services: AccountServices, wanted: RoleChange): Promise<RoleOutcome> {
  const { organization, account, role, by, reason } = wanted
  const one = proposed({
    serial: randomUUID(),
    organization,
    account,
    role,
    by,
    reason,
    at: services.clock(),
  })
  // One at a time: another proposal about the same member takes the place of the one before.
  await services.change('proposals', one.id, () => [one, undefined])
  return { ok: true, outcome: 'proposed' }
}

async function apply(
  { change }: AccountServices,
  { organization, account, role }: Pick<RoleChange, 'organization' | 'account' | 'role'>,
  by: RoleChangeBy,
  proposal?: RoleProposal,
): Promise<RoleOutcome> {
  const id = `${organization}:${account}`
  return change('memberships', id, (current): [Membership | undefined, RoleOutcome] => {
    if (current === undefined) return [current, { ok: false, reason: 'not_member' }]
    if (current.role === role) return [current, { ok: false, reason: 'same_role' }]
    const next = roleChanged(current, role, by)
    const ended = proposal && {
      kind: 'end_proposal' as const,
      id: `${by.id}:proposal`,
      proposal: proposal.id,
      serial: proposal.serial,
    }
    return [ended ? withEffects(next, [ended]) : next, { ok: true, outcome: 'changed' }]
  })
}

export type ProposalOutcome =
  | { ok: true; outcome: 'changed' | 'refused' }
  | { ok: false; reason: ProposalRefusal | RoleRefusal | 'busy' }

/** A second super admin agrees, or doesn't; whoever proposed it may withdraw it. Who decides was checked to be one. */
export async function decideProposal(
  services: AccountServices,
  about: { organization: string; account: string; by: string; agree: boolean },
): Promise<ProposalOutcome> {
  if (!about.agree) return refuse(services, about)
  const outcome = await inTurn(services, [about.organization], () => agree(services, about))
  return outcome === 'busy' ? { ok: false, reason: outcome } : outcome
}

async function agree(
  services: AccountServices,
  { organization, account, by }: { organization: string; account: string; by: string },
): Promise<ProposalOutcome> {
  const proposal = await pendingProposal(services, organization, account)
  const refusal = proposalRefusal(proposal, by)
  if (proposal === undefined || refusal !== undefined) return { ok: false, reason: refusal ?? 'unknown' }
  const { role, reason } = proposal
  // Who proposed it must still be allowed to, as whoever approves a reset must when it is granted.
  const [proposer, person] = await Promise.all([
    services.store.memberships.get(`${organization}:${proposal.by}`),
    services.accounts.get(proposal.by),
  ])
  if (!isSuperAdmin(proposer) || person?.status !== 'active') return { ok: false, reason: 'not_possible' }
  const no = await refusalFor(services, { organization, account, role, by: proposal.by, reason })
  if (no !== undefined) return { ok: false, reason: no }
  const change = {
    id: `role:${proposal.serial}`,
    at: services.clock(),
    by: proposal.by,
    reason,
    approvedBy: by,
  }
  const outcome = await apply(services, { organization, account, role }, change, proposal)
  return outcome.ok ? { ok: true, outcome: 'changed' } : outcome
}

function refuse(
  { change }: AccountServices,
  { organization, account, by }: { organization: string; account: string; by: string },
): Promise<ProposalOutcome> {
  const id = `${organization}:${account}`
  return change('proposals', id, (current): [RoleProposal | undefined, ProposalOutcome] => {
    if (current === undefined || current.over) return [current, { ok: false, reason: 'unknown' }]
    const effects = proposalTold(current, 'membership.role_refused', by)
    return [withEffects({ ...current, over: true as const }, effects), { ok: true, outcome: 'refused' }]
  })
}

/** The change of a member's role that waits. */
export async function pendingProposal(
  { store }: Pick<AccountServices, 'store'>,
  organization: string,
  account: string,
): Promise<RoleProposal | undefined> {
  const found = await store.proposals.get(`${organization}:${account}`)
  return found?.over === true ? undefined : found
}

/** All that wait in an organization, the oldest first. */
export async function pendingProposals(
  { store }: Pick<AccountServices, 'store'>,
  organization: string,
): Promise<RoleProposal[]> {
  const found = await store.proposals.find('organization', organization, { limit: 100 })
  return found.filter(({ over }) => over !== true)
}
