import type { Membership } from '../../rules/membership.ts'
import type { Organization } from '../../rules/organization.ts'
import type { Caller } from '../caller.ts'
import type { ApiServices } from '../services.ts'

/** A request of a directory that was let in. */
export interface ScimCall {
  services: ApiServices
  caller: Caller
  organization: Organization
  /** `https://…/scim/v2/acme`. */
  base: string
  /** Where pages of a list begin: whoever reads on reads on from there, and not from the start. */
  beginnings: Map<string, Membership>
  /** What the directory has seen of what it changes, where it says so. */
  ifMatch?: string | undefined
}

export interface ScimAnswer {
  status: number
  body?: object | undefined
}

export const scimBase = ({ config }: Pick<ApiServices, 'config'>, organization: string): string =>
  `${config.base}/scim/v2/${encodeURIComponent(organization)}`

/** For the log: who does it, for whom, and why. */
export const byDirectory = ({ caller, organization }: ScimCall) => ({
  by: caller.actor,
  reason: 'SCIM',
  organization: organization.id,
})

export const membershipIn = (
  { services, organization }: ScimCall,
  person: string,
): Promise<Membership | undefined> => services.store.memberships.get(`${organization.id}:${person}`)
