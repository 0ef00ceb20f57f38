import { createHash } from 'node:crypto'
import { type AuditEvent, auditEvents } from './audit/events.ts'
import type { Promising } from './effect.ts'
import { withEffects } from './effect.ts'
import { told } from './told.ts'

/** Where a system wants to be told what happens (Standard Webhooks). */
export interface Webhook extends Promising {
  id: string
  url: string
  description: string
  /** Events that are sent; all of them where there is none. */
  events: AuditEvent[]
  /** Whose events; everybody's where it is missing. */
  organization?: string | undefined
  /** Sealed keys that sign, the newest first; the one before goes on for a day. */
  keys: { sealed: string; until?: number | undefined }[]
  disabled?: true | undefined
  /** Gone with the last of its effects. */
  removed?: true | undefined
  createdAt: number
  /** 'all', so that an index lists them. */
  listed: 'all'
}

/** One message to one webhook, kept so that it can be sent again. */
export interface WebhookMessage {
  id: string
  webhook: string
  event: AuditEvent | typeof testEvent
  at: number
  /** JSON text, as it is signed. */
  payload: string
  /** When the other side has taken it. */
  takenAt?: number
  /** Tries that failed, and what was answered to the last one. */
  failures: number
  lastAnswer?: string
  /** How often it was asked to be sent again. */
  replays: number
  expiresAt: number
}

export const testEvent = 'webhook.test'

const areas = ['recovery', 'account', 'membership', 'invitation', 'policy', 'organization']
/** What may mean that somebody is at a person's sign-in. */
const alarms: readonly AuditEvent[] = [
  'sign_in.disavowed',
  'prompt.refused',
  'backup_code.used',
  'factor.added',
  'factor.removed',
  'password.reset',
]

/** What is told: cases, people, memberships, policies, alarms of sign-ins. Names are those of the audit log. */
export const webhookEvents: readonly AuditEvent[] = (Object.keys(auditEvents) as AuditEvent[]).filter(
  (event) => areas.includes(event.split('.')[0]!) || alarms.includes(event),
)

export const mostKeys = 2
/** The key before goes on signing for so long, in milliseconds. */
const keyOverlap = 86_400_000

export function wants({ events, disabled, removed }: Webhook, event: AuditEvent): boolean {
  return disabled !== true && removed !== true && (events.length === 0 || events.includes(event))
}

/** By whom; `id` makes the effects recognizable. */
export interface WebhookBy {
  id: string
  by: string
  at: number
}

export function withNewKey(current: Webhook, sealed: string, about: WebhookBy): Webhook {
  const [before] = current.keys
  const kept = before === undefined ? [] : [{ ...before, until: about.at + keyOverlap }]
  return webhookTold({ ...current, keys: [{ sealed }, ...kept].slice(0, mostKeys) }, 'webhook.changed', about)
}

export const keysNow = ({ keys }: Webhook, now: number): string[] =>
  keys.filter(({ until }) => until === undefined || until > now).map(({ sealed }) => sealed)

export function webhookTold(
  current: Webhook,
  event: 'webhook.created' | 'webhook.changed' | 'webhook.removed',
  { id, by }: WebhookBy,
): Webhook {
  const detail = { webhook: current.id, organization: current.organization }
  return withEffects(current, told({ actor: by }, { id, event, detail }))
}

/** Names what was said of a webhook, so that a form changes what it was filled in for. */
export const webhookVersion = ({ url, description, events }: Webhook): string =>
  createHash('sha256')
    .update(JSON.stringify([url, description, events]))
    .digest('base64url')

/** It is gone with the last of what was promised. */
export const webhookEnding = (one: Webhook): Webhook | undefined => (one.removed === true ? undefined : one)
