import { beginSending, sendingId } from '../../../rules/sending.ts'
import { type Delivery, type Message, Undeliverable } from '../delivery.ts'
import type { OpenDelivery } from '../ways.ts'
import { speechContext, statusUrl, voiceUrl } from './addresses.ts'
import { createCallbacks } from './callbacks.ts'
import { createClient, taken } from './client.ts'
import type { TwilioOptions, TwilioSettings } from './settings.ts'
import { askForKeys } from './twiml.ts'

/** Milliseconds; for messages that nobody waits for. */
const standardLifetime = 3_600_000
/** Seconds: what Twilio takes for a text's life. */
const [shortestLife, longestLife] = [5, 36_000]
/** Seconds a phone rings: mailboxes mostly answer later. */
const ringing = 25
/** Seconds. */
const longestCall = 120

/** Texts and calls by Twilio. What becomes of them is kept in `sendings`, under the message's id. */
export function createTwilioDelivery(options: TwilioOptions): Delivery {
  const { settings, issuer, store, ring, clock } = options
  const client = createClient(settings)

  const begin = async ({ id: message, expiresAt, speech }: Message): Promise<string> => {
    const id = sendingId(message)
    const begun = {
      id,
      state: 'sent' as const,
      expiresAt: expiresAt ?? clock() + standardLifetime,
      keys: speech?.keys,
      speech: speech === undefined ? undefined : ring.seal(JSON.stringify(speech), speechContext(id)),
    }
    await store.sendings.update(id, (current) => [beginSending(current, begun), undefined])
    return id
  }

  const text = async (message: Message) => {
    const id = await begin(message)
    const { messagingServiceSid, from } = settings
    const left = Math.floor(((message.expiresAt ?? clock() + standardLifetime) - clock()) / 1000)
    await taken(
      client.messages.create({
        to: message.to,
        body: message.text,
        ...(messagingServiceSid === undefined ? { from } : { messagingServiceSid }),
        validityPeriod: Math.min(Math.max(left, shortestLife), longestLife),
        statusCallback: statusUrl(issuer, id),
      }),
    )
  }

  const call = async (message: Message) => {
    if (message.speech === undefined) throw new Undeliverable('nothing_to_say')
    const id = await begin(message)
    await taken(
      client.calls.create({
        to: message.to,
        from: settings.from,
        twiml: askForKeys(message.speech, voiceUrl(issuer, id)),
        timeout: ringing,
        timeLimit: longestCall,
        statusCallback: statusUrl(issuer, id),
      }),
    )
  }

  return {
    send: async (message) => {
      if (message.channel === 'sms') return text(message)
      if (message.channel === 'voice') return call(message)
      throw new Undeliverable('no_carrier')
    },
    callback: createCallbacks(options),
    close: async () => {},
  }
}

/** Texts and calls: one engine for both. */
export const twilio =
  (settings: TwilioSettings): OpenDelivery =>
  (ways) =>
    createTwilioDelivery({ ...ways, settings })
