import type { Context } from 'koa'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { phoneFactor, phoneOf } from './phone.ts'
import { openPrompts } from './prompts.ts'
import { readProof } from './proof.ts'

/** What an open authenticator is told of one of its accounts. */
type Told = { state: 'ready' | 'disabled'; prompts: object[] } | { state: string }

interface Watched {
  kid: string
  account?: string
  /** Why nothing can be told. */
  refused?: string
}

/** Milliseconds between looks for what another process has stored, between signs of life, and until it is asked anew. */
const look = 2_000
const pulse = 20_000
const longest = 600_000

/**
 * POST events: server-sent events for as long as the authenticator is open. One request for all accounts of the phone,
 * as a browser has few connections to one server; each account by a proof of its own key.
 */
export async function events(services: Services, ctx: Context, proofs: string[]): Promise<void> {
  const watched: Watched[] = []
  for (const proof of proofs) watched.push(await watch(services, ctx, proof))
  const gone = new AbortController()
  ctx.res.once('close', () => gone.abort())
  // Written here and not as a body: to Koa a phone that leaves would be a fault.
  ctx.respond = false
  ctx.res.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // nginx would keep what it should pass on.
    'x-accel-buffering': 'no',
  })
  ctx.res.flushHeaders()
  try {
    for await (const event of stream(services, watched, gone.signal)) ctx.res.write(event)
  } finally {
    ctx.res.end()
  }
}

async function watch(services: Services, ctx: Context, proof: string): Promise<Watched> {
  const { kid = '' } = readProof(proof).header
  try {
    return { kid, account: (await phoneOf(services, ctx, proof)).account.id }
  } catch (error) {
    if (error instanceof Problem && error.status !== 401) return { kid, refused: error.error }
    throw error
  }
}

async function* stream(services: Services, watched: Watched[], gone: AbortSignal): AsyncGenerator<string> {
  const { arrivals, clock } = services
  const until = clock() + longest
  let said = ''
  let at = clock()
  // What waits for its sign-in has no key yet that counts: it asks anew. And who has shown no key holds nothing open.
  const brief =
    watched.some(({ refused }) => refused === 'pending') ||
    watched.every(({ account }) => account === undefined)
  while (!gone.aborted && clock() < until) {
    const round = new AbortController()
    const left = AbortSignal.any([gone, round.signal])
    // Asked for before looking, or what arrives in between would be missed until the next look.
    const arrival = Promise.race(watched.map(({ account = '' }) => arrivals.next(account, look, left)))
    const now = JSON.stringify(
      Object.fromEntries(await Promise.all(watched.map((one) => told(services, one)))),
    )
    if (now !== said) yield `data: ${now}\n\n`
    else if (clock() - at > pulse) yield ':\n\n'
    if (now !== said || clock() - at > pulse) at = clock()
    said = now
    if (brief) return round.abort()
    const goOn = await arrival
    round.abort()
    if (!goOn) return
  }
}

async function told(services: Services, { kid, account, refused }: Watched): Promise<[string, Told]> {
  if (account === undefined) return [kid, { state: refused ?? 'removed' }]
  const found = await phoneFactor(services, account, kid)
  if (found === undefined) return [kid, { state: 'removed' }]
  if (found.factor.disabledAt !== undefined) return [kid, { state: 'disabled', prompts: [] }]
  return [kid, { state: 'ready', prompts: await openPrompts(services, account) }]
}
