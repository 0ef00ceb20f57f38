import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { z } from 'zod'
import { streamEventTypes } from '../../rules/signals.ts'
import { type Stream, type StreamStatus, withStatus } from '../../rules/stream.ts'
import { queriedStream, readBody, streamId } from './body.ts'
import { notFound } from './fault.ts'
import { enqueue, type QueueServices, wakePush } from './queue.ts'
import { receiverOf } from './receiver.ts'
import { ownStream, type StreamServices, touch } from './streams.ts'

const wanted = z.object({
  stream_id: streamId,
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: z.string().max(500).optional(),
})

/** GET (SSF 1.0 §8.1.2.1). */
export async function readStatus(services: StreamServices, ctx: Context): Promise<void> {
  const client = await receiverOf(services, ctx, 'ssf.manage', 'ssf.read')
  const stream = await ownStream(services, client, queriedStream(ctx))
  await touch(services, stream)
  ctx.body = statusOf(stream)
}

/** POST: paused keeps what happens, disabled doesn't (§8.1.2.2). */
export async function changeStatus(services: StreamServices, ctx: Context): Promise<void> {
  const client = await receiverOf(services, ctx, 'ssf.manage')
  const { stream_id: id, status, reason } = readBody(ctx, wanted)
  await ownStream(services, client, id)
  const stream = await write(services, id, status, reason)
  if (stream === undefined) throw notFound()
  ctx.body = statusOf(stream)
}

/** A change by the transmitter itself, of which the receiver is told first (§8.1.5). */
export async function announceStatus(
  services: QueueServices,
  stream: Stream,
  status: StreamStatus,
  reason: string,
): Promise<void> {
  const after = await write(services, stream.id, status, reason)
  if (after === undefined) return
  const cause = `status:${randomUUID()}`
  const event = { type: streamEventTypes.streamUpdated, claims: { status, reason } }
  await enqueue(services, after, { cause, event, subject: { format: 'opaque', id: stream.id }, notice: true })
  await wakePush(services, after, cause)
}

async function write(
  services: QueueServices,
  id: string,
  status: StreamStatus,
  reason: string | undefined,
): Promise<Stream | undefined> {
  const now = services.clock()
  const { streams, signals } = services.store
  const [before, after] = await streams.update(
    id,
    (current): [Stream | undefined, (Stream | undefined)[]] => {
      const next = current && { ...withStatus(current, status, reason), activeAt: now }
      return [next, [current, next]]
    },
  )
  if (after === undefined) return undefined
  // What was on its way when it was disabled isn't news any more when it is enabled again.
  if (status === 'disabled' || before?.status === 'disabled') await signals.removeBy('waiting', id)
  services.arrivals.tell(id)
  if (status === 'enabled') await wakePush(services, after, `enabled:${randomUUID()}`)
  return after
}

const statusOf = ({ id, status, reason }: Stream) => ({
  stream_id: id,
  status,
  reason,
})
