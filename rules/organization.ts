import type { RecoveryRoute } from './account.ts'
import type { Drill } from './drill-times.ts'
import type { Promising } from './effect.ts'
import type { FactorKind } from './factor.ts'

export interface Organization extends Promising {
  id: string
  name: string
  policy: OrganizationPolicy
  createdAt: number
  /** Lower case. Accounts whose sign-in address is there belong to the organization; the operator says so. */
  domains?: string[]
  /** The last test of how soon super admins answer. */
  drill?: Drill
  /** What a directory shows that can't get tokens. */
  scimToken?: { hash: string; by: string; at: number; usedAt?: number }
}

export interface OrganizationPolicy {
  /** Members must have a second factor; they can't put off enrolment. */
  requireSecondFactor?: boolean
  /** Ways to a reset that are switched off. */
  routesOff?: RecoveryRoute[]
  /** Whether a photo ID is offered before a super admin is asked. */
  preferIdentity?: boolean
  /** How many super admins must approve. */
  approvals?: 1 | 2
  /** A security delay between an approval or a verification and the reset, in hours. */
  holdAfterApprovalHours?: number
  /** The security delay of the support route, in hours: 48 at least, 72 at most. */
  supportHoldHours?: number
  /** Whether people who ask for a reset are told the names of those who are asked; they are where it is missing. */
  nameSuperAdmins?: boolean
  /** What signs in after a reset: the password, or also the link of the completion mail. */
  afterReset?: 'password' | 'password_and_mail'
  /** Kinds of second factors that members may set up; all where it is missing. What is set up already goes on. */
  methods?: FactorKind[]
  /** For how many days a browser may be trusted; 30 where it is missing, 0 for never. */
  trustedDeviceDays?: number
  /** Whether super admins may trust browsers too. */
  trustedDevicesForAdmins?: boolean
  /** How many super admins it takes to give a member another role; one where it is missing. */
  roleApprovals?: 1 | 2
  /** Whether provisioning (SCIM) may make super admins, and members of them; it may not where it is missing. */
  scimSuperAdmins?: boolean
}

/** What keeps one from being made: its id is part of others' ids. Both may come from anywhere. */
export function organizationFault({ id, name }: { id: unknown; name: unknown }): 'id' | 'name' | undefined {
  if (typeof id !== 'string' || !/^[\w-]{1,60}$/.test(id)) return 'id'
  return typeof name !== 'string' || name === '' || name.length > 120 ? 'name' : undefined
}
