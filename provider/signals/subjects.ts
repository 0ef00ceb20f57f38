import type { Context } from 'koa'
import { z } from 'zod'
import { subjectBudget } from '../../rules/stream.ts'
import { spend } from '../../rules/throttle.ts'
import { readBody, streamId } from './body.ts'
import { Fault } from './fault.ts'
import { receiverOf } from './receiver.ts'
import { ownStream, type StreamServices } from './streams.ts'
import { subjectSchema, subOf } from './subject.ts'

const removed = z.object({ stream_id: streamId, subject: subjectSchema })
const added = removed.extend({ verified: z.boolean().optional() })

/**
 * Everyone belongs to every stream from the start; adding takes back a removal (SSF 1.0 §8.1.3.2). Whether the
 * provider knows the subject isn't told: the answer is the same for anyone (§9.1).
 */
export async function addSubject(services: StreamServices, ctx: Context): Promise<void> {
  const { stream, sub } = await named(services, ctx, added)
  if (sub !== undefined) await services.store.unsubscribed.remove(`${stream}:${sub}`)
  ctx.status = 200
  ctx.body = ''
}

/** From now on nothing about this person goes to the stream (§8.1.3.3). */
export async function removeSubject(services: StreamServices, ctx: Context): Promise<void> {
  const { stream, sub } = await named(services, ctx, removed)
  const id = `${stream}:${sub}`
  if (sub !== undefined) await services.store.unsubscribed.update(id, () => [{ id, stream }, undefined])
  ctx.status = 204
}

async function named(
  services: StreamServices,
  ctx: Context,
  schema: typeof removed,
): Promise<{ stream: string; sub: string | undefined }> {
  const client = await receiverOf(services, ctx, 'ssf.manage')
  const { stream_id: id, subject } = readBody(ctx, schema)
  const stream = await ownStream(services, client, id)
  await take(services, stream.id)
  return { stream: stream.id, sub: await subOf(services, client, subject) }
}

/** Counts the request against the stream's budget. Throws Fault 429 when nothing is left (SSF 1.0 §8.1.3.2, §8.1.3.3). */
async function take({ store, clock }: StreamServices, id: string): Promise<void> {
  const now = clock()
  const taken = await store.streams.update(id, (current) => {
    if (current === undefined) return [current, true]
    const subjectChanges = spend(current.subjectChanges, subjectBudget, now)
    if (subjectChanges === undefined) return [current, false]
    return [{ ...current, subjectChanges, activeAt: now }, true]
  })
  if (taken) return
  const pause = Math.ceil(subjectBudget.period / subjectBudget.capacity / 1000)
  throw new Fault(429, 'too_many_requests', 'too many subjects at once', { 'Retry-After': String(pause) })
}
