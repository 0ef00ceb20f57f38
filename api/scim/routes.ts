import Router from '@koa/router'
import type { Context } from 'koa'
import { StoreUnavailable } from '../../adapters/store/port.ts'
import { isScimToken, organizationOfToken } from '../../organization/scim-token.ts'
import { reaches } from '../admin/reach.ts'
import { apiBody, bodyOf } from '../body.ts'
import { type Caller, callerOf, invalidToken, requireScope } from '../caller.ts'
import { createPaces, type Pace } from '../pace.ts'
import { ApiRefusal, apiProblems } from '../problems.ts'
import type { ApiServices } from '../services.ts'
import { tagsIn } from '../version.ts'
import { type ScimCall, scimBase } from './call.ts'
import { dispatch } from './dispatch.ts'
import { noSuch, ScimFault, scimError, unreadablePath } from './fault.ts'

/** SCIM 2.0 (RFC 7643, RFC 7644): a directory keeps the people of one organization up to date. */
export function scimRoutes(services: ApiServices): Router {
  const router = new Router({ prefix: '/scim/v2' })
  const paces = createPaces(services.clock, {
    capacity: services.config.api.requestsPerMinute,
    period: 60_000,
  })
  const beginnings: ScimCall['beginnings'] = new Map()
  router.use(async (ctx, next) => {
    ctx.set('Cache-Control', 'no-store')
    try {
      await next()
    } catch (error) {
      answerFault(services, ctx, error)
    }
  })
  router.all('/:organization/{*rest}', apiBody, (ctx) => serve(services, paces, beginnings, ctx))
  router.all('/{*rest}', () => {
    throw noSuch('resource')
  })
  return router
}

async function serve(
  services: ApiServices,
  paces: (client: string) => Pace,
  beginnings: ScimCall['beginnings'],
  ctx: Context,
): Promise<void> {
  const caller = await directoryOf(services, ctx)
  const pace = paces(caller.client)
  if (!pace.ok) throw new ApiRefusal('rate_limited', {}, { 'Retry-After': String(pace.reset) })
  requireScope(services, caller, 'scim')
  // A program's: a person's sign-in provisions nobody.
  if (caller.person !== undefined) throw new ScimFault(403, 'SCIM is for programs')
  const id = String(ctx.params.organization)
  const organization = (await reaches(services, caller, id))
    ? await services.store.organizations.get(id)
    : undefined
  if (organization === undefined) throw noSuch('organization')
  const call: ScimCall = {
    services,
    caller,
    organization,
    base: scimBase(services, organization.id),
    beginnings,
  }
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(ctx.method)
  const answer = await dispatch(call, {
    method: ctx.method,
    path: restOf(ctx),
    query: queryOf(ctx),
    body: hasBody ? bodyOf(ctx) : undefined,
    ifMatch: tagsIn(ctx.get('if-match')),
  })
  const { location, version } =
    (answer.body as { meta?: { location?: string; version?: string } })?.meta ?? {}
  ctx.body = answer.body === undefined ? null : JSON.stringify(answer.body)
  ctx.status = answer.status
  if (answer.body !== undefined) ctx.type = 'application/scim+json'
  if (location !== undefined) ctx.set(answer.status === 201 ? 'Location' : 'Content-Location', location)
  if (version !== undefined) ctx.set('ETag', version)
}

/** What is asked twice is asked in no way that means something. */
function queryOf(ctx: Context): { [name: string]: string } {
  const twice = Object.entries(ctx.query).find(([, value]) => Array.isArray(value))
  if (twice !== undefined) throw new ScimFault(400, 'a parameter is there more than once', 'invalidValue')
  return ctx.query as { [name: string]: string }
}

/** A directory, by an access token, or by the one of its organization that lasts. */
async function directoryOf(services: ApiServices, ctx: Context): Promise<Caller> {
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('authorization'))?.[1] ?? ''
  if (!isScimToken(token)) return callerOf(services, ctx)
  const found = await organizationOfToken(services, String(ctx.params.organization), token)
  if (found === undefined) throw invalidToken()
  const name = `scim:${found.id}`
  return { client: name, actor: name, scopes: new Set(['scim']), bound: found.id, everywhere: false }
}

const restOf = (ctx: Context): string[] => {
  const rest: unknown = ctx.params.rest
  const parts = Array.isArray(rest) ? rest.map(String) : String(rest ?? '').split('/')
  return parts.filter((part) => part !== '')
}

export function answerFault(services: ApiServices, ctx: Context, error: unknown): void {
  const fault = asFault(services, ctx, error)
  ctx.status = fault.status
  ctx.type = 'application/scim+json'
  ctx.body = JSON.stringify(scimError(fault))
}

function asFault({ log, views }: ApiServices, ctx: Context, error: unknown): ScimFault {
  if (error instanceof ScimFault) return error
  const logged = () =>
    log.error({ err: error, path: ctx.path.split('/').slice(0, 4).join('/') }, 'a request failed')
  if (error instanceof StoreUnavailable) {
    logged()
    ctx.set('Retry-After', '2')
    return new ScimFault(503, 'the store is away')
  }
  if (error instanceof ApiRefusal) {
    ctx.set(error.headers)
    return new ScimFault(apiProblems[error.reason], views.problem('en', error.reason))
  }
  if (error instanceof URIError) return unreadablePath()
  logged()
  return new ScimFault(500, 'something went wrong here')
}
