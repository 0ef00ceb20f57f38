import { createHmac, hash } from 'node:crypto'
import { Undeliverable } from '../adapters/delivery/delivery.ts'
import type { GuardedFetch } from '../adapters/guarded-fetch.ts'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import type { AuditEffect } from '../rules/effect.ts'
import { keysNow, type Webhook, type WebhookMessage, wants, webhookEvents } from '../rules/webhook.ts'
import type { HandlerServices } from './services.ts'

/** Messages are kept so long, to be sent again. Milliseconds. */
export const messagesKept = 30 * 86_400_000
const told = new Set<string>(webhookEvents)

/**
 * Tells the webhooks what the log is told, because of the same effect. Safe to repeat: a message is known by the effect
 * that causes it.
 */
export async function tellWebhooks(
  services: Pick<HandlerServices, 'store' | 'clock' | 'outbox'>,
  effect: AuditEffect,
): Promise<void> {
  if (!told.has(effect.event)) return
  const { webhooks } = services.store
  let page = await webhooks.find('all', 'all', { limit: 100 })
  if (page.length === 0) return
  const organizations = await organizationsOf(services.store, effect)
  for (; page.length > 0; page = await webhooks.find('all', 'all', { limit: 100, after: page.at(-1)! }))
    for (const one of page)
      if (wants(one, effect.event) && concerns(one, organizations))
        await queueMessage(services, one, messageOf(services, one, effect, organizations))
}

const concerns = ({ organization }: Webhook, organizations: string[]): boolean =>
  organization === undefined || organizations.includes(organization)

/** Whose event it is: the organization that acts or decides, else all that the person belongs to. */
async function organizationsOf(
  { cases, memberships }: Pick<Store, 'cases' | 'memberships'>,
  { detail, case: about, subject }: AuditEffect,
): Promise<string[]> {
  if (typeof detail.organization === 'string' && detail.organization !== '') return [detail.organization]
  const deciding = about === undefined ? undefined : (await cases.get(about))?.organization
  if (about !== undefined) return deciding === undefined ? [] : [deciding]
  if (subject === undefined) return []
  return (await memberships.find('account', subject)).map(({ organization }) => organization)
}

function messageOf(
  { clock }: Pick<HandlerServices, 'clock'>,
  { id: webhook, organization }: Webhook,
  { id: cause, event, actor, subject, case: about, detail }: AuditEffect,
  organizations: string[],
): WebhookMessage {
  const at = clock()
  const { address: _, ...shown } = detail
  const where = organization ?? (organizations.length === 1 ? organizations[0] : undefined)
  const data = { organization: where, person: subject, actor, case: about, detail: shown }
  const payload = JSON.stringify({ type: event, timestamp: new Date(at).toISOString(), data })
  const id = `msg_${hash('sha256', `${webhook}|${cause}`, 'base64url')}`
  return { id, webhook, event, at, payload, failures: 0, replays: 0, expiresAt: at + messagesKept }
}

/** Stores a message, and hands it to the outbox: no message waits for another one. */
export async function queueMessage(
  { store, outbox }: Pick<HandlerServices, 'store' | 'outbox'>,
  { id: webhook }: Pick<Webhook, 'id'>,
  message: WebhookMessage,
): Promise<void> {
  try {
    await store.webhookMessages.insert(message)
  } catch (error) {
    if (!(error instanceof Conflict)) throw error
  }
  const id = `${message.id}:${message.replays}`
  await outbox.queue(id, `webhook:${message.id}`, { kind: 'webhook', webhook, message: message.id })
}

/** The other side didn't take it; the outbox tries again. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused'
  readonly code: string
  constructor(code: string) {
    super(`the webhook answered ${code}`)
    this.code = code
  }
}

export interface WebhookSender {
  store: Pick<Store, 'webhooks' | 'webhookMessages'>
  ring: KeyRing
  clock: () => number
  fetch: GuardedFetch
}

/** Sends a message as Standard Webhooks says: 2xx is taken, 410 is no more, everything else is tried again. */
export async function sendToWebhook(
  services: WebhookSender,
  parcel: { webhook: string; message: string },
): Promise<void> {
  const { store, clock } = services
  const [webhook, message] = await Promise.all([
    store.webhooks.get(parcel.webhook),
    store.webhookMessages.get(parcel.message),
  ])
  if (message === undefined || webhook === undefined || webhook.removed === true || webhook.disabled === true)
    throw new Undeliverable('gone')
  const answer = await post(services, webhook, message).catch((error: Error) => error)
  const code = answer instanceof Error ? String((answer as NodeJS.ErrnoException).code ?? answer.name) : ''
  const status = answer instanceof Error ? code : String(answer.status)
  const taken = !(answer instanceof Error) && answer.status >= 200 && answer.status < 300
  await store.webhookMessages.update(message.id, (current) => [
    current && (taken ? { ...current, takenAt: clock() } : failed(current, status)),
    undefined,
  ])
  if (taken) return
  if (status === '410' || code === 'REFUSED_ADDRESS') throw new Undeliverable(status)
  throw answer instanceof Error ? answer : new WebhookRefused(status)
}

const failed = (current: WebhookMessage, lastAnswer: string): WebhookMessage => ({
  ...current,
  failures: current.failures + 1,
  lastAnswer,
})

async function post(
  { ring, clock, fetch }: WebhookSender,
  webhook: Webhook,
  { id, payload }: WebhookMessage,
): Promise<{ status: number }> {
  const timestamp = Math.floor(clock() / 1000)
  const signatures = keysNow(webhook, clock()).map((sealed) =>
    webhookSignature(ring.open(sealed, webhookKeyContext(webhook.id)), { id, timestamp, payload }),
  )
  return fetch(webhook.url, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatures.join(' '),
    },
    body: payload,
  })
}

export const webhookKeyContext = (webhook: string): string => `webhook|${webhook}`

/** @param key as receivers have it, `whsec_…`. */
export function webhookSignature(
  key: string,
  { id, timestamp, payload }: { id: string; timestamp: number; payload: string },
): string {
  const secret = Buffer.from(key.replace(/^whsec_/, ''), 'base64')
  const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.${payload}`).digest('base64')
  return `v1,${mac}`
}
