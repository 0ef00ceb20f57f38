import type { Proofing } from '../adapters/proofing/proofing.ts'
import type { WriteServices } from '../effects/services.ts'

/** What a recovery case is worked on with. */
export interface RecoveryServices extends WriteServices {
  /** Verifies identities by photo ID, where a provider is connected. */
  proofing?: Proofing
}

/** What most of a case is done with. */
export type CaseServices = Pick<
  RecoveryServices,
  'store' | 'accounts' | 'change' | 'create' | 'clock' | 'ring' | 'effects' | 'proofing'
>
