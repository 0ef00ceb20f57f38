import { createRequire } from 'node:module'
import { type VapidKeys, vapidKeys } from '../../secrets/vapid-keys.ts'
import { type Delivery, Gone, type Message, NotSent, Undeliverable } from '../delivery.ts'
import type { OpenDelivery } from '../ways.ts'

export interface WebPushOptions {
  keys: VapidKeys
  issuer: string
  /** Refuses private networks, redirects and names that change their mind: an endpoint is a URL that a browser gave us. */
  fetch(input: string, init: RequestInit): Promise<Response>
  /** Why an endpoint can't be one. */
  refuses(endpoint: string): string | undefined
  clock: () => number
}

const require = createRequire(import.meta.url)

/** Loaded with the first push: most processes never send one. */
const webpush = () => require('web-push') as typeof import('web-push')

/** Seconds a push service keeps a message that says nothing of its own (RFC 8030 §5.2). */
const standardTtl = 60

/** Web Push (RFC 8030), encrypted for the phone (RFC 8291), signed by us (RFC 8292). */
export function createWebPushDelivery(options: WebPushOptions): Delivery {
  const { fetch, refuses } = options
  // Where the package is missing, that is said at the start.
  import.meta.resolve('web-push')
  return {
    send: async (message) => {
      if (message.channel !== 'push') throw new Undeliverable('no_carrier')
      if (refuses(message.to) !== undefined) throw new Undeliverable('refused_address')
      const { headers, body } = sealed(options, message)
      const sending = fetch(message.to, { method: 'POST', redirect: 'manual', headers, body })
      const { status } = await sending.catch((error) => {
        throw faultOf(error)
      })
      if (status < 200 || status > 299) throw answered(status)
    },
    close: async () => {},
  }
}

/** Throws Undeliverable when the subscription isn't one. */
function sealed({ keys, issuer, clock }: WebPushOptions, message: Message) {
  const { to: endpoint, text, push, expiresAt } = message
  if (push === undefined) throw new Undeliverable('bad_subscription')
  const { p256dh, auth, urgency = 'normal', topic } = push
  const ttl = expiresAt === undefined ? standardTtl : Math.max(0, Math.floor((expiresAt - clock()) / 1000))
  try {
    const { headers, body } = webpush().generateRequestDetails({ endpoint, keys: { p256dh, auth } }, text, {
      vapidDetails: { subject: subjectOf(issuer), ...keys },
      contentEncoding: 'aes128gcm',
      TTL: ttl,
      urgency,
      topic,
    })
    const plain = Object.entries(headers).map(([name, value]) => [name, String(value)])
    return { headers: Object.fromEntries(plain), body: new Uint8Array(body as Buffer) }
  } catch {
    throw new Undeliverable('bad_subscription')
  }
}

/** How the push service reaches the operator (RFC 8292 §2.1): https, or a mailbox. */
function subjectOf(issuer: string): string {
  return issuer.startsWith('https:') ? issuer : `mailto:postmaster@${new URL(issuer).hostname}`
}

/** RFC 8030 §7.3 has 404 for a subscription that is no more; push services say 410. Only these may be over soon. */
function answered(status: number): Error {
  if (status === 404 || status === 410) return new Gone()
  return status === 429 || status >= 500 ? new NotSent(String(status)) : new Undeliverable(String(status))
}

function faultOf({ name, code }: { name: string; code?: unknown }): Error {
  if (code === 'REFUSED_ADDRESS') return new Undeliverable('refused_address')
  return new NotSent(typeof code === 'string' ? code : name)
}

/** Pushes to the authenticator, signed by keys that are made at the first start and kept in the store. */
export const webPush = (): OpenDelivery => async (ways) =>
  createWebPushDelivery({ ...ways, keys: await vapidKeys(ways.store, ways.ring) })
