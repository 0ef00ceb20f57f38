import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { z } from 'zod'
import { streamEventTypes } from '../../rules/signals.ts'
import { type Stream, verifiableFrom } from '../../rules/stream.ts'
import { readBody, streamId } from './body.ts'
import { Fault, invalid, notFound } from './fault.ts'
import { enqueue, wakePush } from './queue.ts'
import { receiverOf } from './receiver.ts'
import { ownStream, type StreamServices } from './streams.ts'

const asked = z.object({ stream_id: streamId, state: z.string().max(2048).optional() })

/** POST: an event that says back what the receiver says, over the stream itself (SSF 1.0 §8.1.4.2). */
export async function verifyStream(services: StreamServices, ctx: Context): Promise<void> {
  const client = await receiverOf(services, ctx, 'ssf.manage')
  const { stream_id: id, state } = readBody(ctx, asked)
  if ((await ownStream(services, client, id)).status === 'disabled') throw invalid('the stream is disabled')
  const stream = await take(services, id)
  const cause = `verification:${randomUUID()}`
  const event = { type: streamEventTypes.verification, claims: state === undefined ? {} : { state } }
  await enqueue(services, stream, { cause, event, subject: { format: 'opaque', id } })
  await wakePush(services, stream, cause)
  ctx.status = 204
}

/** Counts the request against min_verification_interval. Throws Fault 429 when it comes too soon. */
async function take({ store, clock, config }: StreamServices, id: string): Promise<Stream> {
  const now = clock()
  const interval = config.signals.verificationSeconds * 1000
  const outcome = await store.streams.update(
    id,
    (current): [Stream | undefined, Stream | number | undefined] => {
      if (current === undefined) return [current, undefined]
      const from = verifiableFrom(current, interval, now)
      if (from !== undefined) return [current, from]
      const next = { ...current, verifiedAt: now, activeAt: now }
      return [next, next]
    },
  )
  if (outcome === undefined) throw notFound()
  if (typeof outcome !== 'number') return outcome
  throw new Fault(429, 'too_many_requests', 'within min_verification_interval', {
    'Retry-After': String(Math.ceil((outcome - now) / 1000)),
  })
}
