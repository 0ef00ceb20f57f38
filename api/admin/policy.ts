import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { activeSuperAdmins } from '../../effects/super-admins.ts'
import type { FactorKind, Organization, OrganizationPolicy } from '../../rules/account.ts'
import { kindsOfFactors } from '../../rules/kinds.ts'
import {
  changePolicy,
  faultOf,
  type PolicyFacts,
  type PolicySettings,
  policyLimits,
  policyVersion,
} from '../../rules/policy-change.ts'
import type { Call } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import type { ApiServices } from '../services.ts'

const within = (name: keyof typeof policyLimits) =>
  z.int().min(policyLimits[name][0]).max(policyLimits[name][1])

const kinds = Object.keys(kindsOfFactors) as [FactorKind, ...FactorKind[]]

/** What super admins set on a page, with the same limits. */
export const policySchema = z
  .strictObject({
    requireSecondFactor: z.boolean().describe('Members must have a second factor.'),
    methods: z.array(z.enum(kinds)).describe('Kinds of second factors that members may set up.'),
    trustedDeviceDays: within('trustedDeviceDays').describe('For how many days a browser may be trusted.'),
    trustedDevicesForAdmins: z.boolean().describe('Whether super admins may trust browsers too.'),
    routesOff: z.array(z.enum(['admin', 'identity', 'support'])).describe('Ways to a reset that are off.'),
    preferIdentity: z.boolean().describe('Whether a photo ID is offered before super admins are asked.'),
    approvals: z.union([z.literal(1), z.literal(2)]).describe('How many super admins must approve.'),
    holdAfterApprovalHours: within('holdAfterApprovalHours').describe('A delay after the approval.'),
    supportHoldHours: within('supportHoldHours').describe('The delay before the support decides.'),
    scimSuperAdmins: z.boolean().describe('Whether SCIM may make super admins, and members of them.'),
    nameSuperAdmins: z.boolean().describe('Whether who asks is told who is asked.'),
    afterReset: z.enum(['password', 'password_and_mail']).describe('What signs in after a reset.'),
    roleApprovals: z
      .union([z.literal(1), z.literal(2)])
      .describe('How many super admins it takes to give a member another role.'),
  })
  .meta({ id: 'Policy', description: 'The security policy of an organization, with everything said.' })

/** As on the page: the same rule, which sees what is there at the moment of the write. */
export async function setOrganizationPolicy(
  { services, caller, body, ifMatch }: Call<object, object, PolicySettings>,
  { id }: Organization,
): Promise<OrganizationPolicy> {
  const fault = faultOf(body, await factsOf(services, id))
  if (fault !== undefined) throw new ApiRefusal('policy', { errors: [{ path: 'body', message: fault }] })
  const by = {
    id: caller.actor,
    name: caller.person?.name ?? caller.client,
    email: caller.person?.email ?? '',
  }
  const about = { id: `policy:${randomUUID()}`, by, at: services.clock() }
  return services.change('organizations', id, (organization) => {
    if (organization === undefined) throw new ApiRefusal('unknown')
    const version = ifMatch === '*' ? policyVersion(organization.policy) : ifMatch!
    const changed = changePolicy(organization, body, version, services.kinds, about)
    if (changed.outcome === 'stale') throw new ApiRefusal('precondition_failed')
    const after = changed.outcome === 'changed' ? changed.organization : organization
    return [after, after.policy]
  })
}

/** Super admins are counted as far as it matters. */
async function factsOf(services: ApiServices, organization: string): Promise<PolicyFacts> {
  let superAdmins = 0
  for await (const _ of activeSuperAdmins(services, organization)) {
    superAdmins += 1
    if (superAdmins > 2) break
  }
  return { offered: services.kinds, proofing: services.proofing !== undefined, superAdmins }
}
