import { z } from 'zod'
import type { WebhookSaid } from '../../organization/webhooks.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { webhookEvents } from '../../rules/webhook.ts'
import type { Fields } from '../http/form.ts'

const typed = z.object({
  url: z
    .string()
    .trim()
    .pipe(z.url({ protocol: /^https?$/ }).max(2000)),
  description: z.string().trim().max(200).default(''),
  which: z.enum(['all', 'chosen']),
})
const refusals = {
  url: 'webhook_address',
  description: 'webhook_description',
  which: 'webhook_events',
} as const

type Read =
  | { ok: true; said: Pick<WebhookSaid, 'url' | 'description' | 'events'> }
  | { ok: false; refused: MessageKey }

/** What the form says. Nobody gets everything by choosing nothing. */
export function readWebhookForm(fields: Fields): Read {
  const read = typed.safeParse(fields)
  if (!read.success) return refused(refusals[read.error.issues[0]?.path[0] as keyof typeof refusals])
  const { url, description, which } = read.data
  const chosen = webhookEvents.filter((event) => fields[fieldOf(event)] === 'yes')
  if (which === 'chosen' && chosen.length === 0) return refused('webhook_events')
  return { ok: true, said: { url, description, events: which === 'all' ? [] : chosen } }
}

/** A dot in the name of a field would be read as an object's member. */
const fieldOf = (event: string): string => `event_${event.replaceAll('.', '-')}`

const refused = (key: MessageKey): Read => ({ ok: false, refused: key })
