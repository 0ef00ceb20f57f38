import type { Done } from '../../account/use-cases.ts'
import type { Outgoing } from '../../adapters/store/documents.ts'
import { type By, type Deeds, promise } from './deeds.ts'

/** A parcel without what is in it. */
export interface ShownParcel {
  id: string
  recipient: string
  lane: string
  tries: number
  createdAt: number
  nextAt: number
  lastError?: string | undefined
}

/** What waits, or was given up, the oldest first. */
export async function listOutbox(
  { store }: Deeds,
  state: 'queued' | 'dead',
  { after, limit = 100 }: { after?: string | undefined; limit?: number } = {},
): Promise<ShownParcel[]> {
  const from = after === undefined ? undefined : await store.outbox.get(after)
  const found = await store.outbox.find('state', state, { limit, after: from })
  return found.map(shownParcel)
}

const shownParcel = ({ id, recipient, lane = 'other', tries, createdAt, nextAt, lastError }: Outgoing) => ({
  id,
  recipient,
  lane,
  tries,
  createdAt,
  nextAt,
  lastError,
})

/** Tries again what was given up. */
export async function retryParcel(services: Deeds, by: By, id: string): Promise<Done<'unknown'>> {
  if ((await services.store.outbox.get(id))?.state !== 'dead') return { ok: false, reason: 'unknown' }
  await promise(services, by, 'outbox.retried', { parcel: id }, () => ({ kind: 'retry_parcel', parcel: id }))
  return { ok: true }
}

/** Tries everything again that was given up, as far as `most`; returns how many. */
export async function retryAll(services: Deeds, by: By, most = 500): Promise<number> {
  const found = await listOutbox(services, 'dead', { limit: most })
  for (const { id } of found) await retryParcel(services, by, id)
  return found.length
}
