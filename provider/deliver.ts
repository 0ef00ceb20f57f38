import type { Provider } from 'oidc-provider'
import type { Message } from '../adapters/delivery/delivery.ts'
import type { OutboxOptions } from '../effects/outbox.ts'
import type { Parcel } from '../effects/parcel.ts'
import { sendToWebhook, type WebhookSender } from '../effects/webhooks.ts'
import type { Transmitter } from './signals/transmitter.ts'

/** The library's client; its types leave this method out. */
interface LogoutClient {
  backchannelLogoutUri?: string
  backchannelLogout(sub: string, sid?: string): Promise<unknown>
}

/** Hands a parcel to whoever takes it. What is thrown makes the outbox try again. */
export function createDeliver(
  send: (message: Message) => Promise<void>,
  provider: () => Provider,
  transmitter: Pick<Transmitter, 'push'>,
  webhooks: WebhookSender,
): OutboxOptions['deliver'] {
  return async (parcel) => {
    switch (parcel.kind) {
      case 'message':
        return send(parcel.message)
      case 'logout':
        return logOut(provider(), parcel)
      case 'signal':
        return transmitter.push(parcel.stream)
      case 'webhook':
        return sendToWebhook(webhooks, parcel)
    }
  }
}

/** A logout token for the app (OpenID Connect Back-Channel Logout 1.0 §2.5); without `sid` for all of the person's. */
async function logOut(provider: Provider, parcel: Parcel & { kind: 'logout' }): Promise<void> {
  const client = (await provider.Client.find(parcel.client)) as unknown as LogoutClient | undefined
  // An app that was removed meanwhile, or no longer wants to hear, is done with.
  if (client?.backchannelLogoutUri === undefined) return
  await client.backchannelLogout(parcel.account, parcel.sid)
}
