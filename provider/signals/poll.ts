import type { Context } from 'koa'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Signal } from '../../adapters/store/documents.ts'
import { pollMethod, type Stream } from '../../rules/stream.ts'
import { readBody } from './body.ts'
import { notFound } from './fault.ts'
import { nextSignals, settleSignal } from './queue.ts'
import { receiverOf } from './receiver.ts'
import type { SignSet } from './sets.ts'
import { ownStream, type StreamServices, touch } from './streams.ts'

export interface PollServices extends StreamServices {
  log: Logger
  sign: SignSet
}

const jti = z.string().min(1).max(256)

/** RFC 8936 §2.2 and §2.4. */
const request = z.object({
  maxEvents: z.int().min(0).optional(),
  returnImmediately: z.boolean().default(false),
  ack: z.array(jti).max(1000).default([]),
  setErrs: z
    .record(jti, z.object({ err: z.string().max(64), description: z.string().max(2000).optional() }))
    .default({}),
})

/** One answer holds no more, whatever is asked for. */
const mostEvents = 100
/** Milliseconds between looks for what another process has put on the stream. */
const look = 1_000

/**
 * POST: takes what the receiver acknowledges, and answers what waits, oldest first. What isn't acknowledged comes again
 * (RFC 8936 §2). Without `returnImmediately` the answer waits for something to say, for a bounded time.
 */
export async function poll(services: PollServices, ctx: Context): Promise<void> {
  const client = await receiverOf(services, ctx, 'ssf.manage', 'ssf.read')
  const stream = await ownStream(services, client, ctx.params.stream)
  if (stream.delivery.method !== pollMethod) throw notFound()
  const asked = readBody(ctx, request)
  await touch(services, stream)
  await settle(services, stream.id, asked)
  const most = Math.min(asked.maxEvents ?? mostEvents, mostEvents)
  const patient = !asked.returnImmediately && most > 0
  const waiting = await nextFor(services, ctx, stream, most + 1, patient)
  const sets: { [jti: string]: string } = {}
  for (const { id, claims } of waiting.slice(0, most)) sets[id] = await services.sign(claims)
  ctx.body = waiting.length > most ? { sets, moreAvailable: true } : { sets }
}

async function settle(
  { store, log }: PollServices,
  stream: string,
  { ack, setErrs }: z.output<typeof request>,
): Promise<void> {
  for (const id of ack) await settleSignal(store, stream, id)
  for (const [id, { err, description }] of Object.entries(setErrs)) {
    const why = description === undefined ? err : `${err}: ${description.slice(0, 200)}`
    if (await settleSignal(store, stream, id, why))
      log.warn({ stream, signal: id, why }, 'a receiver refused a security event')
  }
}

/** What waits, or what comes while the receiver does. The stream may be paused or removed meanwhile. */
async function nextFor(
  { store, arrivals, config, clock }: PollServices,
  ctx: Context,
  { id }: Stream,
  limit: number,
  patient: boolean,
): Promise<Signal[]> {
  const gone = new AbortController()
  ctx.res.once('close', () => gone.abort())
  const until = clock() + config.signals.pollSeconds * 1000
  for (;;) {
    // Asked for before looking, or what arrives in between would be missed until the next look.
    const arrival = arrivals.next(id, patient ? look : 0, gone.signal)
    const stream = await store.streams.get(id)
    const waiting = stream === undefined ? [] : await nextSignals(store, stream, limit)
    if (waiting.length > 0 || stream === undefined || !patient || clock() >= until) return waiting
    if (!(await arrival)) return []
  }
}
