import { z } from 'zod'
import {
  type AppChanged,
  changeApp,
  getApp,
  listApps,
  registerApp,
  removeApp,
  type ShownApp,
} from '../../organization/operator/apps.ts'
import { keysState, rotateKeys } from '../../organization/operator/keys.ts'
import { listOutbox, retryAll, retryParcel } from '../../organization/operator/outbox.ts'
import { cutTo } from '../../rules/paging.ts'
import { shownVersion } from '../../rules/version.ts'
import { pageQuery } from '../cursor.ts'
import { type Call, operation } from '../operation.ts'
import { ApiRefusal, carriedOut } from '../problems.ts'
import { isSeen } from '../version.ts'
import { appMetadata, membersOf, shownMembers, whole } from './app-metadata.ts'
import { apiMoment, isoOf } from './people.ts'
import { idSchema } from './reach.ts'

const appSchema = z
  .object({
    client_id: z.string(),
    client_name: z.string(),
    from: z.enum(['settings', 'store']).describe('What stands in the settings is changed there.'),
    ...z.object(shownMembers).partial().shape,
    redirect_uris: z.array(z.string()),
  })
  .meta({ id: 'App', description: 'A relying app, without its secret.' })

const ofApp = z.object({ client: idSchema })
const afterQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(300).optional(),
})
const parcel = z
  .object({
    id: z.string(),
    recipient: z.string(),
    tries: z.int(),
    createdAt: apiMoment,
    nextAt: apiMoment,
    lastError: z.string().optional(),
  })
  .meta({ id: 'Parcel', description: 'What is on its way out; never what is in it.' })

const apps = { tag: 'Apps', scope: 'clients.manage', operator: true } as const
const keys = { tag: 'Keys', scope: 'keys.manage', operator: true } as const
const outbox = { tag: 'Outbox', scope: 'outbox.manage', operator: true } as const

export const operatorOperations = [
  operation({
    ...{ id: 'listApps', method: 'get', path: '/clients', ...apps },
    summary: 'All apps',
    query: afterQuery,
    status: 200,
    answer: z.object({ items: z.array(appSchema), next: z.string().optional() }),
    handle: async ({ services, query }) => {
      const found = await listApps(services, query.cursor, query.limit + 1)
      const { shown, last } = cutTo(found, query.limit)
      return { body: { items: shown.map(shownApp), next: last?.id } }
    },
  }),
  operation({
    ...{ id: 'registerApp', method: 'post', path: '/clients', ...apps },
    summary: 'Register an app',
    says: 'People are always asked for consent. It proves itself by a key of its own, or is public.',
    body: appMetadata,
    status: 201,
    answer: appSchema,
    reasons: ['client_metadata'],
    handle: async ({ services, caller, body }) => {
      const wanted = { ...body, response_types: ['code'], require_consent: true }
      const done = await registerApp(services, { id: caller.actor }, wanted)
      if (!done.ok) throw appRefusal(done)
      const shown = shownApp((await getApp(services, done.id))!)
      return {
        body: shown,
        version: shownVersion(shown),
        location: `/clients/${encodeURIComponent(done.id)}`,
      }
    },
  }),
  operation({
    ...{ id: 'getApp', method: 'get', path: '/clients/{client}', ...apps },
    summary: 'One app',
    params: ofApp,
    status: 200,
    answer: appSchema,
    handle: async (call) => {
      const body = shownApp(await appOf(call))
      return { body, version: shownVersion(body) }
    },
  }),
  operation({
    ...{ id: 'changeApp', method: 'put', path: '/clients/{client}', ...apps },
    summary: 'Change an app that was registered by the API',
    says: 'What is left out is taken away.',
    params: ofApp,
    conditional: true,
    body: appMetadata,
    status: 200,
    answer: appSchema,
    reasons: ['client_metadata', 'not_possible', 'busy'],
    handle: async (call) => {
      const { id } = await changeableApp(call)
      const { services, caller, body } = call
      const wanted = { ...whole(body), require_consent: true }
      const done = await changeApp(services, { id: caller.actor }, id, wanted, seenBy(call))
      if (!done.ok) throw appRefusal(done)
      const shown = shownApp(await appOf(call))
      return { body: shown, version: shownVersion(shown) }
    },
  }),
  operation({
    ...{ id: 'removeApp', method: 'delete', path: '/clients/{client}', ...apps },
    summary: 'Forget an app that was registered by the API',
    params: ofApp,
    conditional: 'may',
    status: 204,
    reasons: ['not_possible', 'busy'],
    handle: async (call) => {
      const { id } = await changeableApp(call)
      const done = await removeApp(call.services, { id: call.caller.actor }, id, seenBy(call))
      if (!done.ok) throw appRefusal(done)
      return {}
    },
  }),
  operation({
    ...{ id: 'getKeys', method: 'get', path: '/keys', ...keys },
    summary: 'The keys that sign tokens, by their names',
    status: 200,
    answer: z
      .object({
        signing: z
          .array(z.object({ kid: z.string(), alg: z.string(), signsFrom: apiMoment, signs: z.boolean() }))
          .optional()
          .describe('Missing where the host signs with keys of its own.'),
        ring: z.array(z.string()).describe('Names of the key ring, the newest first.'),
      })
      .meta({ id: 'Keys' }),
    handle: async ({ services }) => {
      const { signing, ring } = keysState(services)
      return { body: { ring, signing: signing?.map((one) => ({ ...one, signsFrom: isoOf(one.signsFrom) })) } }
    },
  }),
  operation({
    ...{ id: 'rotateKeys', method: 'post', path: '/keys/rotate', ...keys },
    summary: 'Make new signing keys before their time',
    says: 'What the others have signed goes on to count, unless they are withdrawn.',
    query: z.object({
      withdraw: z
        .enum(['true', 'false'])
        .default('false')
        .describe('Whether what the others have signed counts no more.'),
    }),
    status: 204,
    reasons: ['host'],
    handle: async ({ services, caller, query }) => {
      carriedOut(await rotateKeys(services, { id: caller.actor }, query.withdraw === 'true'))
      return {}
    },
  }),
  operation({
    ...{ id: 'listOutbox', method: 'get', path: '/outbox', ...outbox },
    summary: 'What waits to be delivered, or was given up, the oldest first',
    query: pageQuery.extend({ state: z.enum(['queued', 'dead']).default('queued') }),
    status: 200,
    answer: z.object({ items: z.array(parcel), next: z.string().optional() }),
    handle: async ({ services, query }) => {
      const { state, limit, cursor } = query
      const found = await listOutbox(services, state, { after: cursor, limit: limit + 1 })
      const { shown, last } = cutTo(found, limit)
      return {
        body: {
          items: shown.map((one) => ({ ...one, createdAt: isoOf(one.createdAt), nextAt: isoOf(one.nextAt) })),
          next: last?.id,
        },
      }
    },
  }),
  operation({
    ...{ id: 'retryParcels', method: 'post', path: '/outbox/retry', ...outbox },
    summary: 'Try everything again that was given up, 500 at a time',
    status: 200,
    answer: z.object({ retried: z.int() }),
    handle: async ({ services, caller }) => ({
      body: { retried: await retryAll(services, { id: caller.actor }) },
    }),
  }),
  operation({
    ...{ id: 'retryParcel', method: 'post', path: '/outbox/{parcel}/retry', ...outbox },
    summary: 'Try again what was given up',
    params: z.object({ parcel: z.string().min(1).max(500) }),
    status: 204,
    handle: async ({ services, caller, params }) => {
      carriedOut(await retryParcel(services, { id: caller.actor }, params.parcel))
      return {}
    },
  }),
]

const seenBy =
  ({ ifMatch }: Pick<Call, 'ifMatch'>) =>
  (current: ShownApp): boolean =>
    isSeen(ifMatch, shownVersion(shownApp(current)))

async function appOf({ services, params }: Call<{ client: string }>): Promise<ShownApp> {
  const found = await getApp(services, params.client)
  if (found === undefined) throw new ApiRefusal('unknown')
  return found
}

/** An app of the settings, or one that the operator has tied to the API, isn't a program's to take over. */
async function changeableApp(call: Call<{ client: string }>): Promise<ShownApp> {
  const app = await appOf(call)
  const { organization, operator } = app.metadata
  if (app.from === 'settings' || organization !== undefined || operator !== undefined)
    throw new ApiRefusal('not_possible')
  return app
}

function appRefusal(done: AppChanged & { ok: false }): ApiRefusal {
  const { reason } = done
  if (reason === 'settings') return new ApiRefusal('not_possible')
  if (reason !== 'faults') return new ApiRefusal(reason)
  return new ApiRefusal('client_metadata', {
    errors: done.faults.map((message) => ({ path: 'body', message })),
  })
}

function shownApp({ id, name, from, metadata }: ShownApp): z.input<typeof appSchema> {
  const members = membersOf(metadata)
  const redirect_uris = members.redirect_uris ?? []
  return { client_id: id, client_name: name, from, ...members, redirect_uris }
}
