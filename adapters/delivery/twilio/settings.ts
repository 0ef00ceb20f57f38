import type { z } from 'zod'
import type { KeyRing } from '../../secrets/key-ring.ts'
import type { Store } from '../../store/store.ts'
import type { twilioSchema } from './schema.ts'

/** An account at Twilio, or at whoever speaks its API. */
export type TwilioSettings = z.output<typeof twilioSchema>

export interface TwilioOptions {
  settings: TwilioSettings
  /** Where Twilio finds us. */
  issuer: string
  store: Pick<Store, 'sendings'>
  ring: KeyRing
  clock: () => number
}
