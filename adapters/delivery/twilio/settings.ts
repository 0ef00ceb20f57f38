import type { KeyRing } from '../../secrets/key-ring.ts'
import type { Store } from '../../store/store.ts'

/** An account at Twilio, or at whoever speaks its API. */
export interface TwilioSettings {
  accountSid: string
  /** Signs callbacks too, so it must be the primary one. */
  authToken: string
  /** An E.164 number of the account that calls, and that texts come from. */
  from: string
  /** Texts come from this service instead, which chooses a number for each country. */
  messagingServiceSid?: string | undefined
  /** Instead of https://api.twilio.com. */
  baseUrl?: string | undefined
}

export interface TwilioOptions {
  settings: TwilioSettings
  /** Where Twilio finds us. */
  issuer: string
  store: Pick<Store, 'sendings'>
  ring: KeyRing
  clock: () => number
}
