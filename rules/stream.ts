import { isToCome } from './lately.ts'
import { eventsSupported } from './signals.ts'
import type { Budget, Throttle } from './throttle.ts'

export type StreamStatus = 'enabled' | 'paused' | 'disabled'

/** RFC 8935 and RFC 8936. `authorization` is the sealed header value that every push carries. */
export type StreamDelivery =
  | { method: typeof pushMethod; url: string; authorization?: string }
  | { method: typeof pollMethod }

export const pushMethod = 'urn:ietf:rfc:8935'
export const pollMethod = 'urn:ietf:rfc:8936'

/** How one receiver is told about security events (SSF 1.0 §8.1.1). */
export interface Stream {
  id: string
  /** The relying app whose access tokens manage it. */
  client: string
  /** 'all', so that an index lists every stream. */
  listed: 'all'
  status: StreamStatus
  /** Why it isn't enabled, in the words of whoever changed it. */
  reason?: string
  delivery: StreamDelivery
  /** What the receiver asked for; everything when left out. */
  requested?: string[]
  description?: string
  createdAt: number
  /** When the receiver last showed itself. */
  activeAt: number
  /** When it last asked for a verification event. */
  verifiedAt?: number
  /** What is spent of `subjectBudget`. */
  subjectChanges?: Throttle
}

/** How often a receiver may add and remove people: enough for a long list, too little to try out who exists. */
export const subjectBudget: Budget = { capacity: 600, period: 60_000 }

/** What a receiver chooses itself (SSF 1.0 §8.1.1, receiver-supplied). */
export type Wishes = Pick<Stream, 'delivery' | 'requested' | 'description'>

/** The types that the stream carries: what is supported and was asked for. */
export function deliveredEvents(stream: Pick<Stream, 'requested'>): string[] {
  const { requested } = stream
  return eventsSupported.filter((type) => requested === undefined || requested.includes(type))
}

/** The stream with the receiver's wishes in place of the ones before (SSF 1.0 §8.1.1.4). */
export function replaced(stream: Stream, wishes: Wishes): Stream {
  const { requested: _requested, description: _description, ...rest } = stream
  return { ...rest, ...wishes, delivery: keptAuthorization(stream.delivery, wishes.delivery) }
}

/** The stream with the wishes that were stated, the others as they were (SSF 1.0 §8.1.1.3). */
export function updated(stream: Stream, wishes: Partial<Wishes>): Stream {
  const delivery = wishes.delivery && keptAuthorization(stream.delivery, wishes.delivery)
  return { ...stream, ...wishes, delivery: delivery ?? stream.delivery }
}

/**
 * The header is never shown, so a receiver that reads its stream, changes something and writes it back can't repeat it:
 * for the same address it stays. An empty one takes it away.
 */
function keptAuthorization(before: StreamDelivery, after: StreamDelivery): StreamDelivery {
  if (after.method !== pushMethod) return after
  const { authorization, ...rest } = after
  if (authorization === '') return rest
  if (authorization !== undefined) return after
  const same = before.method === pushMethod && before.url === after.url ? before.authorization : undefined
  return same === undefined ? rest : { ...rest, authorization: same }
}

export function withStatus(stream: Stream, status: StreamStatus, reason?: string): Stream {
  const { reason: _, ...rest } = stream
  return reason === undefined ? { ...rest, status } : { ...rest, status, reason }
}

/** When a verification event may be asked for again, if not now. */
export function verifiableFrom(stream: Stream, interval: number, now: number): number | undefined {
  const from = (stream.verifiedAt ?? Number.NEGATIVE_INFINITY) + interval
  return isToCome(from, interval, now) ? from : undefined
}
