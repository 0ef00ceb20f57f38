import { createHash } from 'node:crypto'
import type { Remembered } from '../adapters/store/documents.ts'
import { isToCome } from '../rules/lately.ts'
import type { Caller } from './caller.ts'
import { ApiRefusal } from './problems.ts'
import type { ApiServices } from './services.ts'

/** As it was answered the first time. */
export interface Reply {
  status: number
  headers: { [name: string]: string }
  body: string
}

const remembered = 24 * 3_600_000
/** A process that died over a request holds its key no longer. Milliseconds. */
const longest = 60_000

/** What a key stands for: the same key of another client, person or place is another one. */
export function idempotencyId(caller: Caller, place: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([caller.client, caller.actor, place, key]))
    .digest('base64url')
}

export const bodyHash = (body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(body) ?? '')
    .digest('base64url')

/** Takes a key, or answers as the first time. Throws where it stands for another body, or is being worked on. */
export async function takeKey(
  { change, clock, ring }: ApiServices,
  id: string,
  hash: string,
): Promise<Reply | undefined> {
  const now = clock()
  const found = await change('remembered', id, (current): [Remembered, Remembered | undefined] => {
    const free =
      current === undefined || (current.reply === undefined && !isToCome(current.until, longest, now))
    if (!free) return [current, current]
    return [{ id, hash, until: now + longest, expiresAt: now + remembered }, undefined]
  })
  if (found === undefined) return undefined
  if (found.hash !== hash) throw new ApiRefusal('idempotency_key_reused')
  if (found.reply === undefined) throw new ApiRefusal('idempotency_in_progress', {}, { 'Retry-After': '1' })
  return JSON.parse(ring.open(found.reply, `remembered|${id}`))
}

/** Keeps what was answered, or gives the key free where nothing was done. */
export async function keepReply(
  { change, ring }: ApiServices,
  id: string,
  reply: Reply | undefined,
): Promise<void> {
  await change('remembered', id, (current) => {
    if (current === undefined || reply === undefined) return [undefined, undefined]
    return [{ ...current, reply: ring.seal(JSON.stringify(reply), `remembered|${id}`) }, undefined]
  })
}
