import type { Provider } from 'oidc-provider'
import type { Delivery } from '../adapters/delivery.ts'
import type { OutboxOptions } from '../outbox/outbox.ts'

/** The library's client; its types leave this method out. */
interface LogoutClient {
  backchannelLogoutUri?: string
  backchannelLogout(sub: string, sid: string): Promise<unknown>
}

/** Hands a parcel to whoever takes it: a message to its engine, a logout token to the app (Back-Channel Logout 1.0). */
export function createDeliver(delivery: Delivery, provider: Provider): OutboxOptions['deliver'] {
  return async (parcel) => {
    if (parcel.kind === 'message') return delivery.send(parcel.message)
    const client = (await provider.Client.find(parcel.client)) as unknown as LogoutClient | undefined
    // An app that was removed meanwhile, or no longer wants to hear, is done with.
    if (client?.backchannelLogoutUri === undefined) return
    await client.backchannelLogout(parcel.account, parcel.sid)
  }
}
