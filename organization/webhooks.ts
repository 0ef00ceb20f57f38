import { randomBytes, randomUUID } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'
import type { Done } from '../account/use-cases.ts'
import { endpointFault } from '../adapters/guarded-fetch.ts'
import { messagesKept, queueMessage, webhookKeyContext } from '../effects/webhooks.ts'
import {
  testEvent,
  type Webhook,
  type WebhookBy,
  type WebhookMessage,
  webhookTold,
  withNewKey,
} from '../rules/webhook.ts'

type WebhookServices = Pick<
  AccountServices,
  'store' | 'change' | 'create' | 'clock' | 'ring' | 'config' | 'outbox'
>

/** What is said of a webhook by whoever looks after it. */
export interface WebhookSaid {
  url: string
  description: string
  events: Webhook['events']
  organization?: string | undefined
  disabled?: true | undefined
}

type Refused = { ok: false; reason: 'unknown' | 'address_refused' | 'precondition_failed' }
export type WebhookOutcome = { ok: true; webhook: Webhook } | Refused
/** With a key that is told here, and never again. */
export type WebhookKeyOutcome = { ok: true; webhook: Webhook; key: string } | Refused

/** Makes a webhook. The key that signs what it is sent is told here, and never again. */
export async function createWebhook(
  services: WebhookServices,
  said: WebhookSaid,
  by: string,
): Promise<WebhookKeyOutcome> {
  const { clock, create, config, ring } = services
  if (endpointFault(said.url, config.fetchHosts) !== undefined) return refusedAddress
  const id = randomUUID()
  const key = newKey()
  const sealed = ring.seal(key, webhookKeyContext(id))
  const about = aboutOf(services, by)
  const fresh = { ...said, id, keys: [{ sealed }], createdAt: clock(), listed: 'all' as const }
  const webhook = webhookTold(fresh, 'webhook.created', about)
  await create('webhooks', webhook)
  return { ok: true, webhook, key }
}

const refusedAddress = { ok: false, reason: 'address_refused' } as const

const newKey = (): string => `whsec_${randomBytes(32).toString('base64')}`

const aboutOf = ({ clock }: Pick<WebhookServices, 'clock'>, by: string): WebhookBy => ({
  id: `webhook:${randomUUID()}`,
  by,
  at: clock(),
})

/** @param seen whether what is there now is what the change is made for. */
export async function changeWebhook(
  services: WebhookServices,
  id: string,
  said: Omit<WebhookSaid, 'organization'>,
  by: string,
  seen: (current: Webhook) => boolean,
): Promise<WebhookOutcome> {
  if (endpointFault(said.url, services.config.fetchHosts) !== undefined) return refusedAddress
  const about = aboutOf(services, by)
  return services.change('webhooks', id, (current): [Webhook | undefined, WebhookOutcome] => {
    if (current === undefined || current.removed === true) return [current, { ok: false, reason: 'unknown' }]
    if (!seen(current)) return [current, { ok: false, reason: 'precondition_failed' }]
    const next = webhookTold({ ...current, ...said }, 'webhook.changed', about)
    return [next, { ok: true, webhook: next }]
  })
}

/** Nothing is sent while it is paused, nor later what happened meanwhile. */
export async function pauseWebhook(
  services: WebhookServices,
  id: string,
  paused: boolean,
  by: string,
): Promise<Done<'unknown'>> {
  const about = aboutOf(services, by)
  return services.change('webhooks', id, (current): [Webhook | undefined, Done<'unknown'>] => {
    if (current === undefined || current.removed === true) return [current, { ok: false, reason: 'unknown' }]
    if ((current.disabled === true) === paused) return [current, { ok: true }]
    const next = { ...current, disabled: paused ? (true as const) : undefined }
    return [webhookTold(next, 'webhook.changed', about), { ok: true }]
  })
}

/** A new key signs from now on; the one before for a day as well. It is told here, and never again. */
export async function rollWebhookKey(
  services: WebhookServices,
  id: string,
  by: string,
): Promise<WebhookKeyOutcome> {
  const key = newKey()
  const sealed = services.ring.seal(key, webhookKeyContext(id))
  const about = aboutOf(services, by)
  return services.change('webhooks', id, (current): [Webhook | undefined, WebhookKeyOutcome] => {
    if (current === undefined || current.removed === true) return [current, { ok: false, reason: 'unknown' }]
    const next = withNewKey(current, sealed, about)
    return [next, { ok: true, webhook: next, key }]
  })
}

export async function removeWebhook(
  services: WebhookServices,
  id: string,
  by: string,
  seen?: (current: Webhook) => boolean,
): Promise<Done<'unknown' | 'precondition_failed'>> {
  const about = aboutOf(services, by)
  return services.change(
    'webhooks',
    id,
    (current): [Webhook | undefined, Done<'unknown' | 'precondition_failed'>] => {
      if (current === undefined || current.removed === true)
        return [current, { ok: false, reason: 'unknown' }]
      if (seen?.(current) === false) return [current, { ok: false, reason: 'precondition_failed' }]
      return [webhookTold({ ...current, removed: true }, 'webhook.removed', about), { ok: true }]
    },
  )
}

/** Sends a message that means nothing, so that the other side can be tried. */
export async function testWebhook(services: WebhookServices, webhook: Webhook): Promise<WebhookMessage> {
  const at = services.clock()
  const message: WebhookMessage = {
    ...{ id: `msg_${randomBytes(24).toString('base64url')}`, webhook: webhook.id, event: testEvent, at },
    payload: JSON.stringify({ type: testEvent, timestamp: new Date(at).toISOString(), data: {} }),
    ...{ failures: 0, replays: 0, expiresAt: at + messagesKept },
  }
  await queueMessage(services, webhook, message)
  return message
}

/** Sends a message again, whether it was taken or given up. The other side knows it by its id. */
export async function replayMessage(
  services: WebhookServices,
  webhook: string,
  id: string,
): Promise<WebhookMessage | undefined> {
  const message = await services.change('webhookMessages', id, (current) => {
    if (current?.webhook !== webhook) return [current, undefined]
    const { takenAt: _, ...rest } = current
    const next: WebhookMessage = { ...rest, replays: current.replays + 1 }
    return [next, next]
  })
  if (message !== undefined) await queueMessage(services, { id: webhook }, message)
  return message
}
