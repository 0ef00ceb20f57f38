import { randomUUID } from 'node:crypto'
import { activeSuperAdmins } from '../../effects/super-admins.ts'
import type { Organization, OrganizationPolicy } from '../../rules/organization.ts'
import {
  changePolicy,
  faultOf,
  type PolicyFacts,
  type PolicySettings,
  policyVersion,
} from '../../rules/policy-change.ts'
import type { Call } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import type { ApiServices } from '../services.ts'
import { isSeen } from '../version.ts'

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
    const version = policyVersion(organization.policy)
    // Of two who ask for the same, the second has not seen what there is either.
    if (!isSeen(ifMatch, version)) throw new ApiRefusal('precondition_failed')
    const changed = changePolicy(organization, body, version, services.kinds, about)
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
