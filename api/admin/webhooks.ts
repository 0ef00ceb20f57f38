import { z } from 'zod'
import { messageState } from '../../organization/webhook-lists.ts'
import {
  changeWebhook,
  createWebhook,
  removeWebhook,
  replayMessage,
  rollWebhookKey,
  testWebhook,
} from '../../organization/webhooks.ts'
import type { AuditEvent } from '../../rules/audit/events.ts'
import { shownVersion } from '../../rules/version.ts'
import { testEvent, type Webhook, type WebhookMessage, webhookEvents } from '../../rules/webhook.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { type Call, operation } from '../operation.ts'
import { ApiRefusal, carriedOut } from '../problems.ts'
import { isSeen } from '../version.ts'
import { apiMoment, isoOf } from './people.ts'
import { idSchema, plainText, reaches } from './reach.ts'

const tag = 'Webhooks'
const scope = 'webhooks.manage'

const event = z.enum(webhookEvents as [AuditEvent, ...AuditEvent[]])
const changeable = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .describe('An https address. Private networks are refused.'),
  description: plainText(200).optional(),
  events: z.array(event).max(100).default([]).describe('What it is sent; everything where there is none.'),
  enabled: z.boolean().default(true),
})
const created = changeable.extend({
  organization: idSchema
    .optional()
    .describe('Whose events; the operator’s programs may leave it out for all.'),
})

const webhookSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string(),
    events: z.array(event),
    enabled: z.boolean(),
    organization: z.string().optional(),
    createdAt: apiMoment,
    key: z
      .string()
      .optional()
      .describe(
        '`whsec_…`, which signs what is sent (Standard Webhooks): told when it is made, and never again.',
      ),
  })
  .meta({ id: 'Webhook', description: 'Where a system is told what happens.' })

const messageSchema = z
  .object({
    id: z.string().describe('`webhook-id` of the request.'),
    event: z.union([event, z.literal(testEvent)]),
    at: apiMoment,
    state: z.enum(['waiting', 'taken', 'dead']),
    takenAt: apiMoment.optional(),
    failures: z.int(),
    lastAnswer: z.string().optional().describe('A status, or why there was no answer.'),
    replays: z.int(),
  })
  .meta({ id: 'WebhookMessage' })

const ofWebhook = z.object({ webhook: idSchema })
const ofMessage = ofWebhook.extend({ message: idSchema })
const one = '/webhooks/{webhook}'

export const webhookOperations = [
  operation({
    ...{ id: 'listWebhooks', method: 'get', path: '/webhooks', tag, scope },
    summary: 'The webhooks that the token may look after',
    query: pageQuery.extend({ organization: idSchema.optional() }),
    status: 200,
    answer: pageOf(webhookSchema),
    reasons: ['unknown'],
    handle: list,
  }),
  operation({
    ...{ id: 'createWebhook', method: 'post', path: '/webhooks', tag, scope },
    summary: 'Be told what happens',
    body: created,
    status: 201,
    answer: webhookSchema,
    reasons: ['unknown', 'address_refused'],
    handle: create,
  }),
  operation({
    ...{ id: 'getWebhook', method: 'get', path: one, tag, scope },
    summary: 'One webhook',
    params: ofWebhook,
    status: 200,
    answer: webhookSchema,
    handle: async (call) => answered(await webhookOf(call)),
  }),
  operation({
    ...{ id: 'changeWebhook', method: 'put', path: one, tag, scope },
    summary: 'Change a webhook',
    params: ofWebhook,
    conditional: true,
    body: changeable,
    status: 200,
    answer: webhookSchema,
    reasons: ['address_refused'],
    handle: change,
  }),
  operation({
    ...{ id: 'removeWebhook', method: 'delete', path: one, tag, scope },
    summary: 'Remove a webhook',
    params: ofWebhook,
    conditional: 'may',
    status: 204,
    handle: async (call) => {
      const { id } = await webhookOf(call)
      carriedOut(await removeWebhook(call.services, id, call.caller.actor, seenBy(call)))
      return {}
    },
  }),
  operation({
    ...{ id: 'rollWebhookKey', method: 'post', path: `${one}/roll_key`, tag, scope },
    summary: 'Give a webhook a new key',
    says: 'The one before signs as well for a day.',
    params: ofWebhook,
    status: 200,
    answer: webhookSchema,
    handle: async (call) => {
      const { id } = await webhookOf(call)
      const done = await rollWebhookKey(call.services, id, call.caller.actor)
      carriedOut(done)
      return answered(done.webhook, done.key)
    },
  }),
  operation({
    ...{ id: 'testWebhook', method: 'post', path: `${one}/test`, tag, scope },
    summary: 'Send a webhook a message that means nothing',
    params: ofWebhook,
    status: 202,
    answer: messageSchema,
    handle: async (call) => ({
      body: await shownMessage(call, await testWebhook(call.services, await webhookOf(call))),
    }),
  }),
  operation({
    ...{ id: 'listWebhookMessages', method: 'get', path: `${one}/messages`, tag, scope },
    summary: 'What a webhook was sent in the last 30 days, the newest first',
    params: ofWebhook,
    query: pageQuery,
    status: 200,
    answer: pageOf(messageSchema),
    handle: messages,
  }),
  operation({
    ...{ id: 'replayWebhookMessage', method: 'post', path: `${one}/messages/{message}/replay`, tag, scope },
    summary: 'Send a message again, taken or given up',
    params: ofMessage,
    status: 202,
    answer: messageSchema,
    handle: async (call) => {
      const { id } = await webhookOf(call)
      const message = await replayMessage(call.services, id, call.params.message)
      if (message === undefined) throw new ApiRefusal('unknown')
      return { body: await shownMessage(call, message) }
    },
  }),
]

/** A webhook of an organization that the caller acts for; those of everybody are the operator's. */
async function webhookOf({ services, caller, params }: Call<{ webhook: string }>): Promise<Webhook> {
  const found = await services.store.webhooks.get(params.webhook)
  if (found === undefined || found.removed === true || !(await mayTend(services, caller, found.organization)))
    throw new ApiRefusal('unknown')
  return found
}

const mayTend = async (
  services: Call['services'],
  caller: Call['caller'],
  organization: string | undefined,
): Promise<boolean> =>
  organization === undefined ? caller.everywhere : reaches(services, caller, organization)

async function list({
  services,
  caller,
  query,
}: Call<object, z.output<typeof pageQuery> & { organization?: string | undefined }>) {
  const { limit, cursor } = query
  const organization = query.organization ?? caller.bound
  if (!(await mayTend(services, caller, organization))) throw new ApiRefusal('unknown')
  const after = readCursor<Webhook>(cursor, 'createdAt')
  const { webhooks } = services.store
  const found =
    organization === undefined
      ? await webhooks.find('all', 'all', { limit: limit + 1, after })
      : await webhooks.find('organization', organization, { limit: limit + 1, after })
  const { shown, next } = cut(found, limit, 'createdAt')
  return {
    body: { items: shown.filter(({ removed }) => removed !== true).map((it) => shownWebhook(it)), next },
  }
}

async function create({ services, caller, body }: Call<object, object, z.output<typeof created>>) {
  const organization = body.organization ?? caller.bound
  if (!(await mayTend(services, caller, organization))) throw new ApiRefusal('unknown')
  if (organization !== undefined && (await services.store.organizations.get(organization)) === undefined)
    throw new ApiRefusal('unknown')
  const done = await createWebhook(services, { ...saidIn(body), organization }, caller.actor)
  carriedOut(done)
  return { ...answered(done.webhook, done.key), location: `/webhooks/${done.webhook.id}` }
}

async function change(call: Call<{ webhook: string }, object, z.output<typeof changeable>>) {
  const { id } = await webhookOf(call)
  const { services, caller, body } = call
  const done = await changeWebhook(services, id, saidIn(body), caller.actor, seenBy(call))
  carriedOut(done)
  return answered(done.webhook)
}

const seenBy =
  ({ ifMatch }: Pick<Call, 'ifMatch'>) =>
  (current: Webhook): boolean =>
    isSeen(ifMatch, versionNow(current))

const saidIn = ({ url, description = '', events, enabled }: z.output<typeof changeable>) => ({
  ...{ url, description, events },
  disabled: enabled ? undefined : (true as const),
})

const versionNow = (webhook: Webhook): string => shownVersion(shownWebhook(webhook))

const answered = (webhook: Webhook, key?: string) => ({
  body: { ...shownWebhook(webhook), key },
  version: versionNow(webhook),
})

const shownWebhook = (webhook: Webhook): z.input<typeof webhookSchema> => {
  const { id, url, description, events, organization, createdAt, disabled } = webhook
  return {
    ...{ id, url, description, events, organization },
    enabled: disabled !== true,
    createdAt: isoOf(createdAt),
  }
}

async function messages(call: Call<{ webhook: string }, z.output<typeof pageQuery>>) {
  const { id } = await webhookOf(call)
  const { limit, cursor } = call.query
  const after = readCursor<WebhookMessage>(cursor, 'at')
  const page = { limit: limit + 1, after, backwards: true as const }
  const found = await call.services.store.webhookMessages.find('webhook', id, page)
  const { shown, next } = cut(found, limit, 'at')
  return { body: { items: await Promise.all(shown.map((message) => shownMessage(call, message))), next } }
}

async function shownMessage(
  { services }: Call,
  message: WebhookMessage,
): Promise<z.input<typeof messageSchema>> {
  const { id, event: type, at, takenAt, failures, lastAnswer, replays } = message
  const state = await messageState(services, message)
  return {
    ...{ id, event: type, failures, lastAnswer, replays, state },
    at: isoOf(at),
    takenAt: takenAt === undefined ? undefined : isoOf(takenAt),
  }
}
