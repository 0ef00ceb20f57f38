import Router from '@koa/router'
import type { Context } from 'koa'
import { noteRefused } from '../../account/refused.ts'
import { whoIs } from '../../account/upstream.ts'
import { randomToken } from '../../adapters/secrets/key-ring.ts'
import { type KeptRequest, type Upstream, UpstreamUnavailable } from '../../adapters/upstream/upstream.ts'
import { type Attempt, flatOrigin, ofAccount } from '../../rules/attempt.ts'
import { messageFor } from '../../rules/messages.ts'
import { countsAsSecond, isFederated, provenElsewhere, type UpstreamPolicy } from '../../rules/upstream.ts'
import { seeOther } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { attemptOf, changeAttempt, interactionOf, sayNext, toHub } from './attempts.ts'
import { leave, type Outcome, say, type Visit } from './step.ts'

const context = 'upstream'

/** Sends the person to the provider of their organization. Who was signed in there a while ago may have to prove it anew. */
export async function toUpstream(
  { services, attempt }: Visit,
  { id }: UpstreamPolicy,
  loginHint?: string,
): Promise<Outcome> {
  if (!services.networks.spend(attempt.origin.address)) return say('throttled')
  const provider = providerOf(services, id)
  // Proven there before and asked for again: what is needed is more recent.
  const again = attempt.session !== undefined || attempt.proofs.some(isFederated)
  try {
    const { url, kept } = await provider.begin({
      state: `${attempt.id}.${randomToken()}`,
      loginHint,
      locale: attempt.locale,
      maxAge: again ? 0 : attempt.ask.maxAge,
      now: services.clock(),
    })
    const sealed = services.ring.seal(JSON.stringify(kept), `${context}:${attempt.id}`)
    return leave(url, (current) => ({ ...current, upstream: { id, sealed } }))
  } catch (error) {
    if (!(error instanceof UpstreamUnavailable)) throw error
    services.log.warn({ upstream: id, error: String((error.cause as Error)?.message) }, 'not reached')
    return say('upstream_unavailable')
  }
}

function providerOf({ upstreams }: Services, id: string): Upstream {
  const found = upstreams.get(id)
  if (found === undefined) throw new Problem(400, 'expired')
  return found
}

/**
 * GET /upstream/:id, where the provider sends people back: on to the sign-in that `state` names, as the cookie of the
 * browser that began is only sent there.
 */
export function upstreamRoutes(): Router {
  const router = new Router()
  router.get('/upstream/:id', (ctx) => {
    const uid = /^([\w-]{1,64})\./.exec(String(ctx.query.state))?.[1]
    if (uid === undefined) throw new Problem(400, 'expired')
    ctx.set('Referrer-Policy', 'no-referrer')
    seeOther(ctx, `/interaction/${uid}/upstream/${encodeURIComponent(ctx.params.id!)}?${ctx.querystring}`)
  })
  return router
}

/** GET /interaction/:uid/upstream/:id: back from the provider, in the browser that began. An answer is taken once. */
export async function takeUpstreamAnswer(services: Services, ctx: Context): Promise<void> {
  const interaction = await interactionOf(services, ctx)
  if (interaction.prompt.name === 'consent') throw new Problem(400, 'expired')
  const attempt = await attemptOf(services, ctx, interaction)
  const kept = keptOf(services, attempt, ctx)
  if (kept === undefined) throw new Problem(400, 'expired')
  const taken = await changeAttempt(services, attempt, ({ upstream: _, ...rest }) => rest)
  if (taken) await judge(services, { ...attempt, revision: attempt.revision + 1 }, kept, ctx)
  toHub({ ctx, attempt })
}

/** What was kept for this very answer: of the provider that the person was sent to, and with the state they were given. */
function keptOf({ ring }: Services, { id, upstream }: Attempt, ctx: Context): KeptRequest | undefined {
  if (upstream === undefined || upstream.id !== ctx.params.id) return undefined
  const kept: KeptRequest = JSON.parse(ring.open(upstream.sealed, `${context}:${id}`))
  return kept.state === ctx.query.state ? kept : undefined
}

async function judge(services: Services, attempt: Attempt, kept: KeptRequest, ctx: Context): Promise<void> {
  const now = services.clock()
  const policy = services.config.upstreams.find(({ id }) => id === ctx.params.id)!
  const result = await providerOf(services, policy.id).finish(new URLSearchParams(ctx.querystring), kept, now)
  const found = result.ok ? await whoIs(services, policy, result.answer) : result
  if (!result.ok || !found.ok) return refuse(services, attempt, policy, found.ok ? 'wrong' : found.reason)
  const second = countsAsSecond(policy, result.answer)
  await changeAttempt(services, attempt, (current) =>
    provenElsewhere(ofAccount(current, found.account.id, now), result.answer.at, second),
  )
}

async function refuse(
  services: Services,
  attempt: Attempt,
  { id, name }: UpstreamPolicy,
  reason: string,
): Promise<void> {
  const { address } = flatOrigin(attempt.origin)
  await noteRefused(services, {
    event: 'sign_in.upstream_refused',
    subject: attempt.account,
    detail: { upstream: id, reason, address, client: attempt.ask.client },
  })
  await sayNext(services, attempt, { key: messageFor(`upstream_${reason}`), values: { name } })
}
