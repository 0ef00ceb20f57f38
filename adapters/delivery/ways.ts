import type { KeyRing } from '../secrets/key-ring.ts'
import type { Store } from '../store/store.ts'
import type { Delivery } from './delivery.ts'

/** What an engine of delivery is opened with, beside settings of its own. */
export interface WaysOut {
  issuer: string
  store: Store
  ring: KeyRing
  clock: () => number
  /** For addresses that others chose. */
  fetch(input: string, init: RequestInit): Promise<Response>
  /** Why an address can't be sent to, if so. */
  refuses(endpoint: string): string | undefined
}

/** An engine with its settings, to be opened by whoever has the rest. */
export type OpenDelivery = (ways: WaysOut) => Delivery | Promise<Delivery>
