import { hash } from 'node:crypto'
import type { Provider } from 'oidc-provider'
import type { Signal } from '../../adapters/store/documents.ts'
import { Conflict } from '../../adapters/store/port.ts'
import type { Store } from '../../adapters/store/store.ts'
import type { Arrivals } from '../../effects/arrivals.ts'
import type { Directory } from '../../effects/directory.ts'
import type { Outbox } from '../../effects/outbox.ts'
import type { SignalEvent } from '../../rules/effect.ts'
import type { Settings } from '../../rules/settings.ts'
import type { SubjectId } from '../../rules/signals.ts'
import { pushMethod, type Stream } from '../../rules/stream.ts'

export interface QueueServices {
  config: Settings
  store: Store
  accounts: Directory
  clock: () => number
  arrivals: Arrivals
  provider(): Provider
  outbox(): Outbox
}

export interface Queued {
  /** The cause of this one event: the same cause is queued once a stream. */
  cause: string
  event: SignalEvent
  subject: SubjectId
  txn?: string
  /** Goes out while the stream is paused or disabled too, and before everything that waits. */
  notice?: true
}

const day = 86_400_000
let last = 0

/** Puts an event on a stream, once. It stays until the receiver has taken it, or until it is too old to matter. */
export async function enqueue(services: QueueServices, stream: Stream, queued: Queued): Promise<void> {
  const { config, store, clock, arrivals } = services
  const now = clock()
  const id = jtiOf(stream, queued.cause)
  const { event, subject, txn } = queued
  const claims = {
    iss: config.issuer,
    jti: id,
    iat: Math.floor(now / 1000),
    aud: stream.client,
    txn,
    sub_id: subject,
    events: { [event.type]: event.claims },
  }
  try {
    await store.signals.insert({
      id,
      stream: stream.id,
      waiting: stream.id,
      notice: queued.notice ? stream.id : undefined,
      sequence: queued.notice ? await aheadOf(store, stream) : nextSequence(now),
      claims: JSON.stringify(claims),
      createdAt: now,
      expiresAt: now + config.signals.keepDays * day,
    })
  } catch (error) {
    if (!(error instanceof Conflict)) throw error
  }
  arrivals.tell(stream.id)
}

/** Unique for the stream and the cause, and telling nothing of either (RFC 8417 §2.2). */
function jtiOf(stream: Stream, cause: string): string {
  return hash('sha256', `${stream.id}|${cause}`, 'base64url')
}

/** Time first, so that several processes agree on the order as well as their clocks do. */
function nextSequence(now: number): number {
  last = Math.max(last + 1, now * 1000)
  return last
}

async function aheadOf({ signals }: Store, stream: Stream): Promise<number> {
  const [first] = await signals.find('waiting', stream.id, { limit: 1 })
  return first === undefined ? nextSequence(0) : first.sequence - 1
}

/** Has the outbox push what waits on a stream. Polled streams are asked for theirs. */
export async function wakePush(services: QueueServices, stream: Stream, cause: string): Promise<void> {
  if (stream.delivery.method !== pushMethod) return
  const id = `push:${stream.id}:${cause}`
  await services.outbox().queue(id, recipientOf(stream), { kind: 'signal', stream: stream.id })
}

export const recipientOf = ({ id }: Pick<Stream, 'id'>): string => `stream:${id}`

/** What may leave now, in order: everything while the stream is enabled, else only word that it isn't. */
export function nextSignals({ signals }: Store, stream: Stream, limit: number): Promise<Signal[]> {
  return signals.find(stream.status === 'enabled' ? 'waiting' : 'notice', stream.id, { limit })
}

/** The receiver has taken it, or said why it doesn't. It is remembered, so that a repeated cause sends nothing. */
export async function settleSignal(
  { signals }: Store,
  stream: string,
  id: string,
  refused?: string,
): Promise<boolean> {
  return signals.update(id, (current) => {
    if (current?.stream !== stream || current.waiting === undefined) return [current, false]
    const { waiting: _waiting, notice: _notice, ...rest } = current
    return [refused === undefined ? rest : { ...rest, refused }, true]
  })
}
