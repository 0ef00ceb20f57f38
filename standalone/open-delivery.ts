import { deliverByChannel } from '../adapters/delivery/by-channel.ts'
import type { Delivery } from '../adapters/delivery/delivery.ts'
import type { TwilioSettings } from '../adapters/delivery/twilio/settings.ts'
import type { WaysOut } from '../adapters/delivery/ways.ts'
import { isInstalled, takesPackage } from '../adapters/installed.ts'
import { vapidKeys } from '../adapters/secrets/vapid-keys.ts'
import { ConfigError } from '../options/config-error.ts'

/** Every way out of the product: SMTP, Web Push, and texts and calls where they are set up. */
export async function openDelivery(
  ways: WaysOut,
  settings: { mail: { url: string; from: string }; twilio?: TwilioSettings | undefined },
): Promise<Delivery> {
  const { createSmtpDelivery } = await import('../adapters/delivery/smtp/delivery.ts')
  const phone = settings.twilio === undefined ? undefined : await openTwilio(ways, settings.twilio)
  return deliverByChannel({
    mail: createSmtpDelivery(settings.mail),
    push: sendsPushes() ? await openWebPush(ways) : undefined,
    sms: phone,
    voice: phone,
  })
}

/** An installation that lacks what sends pushes has no authenticator. */
export const sendsPushes = (): boolean => isInstalled('web-push')

/** The demo's: nothing leaves but pushes, which the browser of whoever tries the demo is waiting for. */
export async function openDemoDelivery(ways: WaysOut): Promise<Delivery> {
  const { createInboxDelivery } = await import('../adapters/delivery/inbox/delivery.ts')
  const inbox = createInboxDelivery(ways.store, ways.clock)
  return deliverByChannel({ mail: inbox, sms: inbox, voice: inbox, push: await openWebPush(ways) })
}

async function openTwilio(ways: WaysOut, settings: TwilioSettings): Promise<Delivery> {
  if (!isInstalled('twilio')) throw new ConfigError([`phone.twilio: ${takesPackage('twilio')}`])
  const { createTwilioDelivery } = await import('../adapters/delivery/twilio/delivery.ts')
  return createTwilioDelivery({ ...ways, settings })
}

async function openWebPush(ways: WaysOut): Promise<Delivery> {
  const { createWebPushDelivery } = await import('../adapters/delivery/webpush/delivery.ts')
  return createWebPushDelivery({ ...ways, keys: await vapidKeys(ways.store, ways.ring) })
}
