import { addressOperations } from './admin/addresses.ts'
import { auditOperations } from './admin/audit.ts'
import { caseOperations } from './admin/cases.ts'
import { factorOperations } from './admin/factors.ts'
import { installationOperations } from './admin/installation.ts'
import { invitationOperations } from './admin/invitations.ts'
import { memberOperations } from './admin/members.ts'
import { operatorOperations } from './admin/operator.ts'
import { organizationOperations } from './admin/organizations.ts'
import { peopleOperations } from './admin/people.ts'
import { readinessOperations } from './admin/readiness.ts'
import { staffOperations } from './admin/staff.ts'
import { webhookOperations } from './admin/webhooks.ts'
import type { Operation } from './operation.ts'

/** Everything that the API can do, in the order of its documentation. */
export const apiOperations: readonly Operation[] = [
  ...organizationOperations,
  ...peopleOperations,
  ...addressOperations,
  ...memberOperations,
  ...invitationOperations,
  ...factorOperations,
  ...caseOperations,
  ...readinessOperations,
  ...auditOperations,
  ...webhookOperations,
  ...operatorOperations,
  ...staffOperations,
  ...installationOperations,
]
