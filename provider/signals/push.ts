import type { Logger } from 'pino'
import { z } from 'zod'
import type { GuardedFetch } from '../../adapters/guarded-fetch.ts'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Signal } from '../../adapters/store/documents.ts'
import type { Store } from '../../adapters/store/store.ts'
import { defined } from '../../rules/defined.ts'
import { pushMethod, type Stream } from '../../rules/stream.ts'
import { nextSignals, settleSignal } from './queue.ts'
import type { SignSet } from './sets.ts'
import { authorizationContext, touch } from './streams.ts'

export interface PushServices {
  store: Store
  ring: KeyRing
  clock: () => number
  log: Logger
  fetch: GuardedFetch
  sign: SignSet
  /** There is more than fits into one turn of the outbox. */
  more(stream: Stream): Promise<void>
}

/** The receiver didn't take it this time; the outbox tries again. */
export class NotTaken extends Error {
  readonly code: string
  constructor(code: string) {
    super(`the receiver answered ${code}`)
    this.name = 'NotTaken'
    this.code = code
  }
}

/** Milliseconds; well within the time for which the outbox holds a parcel. */
const turn = 20_000

/**
 * Sends what waits on a stream, oldest first, one after the other (RFC 8935 §2). Only what was taken, or refused for
 * good, makes room for the next one, so that the order of a subject's events is kept.
 */
export async function pushWaiting(services: PushServices, id: string): Promise<void> {
  const { store, clock } = services
  const until = clock() + turn
  for (;;) {
    const stream = await store.streams.get(id)
    if (stream?.delivery.method !== pushMethod) return
    const [next] = await nextSignals(store, stream, 1)
    if (next === undefined) return
    if (clock() >= until) return services.more(stream)
    await pushOne(services, stream, stream.delivery, next)
  }
}

async function pushOne(
  services: PushServices,
  stream: Stream,
  { url, authorization }: { url: string; authorization?: string },
  signal: Signal,
): Promise<void> {
  const { store, ring, log } = services
  const response = await services.fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: defined({
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
      'accept-language': 'en',
      authorization: authorization && ring.open(authorization, authorizationContext(stream.id)),
    }),
    body: await services.sign(signal.claims),
  })
  const verdict = verdictOf(response.status, await response.text(), signal.refusals ?? 0)
  if (verdict.outcome === 'later') {
    if (response.status === 400) await countRefusal(store, signal)
    throw new NotTaken(verdict.code)
  }
  await settleSignal(store, stream.id, signal.id, verdict.outcome === 'refused' ? verdict.why : undefined)
  if (verdict.outcome === 'refused') {
    log.warn(
      { stream: stream.id, signal: signal.id, why: verdict.why },
      'a receiver refused a security event',
    )
  }
  await touch(services, stream)
}

export type Verdict =
  | { outcome: 'taken' }
  | { outcome: 'refused'; why: string }
  | { outcome: 'later'; code: string }

/** RFC 8935 §2.4 and SSF 1.0 §8.1.4.1. These don't get better by trying again. */
const final = ['invalid_request', 'invalid_issuer', 'invalid_audience', 'access_denied', 'invalid_state']
/** Keys and credentials may be on their way: so often is such an answer given another chance. */
const chances = 5

const answerSchema = z.object({ err: z.string().max(64), description: z.string().optional() })

/** What an answer means (RFC 8935 §2.2 to §2.4). */
export function verdictOf(status: number, body: string, refusals: number): Verdict {
  if (status >= 200 && status < 300) return { outcome: 'taken' }
  if (status !== 400) return { outcome: 'later', code: String(status) }
  const { err, description } = readAnswer(body)
  if (!final.includes(err) && refusals + 1 < chances) return { outcome: 'later', code: err }
  return { outcome: 'refused', why: description === undefined ? err : `${err}: ${description.slice(0, 200)}` }
}

function readAnswer(body: string): { err: string; description?: string | undefined } {
  try {
    const answer = answerSchema.safeParse(JSON.parse(body))
    if (answer.success) return answer.data
  } catch {}
  return { err: '400' }
}

async function countRefusal({ signals }: Store, { id }: Signal): Promise<void> {
  await signals.update(id, (current) => [
    current && { ...current, refusals: (current.refusals ?? 0) + 1 },
    undefined,
  ])
}
