import { activeSuperAdmins } from '../effects/super-admins.ts'
import type { Account } from '../rules/account.ts'
import {
  approversFor,
  decidingMembership,
  mostApprovers,
  type RouteOffer,
  routesFor,
} from '../rules/approvers.ts'
import type { Membership } from '../rules/membership.ts'
import type { Organization } from '../rules/organization.ts'
import type { CaseTerms } from '../rules/recovery-case.ts'
import { remembered } from '../rules/remembered.ts'
import { isIdentified } from '../rules/same-person.ts'
import { activeAgents, agentsAmong } from './agents.ts'
import type { RecoveryServices } from './services.ts'

/** Who would decide, and how: what the person is told before asking. */
export interface Prospect {
  organization?: { id: string; name: string }
  approvers: string[]
  /** Nobody is there to ask, as the person is the organization's only super admin. */
  onlyAdmin: boolean
  offers: RouteOffer[]
  /** The agents of the operator's support who would be asked. */
  agents: string[]
  terms: CaseTerms
}

const hour = 3_600_000
const defaultSupportHold = 48

type Looking = Pick<RecoveryServices, 'store' | 'accounts' | 'proofing'>

/** Who is there to decide, whomever it is about. */
export interface Deciders {
  organization(id: string): Promise<Organization | undefined>
  superAdmins(organization: string): Promise<Membership[]>
  agents(): Promise<string[]>
}

/** Read anew each time. */
const decidersNow = (services: Looking): Deciders => ({
  organization: (id) => services.store.organizations.get(id),
  superAdmins: (organization) => firstSuperAdmins(services, organization),
  agents: () => activeAgents(services),
})

/** Read once, for one look at many people. */
export function decidersOnce(services: Looking): Deciders {
  const now = decidersNow(services)
  const agents = remembered(now.agents)
  return {
    organization: remembered(now.organization),
    superAdmins: remembered(now.superAdmins),
    agents: () => agents('support'),
  }
}

/** Looks up who decides about an account's reset. */
export async function prospectFor(
  services: Looking,
  account: Account,
  deciders: Deciders = decidersNow(services),
): Promise<Prospect> {
  const { store, proofing } = services
  const memberships = await store.memberships.find('account', account.id)
  const deciding = decidingMembership(memberships)
  const organization = deciding && (await deciders.organization(deciding.organization))
  const superAdmins = organization ? await deciders.superAdmins(organization.id) : []
  const approvers = approversFor(account.id, superAdmins)
  const policy = organization?.policy ?? {}
  const agents = agentsAmong(await deciders.agents(), account.id)
  return {
    organization: organization && { id: organization.id, name: organization.name },
    approvers,
    agents,
    onlyAdmin: deciding?.role === 'super_admin' && approvers.length === 0,
    offers: routesFor({
      approvers: approvers.length,
      superAdmin: deciding?.role === 'super_admin',
      active: account.status === 'active',
      proofing: proofing !== undefined,
      identified: isIdentified(account),
      support: agents.length > 0,
      preferIdentity: policy.preferIdentity === true,
      routesOff: policy.routesOff ?? [],
    }),
    terms: {
      approvalsNeeded: policy.approvals ?? 1,
      holdAfterApproval: (policy.holdAfterApprovalHours ?? 0) * hour,
      supportHold: Math.min(72, Math.max(48, policy.supportHoldHours ?? defaultSupportHold)) * hour,
      afterReset: policy.afterReset ?? 'password',
    },
  }
}

/** One more than are asked, as the subject may be among them. */
async function firstSuperAdmins(services: Looking, organization: string): Promise<Membership[]> {
  const found: Membership[] = []
  for await (const membership of activeSuperAdmins(services, organization)) {
    found.push(membership)
    if (found.length > mostApprovers) break
  }
  return found
}
