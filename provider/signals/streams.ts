import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { z } from 'zod'
import { endpointFault } from '../../adapters/guarded-fetch.ts'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import { Conflict } from '../../adapters/store/port.ts'
import type { Store } from '../../adapters/store/store.ts'
import { defined } from '../../rules/defined.ts'
import { eventsSupported } from '../../rules/signals.ts'
import {
  deliveredEvents,
  pollMethod,
  pushMethod,
  replaced,
  type Stream,
  type StreamDelivery,
  updated,
  type Wishes,
} from '../../rules/stream.ts'
import type { AcrNames } from '../acr-names.ts'
import { queriedStream, readBody, streamId } from './body.ts'
import { Fault, invalid, notFound } from './fault.ts'
import { pollEndpoint } from './metadata.ts'
import { type QueueServices, wakePush } from './queue.ts'
import { receiverOf } from './receiver.ts'

export interface StreamServices extends QueueServices {
  ring: KeyRing
  /** Derives the `sub` of apps with pairwise subjects. */
  pairwiseSecret: string
  /** What this installation calls its levels of assurance. */
  acrNames: AcrNames
}

const delivery = z.discriminatedUnion('method', [
  z.object({
    method: z.literal(pushMethod),
    endpoint_url: z.string().max(2048),
    authorization_header: z
      .string()
      .max(4096)
      .regex(/^[\t\x20-\x7e]*$/, 'not a header value')
      .optional(),
  }),
  z.object({ method: z.literal(pollMethod), endpoint_url: z.string().max(2048).optional() }),
])

const wished = {
  delivery: delivery.optional(),
  events_requested: z.array(z.string().min(1).max(256)).max(100).optional(),
  description: z.string().max(500).optional(),
}
/** Members of ours that a receiver may send back, if they are as they were (SSF 1.0 §8.1.1.3). */
const created = z.object(wished).loose()
const changed = z.object({ stream_id: streamId, ...wished }).loose()

type Body = z.output<typeof created>

/** POST: a stream for a receiver that has none (SSF 1.0 §8.1.1.1). */
export async function createStream(services: StreamServices, ctx: Context): Promise<void> {
  const client = await receiverOf(services, ctx, 'ssf.manage')
  const body = readBody(ctx, created)
  const id = randomUUID()
  const now = services.clock()
  const stream: Stream = {
    id,
    client,
    listed: 'all',
    status: 'enabled',
    ...wishesOf(services, id, body),
    createdAt: now,
    activeAt: now,
  }
  try {
    await services.store.streams.insert(stream)
  } catch (error) {
    if (error instanceof Conflict) throw new Fault(409, 'conflict', 'this receiver has a stream already')
    throw error
  }
  ctx.status = 201
  ctx.body = configurationOf(services, stream)
}

/** GET: one stream by its id, or all of the receiver's (§8.1.1.2). */
export async function readStream(services: StreamServices, ctx: Context): Promise<void> {
  const client = await receiverOf(services, ctx, 'ssf.manage', 'ssf.read')
  const id = queriedStream(ctx)
  const own = await services.store.streams.find('client', client)
  if (id === undefined) {
    ctx.body = own.map((stream) => configurationOf(services, stream))
    return
  }
  const stream = await ownStream(services, client, id)
  await touch(services, stream)
  ctx.body = configurationOf(services, stream)
}

/** PATCH: what is left out stays (§8.1.1.3). */
export const updateStream = (services: StreamServices, ctx: Context): Promise<void> =>
  change(services, ctx, (stream, body) => updated(stream, statedWishes(services, stream.id, body)))

/** PUT: what is left out is gone (§8.1.1.4). */
export const replaceStream = (services: StreamServices, ctx: Context): Promise<void> =>
  change(services, ctx, (stream, body) => replaced(stream, wishesOf(services, stream.id, body)))

async function change(
  services: StreamServices,
  ctx: Context,
  apply: (stream: Stream, body: Body) => Stream,
): Promise<void> {
  const client = await receiverOf(services, ctx, 'ssf.manage')
  const body = readBody(ctx, changed)
  const now = services.clock()
  checkOurs(services, await ownStream(services, client, body.stream_id), body)
  const next = await services.store.streams.update(body.stream_id, (current) => {
    const after = current?.client === client ? { ...apply(current, body), activeAt: now } : undefined
    return [after ?? current, after]
  })
  if (next === undefined) throw notFound()
  // What waited to be polled is pushed from now on.
  await wakePush(services, next, `changed:${randomUUID()}`)
  ctx.body = configurationOf(services, next)
}

/** DELETE: the stream and all that waits on it (§8.1.1.5). */
export async function deleteStream(services: StreamServices, ctx: Context): Promise<void> {
  const client = await receiverOf(services, ctx, 'ssf.manage')
  const { id } = await ownStream(services, client, queriedStream(ctx))
  const { streams, signals, unsubscribed } = services.store
  await streams.remove(id)
  await signals.removeBy('stream', id)
  await unsubscribed.removeBy('stream', id)
  services.arrivals.tell(id)
  ctx.status = 204
}

/** The stream, if it is the receiver's: another's is as good as none. */
export async function ownStream(
  { store }: Pick<QueueServices, 'store'>,
  client: string,
  id: string | undefined,
): Promise<Stream> {
  if (id === undefined) throw invalid('stream_id: missing')
  const stream = await store.streams.get(id)
  if (stream?.client !== client) throw notFound()
  return stream
}

/** Milliseconds. Being active is written down once an hour. */
const activeFor = 3_600_000

/** The receiver has shown itself (SSF 1.0 §8.1.1, inactivity_timeout). */
export async function touch(
  { store, clock }: { store: Store; clock: () => number },
  stream: Stream,
): Promise<void> {
  const now = clock()
  if (now - stream.activeAt < activeFor) return
  await store.streams.update(stream.id, (current) => [current && { ...current, activeAt: now }, undefined])
}

/** What a stream is, as its receiver sees it (§8.1.1). The header of its pushes is a secret, and never shown. */
export function configurationOf({ config }: Pick<QueueServices, 'config'>, stream: Stream) {
  const { id, client, requested, description } = stream
  const polled = stream.delivery.method === pollMethod
  const url = stream.delivery.method === pushMethod ? stream.delivery.url : pollEndpoint(config, id)
  return {
    stream_id: id,
    iss: config.issuer,
    aud: client,
    events_supported: [...eventsSupported],
    events_requested: requested,
    events_delivered: deliveredEvents(stream),
    delivery: { method: stream.delivery.method, endpoint_url: url },
    min_verification_interval: config.signals.verificationSeconds,
    inactivity_timeout: polled ? config.signals.inactiveDays * 86_400 : undefined,
    description,
  }
}

/** Whoever reads, changes and writes back sends our own members along; they must be what we said (§8.1.1.3). */
function checkOurs(services: StreamServices, stream: Stream, body: Body): void {
  const { delivery: _d, events_requested: _e, description: _t, ...ours } = configurationOf(services, stream)
  for (const [name, value] of Object.entries(ours)) {
    if (body[name] !== undefined && canonical(body[name]) !== canonical(value))
      throw invalid(`${name}: not as the transmitter set it`)
  }
}

const canonical = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) ? [...value].map(String).sort() : value)

function wishesOf(services: StreamServices, id: string, body: Body): Wishes {
  return { delivery: { method: pollMethod }, ...statedWishes(services, id, body) }
}

// Spread over what the stream has: what isn't stated must not be there.
function statedWishes(services: StreamServices, id: string, body: Body): Partial<Wishes> {
  const { delivery, events_requested: requested, description } = body
  return defined({ delivery: delivery && deliveryOf(services, id, delivery), requested, description })
}

function deliveryOf(services: StreamServices, id: string, wished: z.output<typeof delivery>): StreamDelivery {
  if (wished.method === pollMethod) return { method: pollMethod }
  const { endpoint_url: url, authorization_header: header } = wished
  const fault = endpointFault(url, services.config.fetchHosts)
  if (fault !== undefined) throw invalid(`delivery.endpoint_url: ${fault}`)
  const kept = header ? services.ring.seal(header, authorizationContext(id)) : header
  return { method: pushMethod, url, authorization: kept }
}

/** What the header of a stream's pushes is sealed for. */
export const authorizationContext = (stream: string): string => `stream:${stream}`
