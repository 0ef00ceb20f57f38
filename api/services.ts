import type { AccountServices } from '../account/services.ts'
import type { Accounts } from '../organization/people-use-cases.ts'
import type { Organizations } from '../organization/use-cases.ts'
import type { AcrNames } from '../provider/acr-names.ts'
import type { RecoveryServices } from '../recovery/services.ts'
import type { Cases } from '../recovery/use-cases.ts'

/** What programs are served with: the same use-cases as the pages. */
export interface ApiServices extends AccountServices, RecoveryServices {
  acrNames: AcrNames
  /** Whether a host keeps the people: then nobody provisions them here. */
  hostPeople: boolean
  /** Whether a host says who belongs where. */
  hostOrganizations: boolean
  use: { accounts: Accounts; cases: Cases; organizations: Organizations }
}
