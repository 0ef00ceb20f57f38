import type { Context } from 'koa'
import {
  changeWebhook,
  pauseWebhook,
  removeWebhook,
  replayMessage,
  rollWebhookKey,
  testWebhook,
} from '../../organization/webhooks.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { type Webhook, webhookVersion } from '../../rules/webhook.ts'
import { askOnce } from '../http/ask-once.ts'
import { refusedForm } from '../http/form.ts'
import { seeOther } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { readWebhookForm } from './form.ts'
import { showWebhook, showWebhookKey, webhookPath } from './pages.ts'
import type { SentRoom } from './room.ts'

type Deed = (services: Services, ctx: Context, sent: SentRoom, webhook: Webhook) => Promise<void>

/** What a form of a webhook's page may ask for. */
export const deeds = {
  save,
  pause: paused(true),
  resume: paused(false),
  roll,
  test: async (services, ctx, sent, webhook) => {
    await testWebhook(services, webhook)
    seeOther(ctx, `${webhookPath(sent, webhook.id)}?said=webhook_sent`)
  },
  replay: async (services, ctx, sent, webhook) => {
    const message = await replayMessage(services, webhook.id, sent.fields.message ?? '')
    if (message === undefined) return showWebhook(services, ctx, sent, webhook, { key: 'not_possible' })
    seeOther(ctx, `${webhookPath(sent, webhook.id)}?said=webhook_sent`)
  },
  remove,
} as const satisfies { [name: string]: Deed }

export const isDeed = (name: string): name is keyof typeof deeds => Object.hasOwn(deeds, name)

/** Changes what was seen: if somebody else was first, what they said is shown instead. */
async function save(services: Services, ctx: Context, sent: SentRoom, webhook: Webhook): Promise<void> {
  const { fields, by } = sent
  const again = (key: MessageKey) => showWebhook(services, ctx, sent, webhook, refusedForm({ key }, fields))
  const read = readWebhookForm(fields)
  if (!read.ok) return again(read.refused)
  const seen = (current: Webhook) => webhookVersion(current) === fields.version
  const done = await changeWebhook(services, webhook.id, read.said, by, seen)
  if (done.ok) return seeOther(ctx, `${webhookPath(sent, webhook.id)}?said=webhook_saved`)
  if (done.reason === 'address_refused') return again('webhook_address')
  if (done.reason === 'unknown') throw new Problem(404, 'not_found')
  // On what is there now: whoever saves it again has read that they weren't the first.
  const typed = refusedForm({ key: 'webhook_stale' }, { ...fields, version: undefined })
  await showWebhook(services, ctx, sent, webhook, typed)
}

function paused(pause: boolean): Deed {
  return async (services, ctx, sent, { id }) => {
    const done = await pauseWebhook(services, id, pause, sent.by)
    if (!done.ok) throw new Problem(404, 'not_found')
    seeOther(ctx, `${webhookPath(sent, id)}?said=${pause ? 'webhook_paused' : 'webhook_resumed'}`)
  }
}

/** The new key is shown once; the one before signs as well for a day. */
async function roll(services: Services, ctx: Context, sent: SentRoom, { id }: Webhook): Promise<void> {
  const done = await rollWebhookKey(services, id, sent.by)
  if (!done.ok) throw new Problem(404, 'not_found')
  showWebhookKey(services, ctx, webhookPath(sent, id), { url: done.webhook.url, key: done.key })
}

async function remove(services: Services, ctx: Context, sent: SentRoom, { id, url }: Webhook): Promise<void> {
  const back = webhookPath(sent, id)
  if (askOnce(services, ctx, sent, { what: 'webhook_remove', back, values: { host: new URL(url).host } }))
    return
  const done = await removeWebhook(services, id, sent.by)
  if (!done.ok) throw new Problem(404, 'not_found')
  seeOther(ctx, `${sent.base}?said=webhook_removed`)
}
