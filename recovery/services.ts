import type { Proofing } from '../adapters/proofing/proofing.ts'
import type { WriteServices } from '../effects/services.ts'

/** What a recovery case is worked on with. */
export interface RecoveryServices extends WriteServices {
  /** Verifies identities by photo ID, where a provider is connected. */
  proofing?: Proofing
}
