import type Router from '@koa/router'
import type { Context } from 'koa'
import { webhookFor } from '../../organization/webhook-lists.ts'
import { createWebhook } from '../../organization/webhooks.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Webhook } from '../../rules/webhook.ts'
import { keptForm } from '../console/kept-form.ts'
import { formBody, refusedForm } from '../http/form.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { deeds, isDeed } from './deeds.ts'
import { readWebhookForm } from './form.ts'
import { showNewWebhook, showWebhook, showWebhookKey, showWebhooks, webhookPath } from './pages.ts'
import type { SentRoom, WebhookDoor, WebhookRoom } from './room.ts'

/** Pages that look after webhooks, below a path, for whoever a door lets in. */
export function webhookRoutes(router: Router, path: string, services: Services, door: WebhookDoor): void {
  router.get(path, async (ctx) => {
    const room = await door.looking(ctx)
    if (room !== undefined) await showWebhooks(services, ctx, room, saidOnWebhooks(ctx))
  })
  router.get(`${path}/new`, async (ctx) => {
    const room = await door.looking(ctx)
    if (room !== undefined) showNewWebhook(services, ctx, room, keptForm(services, ctx, room.session))
  })
  router.post(`${path}/new`, formBody, async (ctx) => {
    const sent = await door.changing(ctx)
    if (sent !== undefined) await add(services, ctx, sent)
  })
  router.get(`${path}/:webhook`, async (ctx) => {
    const room = await door.looking(ctx)
    if (room === undefined) return
    const message = keptForm(services, ctx, room.session) ?? saidOnWebhooks(ctx)
    await showWebhook(services, ctx, room, await webhookAt(services, ctx, room), message)
  })
  router.post(`${path}/:webhook`, formBody, async (ctx) => {
    const sent = await door.changing(ctx)
    if (sent !== undefined) await act(services, ctx, sent)
  })
}

/** POST: url, description, which=all | chosen, event_<event>=yes (with - for the dot). */
async function add(services: Services, ctx: Context, sent: SentRoom): Promise<void> {
  const { fields, by, organization } = sent
  if (sent.refused) return showNewWebhook(services, ctx, sent, refusedForm(sent.refused, fields))
  const read = readWebhookForm(fields)
  if (!read.ok) return showNewWebhook(services, ctx, sent, refusedForm({ key: read.refused }, fields))
  const made = await createWebhook(services, { ...read.said, organization: organization?.id }, by)
  if (!made.ok) return showNewWebhook(services, ctx, sent, refusedForm({ key: 'webhook_address' }, fields))
  const { id, url } = made.webhook
  showWebhookKey(services, ctx, webhookPath(sent, id), { url, key: made.key })
}

/** POST: do=save (the fields of the form, version) | pause | resume | roll | test | replay (message) | remove (sure). */
async function act(services: Services, ctx: Context, sent: SentRoom): Promise<void> {
  const webhook = await webhookAt(services, ctx, sent)
  const { fields, refused } = sent
  const { do: deed = '' } = fields
  const typed = deed === 'save' ? fields : undefined
  if (refused) return showWebhook(services, ctx, sent, webhook, typed ? refusedForm(refused, typed) : refused)
  if (!isDeed(deed)) return showWebhook(services, ctx, sent, webhook, { key: 'unknown' })
  await deeds[deed](services, ctx, sent, webhook)
}

async function webhookAt(services: Services, ctx: Context, room: WebhookRoom): Promise<Webhook> {
  const found = await webhookFor(services, String(ctx.params.webhook), room.organization?.id)
  if (found === undefined) throw new Problem(404, 'not_found')
  return found
}

/** What is said after a change that was done; whatever else stands in the address says nothing. */
const done = [
  'webhook_saved',
  'webhook_paused',
  'webhook_resumed',
  'webhook_sent',
  'webhook_removed',
] as const

function saidOnWebhooks({ query }: Context): PageMessage | undefined {
  const said = done.find((key) => key === query.said)
  return said && { key: said }
}
