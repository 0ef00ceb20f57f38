import type { Sees } from '../effects/audit-reading.ts'
import type { WriteServices } from '../effects/services.ts'
import type { AuditEntry } from '../rules/audit/chain.ts'
import type { Membership } from '../rules/membership.ts'
import { remembered } from '../rules/remembered.ts'

/**
 * What an organization's super admins see of the log: what happened to their members since they joined, and what was
 * done to the organization itself. A person's other organizations are not theirs to see.
 */
export function ofOrganization({ store }: Pick<WriteServices, 'store'>, organization: string): Sees {
  const memberships = remembered((id: string) => store.memberships.get(`${organization}:${id}`))
  const casesOrganization = remembered(async (id: string) => (await store.cases.get(id))?.organization)
  return async (entry) => {
    const named = organizationIn(entry)
    if (named !== undefined) return named === organization
    if (entry.subject === undefined) return false
    if (entry.case !== undefined && (await casesOrganization(entry.case)) !== organization) return false
    return isAfterJoining(entry, await memberships(entry.subject))
  }
}

const isAfterJoining = ({ at }: AuditEntry, membership: Membership | undefined): boolean =>
  membership !== undefined && at >= membership.since

function organizationIn({ event, subject, detail }: AuditEntry): string | undefined {
  const { organization } = detail
  if (typeof organization === 'string' && organization !== '') return organization
  return event === 'organization.imported' || event === 'policy.changed' ? subject : undefined
}
