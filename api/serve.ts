import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { StoreUnavailable } from '../adapters/store/port.ts'
import type { Locale } from '../rules/account.ts'
import { tagFor } from '../rules/locale.ts'
import { apiBody, bodyOf, understood } from './body.ts'
import { type Caller, callerOf, requireDecider, requireScope } from './caller.ts'
import { bodyHash, idempotencyId, keepReply, type Reply, takeKey } from './idempotency.ts'
import type { ApiAnswer, Call, Operation } from './operation.ts'
import { createPaces, type Pace } from './pace.ts'
import { type ApiReason, ApiRefusal, apiProblems } from './problems.ts'
import type { ApiServices } from './services.ts'
import { tagsIn } from './version.ts'

const perMinute = 60_000

/** The routes of the table. Whatever else is asked for below `/api/v1` is answered as a problem too. */
export function serveOperations(services: ApiServices, operations: readonly Operation[]): Router {
  // A route a path, the beginning written out: each that a router is told of costs every process that starts.
  const router = new Router()
  const paces = createPaces(services.clock, {
    capacity: services.config.api.requestsPerMinute,
    period: perMinute,
  })
  router.use(answerProblems(services))
  for (const [path, methods] of Map.groupBy(operations, ({ path }) => routePath(path)))
    router.all(`/api/v1${path}`, (ctx) => {
      const one = methods.find(({ method }) => method.toUpperCase() === methodOf(ctx))
      if (one === undefined) throw notAllowed(methods)
      return apiBody(ctx, () => serve(services, paces, one, ctx))
    })
  return router
}

/** What answers GET answers HEAD. */
const methodOf = ({ method }: Context): string => (method === 'HEAD' ? 'GET' : method)

function notAllowed(methods: readonly Operation[]): ApiRefusal {
  const allow = methods.map(({ method }) => method.toUpperCase()).join(', ')
  return new ApiRefusal('method_not_allowed', {}, { Allow: allow })
}

/** Stands last: nothing of ours has that path. */
export function nothingElse(services: ApiServices, prefix: string): Router {
  const router = new Router({ prefix })
  router.use(answerProblems(services))
  router.all('/{*rest}', () => {
    throw new ApiRefusal('not_found')
  })
  return router
}

/** `/people/{person}` as the router writes it. */
export const routePath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

async function serve(
  services: ApiServices,
  paces: (client: string) => Pace,
  one: Operation,
  ctx: Context,
): Promise<void> {
  const caller = await callerOf(services, ctx)
  keepPace(services, paces(caller.client), ctx)
  requireScope(services, caller, one.scope)
  if (one.operator === true && !caller.everywhere) throw new ApiRefusal('insufficient_scope')
  if (one.decision === true) requireDecider(services, caller)
  const call = callOf(services, caller, one, ctx)
  const reply = await once(services, one, call, ctx)
  ctx.status = reply.status
  ctx.set(reply.headers)
  ctx.body = reply.body === '' ? null : reply.body
  if (reply.body !== '') ctx.type = 'application/json'
  // Koa makes a 204 of a body that is null.
  ctx.status = reply.status
}

function keepPace({ config }: ApiServices, { ok, remaining, reset }: Pace, ctx: Context): void {
  ctx.set('RateLimit-Policy', `"client";q=${config.api.requestsPerMinute};w=60`)
  ctx.set('RateLimit', `"client";r=${remaining};t=${reset}`)
  if (!ok) throw new ApiRefusal('rate_limited', {}, { 'Retry-After': String(reset) })
}

function callOf(services: ApiServices, caller: Caller, one: Operation, ctx: Context): Call {
  const { params, query, body, conditional } = one
  const ifMatch = ctx.get('if-match') || undefined
  if (conditional === true && ifMatch === undefined) throw new ApiRefusal('precondition_required')
  return {
    services,
    caller,
    params: params === undefined ? {} : understood(params, ctx.params, 'path'),
    query: query === undefined ? {} : understood(query, { ...ctx.query }, 'query'),
    body: body === undefined ? undefined : understood(body, bodyOf(ctx), 'body'),
    ifMatch: tagsIn(ifMatch),
  }
}

/** A POST that says so by `Idempotency-Key` is carried out once, and answered alike for a day. */
async function once(services: ApiServices, one: Operation, call: Call, ctx: Context): Promise<Reply> {
  const key = ctx.get('idempotency-key')
  const work = async () => replyOf(services, one, await one.handle(call as Call<never, never, never>))
  if (one.method !== 'post' || key === '') return work()
  if (key.length > 255) throw badKey()
  const id = idempotencyId(call.caller, ctx.path, key)
  const before = await takeKey(services, id, bodyHash(call.body))
  if (before !== undefined)
    return { ...before, headers: { ...before.headers, 'Idempotent-Replayed': 'true' } }
  try {
    const reply = await work()
    await keepReply(services, id, reply)
    return reply
  } catch (error) {
    // Nothing was done, or nobody knows: the next try begins anew, and the use-case decides.
    await keepReply(services, id, undefined)
    throw error
  }
}

const badKey = () =>
  new ApiRefusal('invalid_request', {
    errors: [{ path: 'Idempotency-Key', message: '255 characters at most' }],
  })

function replyOf({ config }: ApiServices, one: Operation, answer: ApiAnswer): Reply {
  const { status = one.status, version, location } = answer
  const headers: Reply['headers'] = {}
  if (version !== undefined) headers.ETag = `"${version}"`
  if (location !== undefined) headers.Location = `${config.base}/api/v1${location}`
  // What isn't in the schema leaves nobody's house.
  const body = one.answer === undefined ? '' : JSON.stringify(one.answer.parse(answer.body))
  return { status, headers, body }
}

/** Turns what was thrown into problem details (RFC 9457). Only faults of ours are logged, and a store that is away. */
export function answerProblems(services: ApiServices): Middleware {
  return async (ctx, next) => {
    ctx.set('Cache-Control', 'no-store')
    ctx.set('Vary', 'Accept-Language, Authorization')
    try {
      await next()
    } catch (error) {
      const refusal = asRefusal(error)
      if (refusal.reason === 'server' || refusal.reason === 'unavailable')
        services.log.error(
          { err: error, path: ctx.path.split('/').slice(0, 4).join('/') },
          'a request failed',
        )
      answerProblem(services, ctx, refusal)
    }
  }
}

function asRefusal(error: unknown): ApiRefusal {
  if (error instanceof ApiRefusal) return error
  if (error instanceof StoreUnavailable) return new ApiRefusal('unavailable', {}, { 'Retry-After': '2' })
  if (error instanceof URIError) return new ApiRefusal('bad_request')
  return new ApiRefusal('server')
}

function answerProblem({ views, config }: ApiServices, ctx: Context, refusal: ApiRefusal): void {
  const { reason, more, headers } = refusal
  const locale = localeFor(ctx)
  ctx.status = apiProblems[reason]
  ctx.set(headers)
  ctx.set('Content-Language', locale)
  ctx.type = 'application/problem+json'
  ctx.body = JSON.stringify({
    type: problemType(config, reason),
    title: views.problem(locale, reason),
    status: apiProblems[reason],
    reason,
    ...more,
  })
}

export const problemType = ({ base }: { base: string }, reason: ApiReason): string =>
  `${base}/api/v1/docs#${reason}`

export const localeFor = (ctx: Context): Locale =>
  ctx
    .acceptsLanguages()
    .map(tagFor)
    .find((tag) => tag !== undefined) ?? 'en'
