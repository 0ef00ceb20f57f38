import type { Context } from 'koa'
import { listWebhooks, messageState, webhookMessagesOf } from '../../organization/webhook-lists.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { type Webhook, type WebhookMessage, webhookEvents, webhookVersion } from '../../rules/webhook.ts'
import type { Pages } from '../../views/pages.ts'
import { formLocals } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import type { WebhookRoom } from './room.ts'

const webhooksShown = 50
const messagesShown = 25

export const webhookPath = ({ base }: WebhookRoom, id: string): string => `${base}/${encodeURIComponent(id)}`

export async function showWebhooks(
  services: Services,
  ctx: Context,
  room: WebhookRoom,
  message?: PageMessage,
): Promise<void> {
  const { base, back, organization } = room
  const page = { after: afterIn(ctx), limit: webhooksShown }
  const { items, next } = await listWebhooks(services, organization?.id, page)
  const shown = services.views.page('webhooks', localeOf(ctx), {
    ...{ base, back, message, next, organization: organization?.name },
    webhooks: items.map(({ id, url, description, events, disabled, organization: of }) => ({
      ...{ id, url, description, of, events: events.length, paused: disabled === true },
    })),
  })
  showPage(ctx, shown)
}

/** A form for a new one. */
export function showNewWebhook(
  services: Services,
  ctx: Context,
  room: WebhookRoom,
  message?: PageMessage,
): void {
  const page = services.views.page('webhook', localeOf(ctx), {
    ...formLocals(`${room.base}/new`, room.session.form, message),
    ...whereOf(room),
    values: { url: '', description: '', version: '', chosen: [] },
    messages: [],
  })
  showPage(ctx, page)
}

/** One webhook: what it is told, and what it was told lately. */
export async function showWebhook(
  services: Services,
  ctx: Context,
  room: WebhookRoom,
  webhook: Webhook,
  message?: PageMessage,
): Promise<void> {
  const found = await webhookMessagesOf(services, webhook.id, { after: afterIn(ctx), limit: messagesShown })
  const { url, description, events } = webhook
  const page = services.views.page('webhook', localeOf(ctx), {
    ...formLocals(webhookPath(room, webhook.id), room.session.form, message),
    ...whereOf(room),
    outcome: 'there',
    paused: webhook.disabled === true,
    values: { url, description, version: webhookVersion(webhook), chosen: events },
    messages: await Promise.all(found.items.map((one) => shownMessage(services, one))),
    next: found.next,
  })
  showPage(ctx, page)
}

/** A key, which is shown here and nowhere else. */
export function showWebhookKey(
  services: Services,
  ctx: Context,
  back: string,
  made: { url: string; key: string },
): void {
  showPage(ctx, services.views.page('webhook_key', localeOf(ctx), { ...made, back }))
}

const whereOf = ({ base, back, organization }: WebhookRoom) => ({
  list: base,
  back,
  organization: organization?.name,
  events: webhookEvents,
})

async function shownMessage(
  services: Services,
  message: WebhookMessage,
): Promise<Pages['webhook']['messages'][number]> {
  const { id, event, at, failures, lastAnswer } = message
  return { id, event, at, failures, lastAnswer, state: await messageState(services, message) }
}

const afterIn = ({ query }: Context): string | undefined =>
  typeof query.after === 'string' && query.after !== '' ? query.after.slice(0, 200) : undefined
