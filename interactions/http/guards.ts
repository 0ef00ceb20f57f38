import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { errors } from 'oidc-provider'
import { Overloaded } from '../../adapters/secrets/passwords.ts'
import { StoreUnavailable } from '../../adapters/store/port.ts'
import { mountOf } from '../../rules/mount.ts'
import type { ForDevelopers } from '../../views/locals/parts.ts'
import type { Services } from '../services.ts'
import { mountAt } from './page.ts'
import { Problem } from './problem.ts'
import { isHost, refuseHost } from './proxies.ts'
import { localeOf } from './request.ts'
import { isFinished, type Leading, waysFrom } from './ways-out.ts'

/**
 * No inline script or style anywhere. `form-action` is left out: browsers apply it to every redirect that follows a
 * form, up to pages of the relying app that nobody here knows (docs/decisions/form-action.md).
 */
export const contentPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"

const securityHeaders = Object.entries({
  'Content-Security-Policy': contentPolicy,
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
})

/**
 * Where an app may send a person in a popup, to sign in or out. With an opener policy the app's page would lose the
 * window for good, and never hear that they are back.
 */
const popups = /^\/(auth|interaction|session|device)(\/|$)/

export const secureHeaders: Middleware = (ctx, next) => {
  for (const [name, value] of securityHeaders) ctx.res.setHeader(name, value)
  if (!popups.test(ctx.path)) ctx.res.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  return next()
}

/**
 * All that says something to a program, which shows no answer to anybody.
 *
 * @param secure whether all requests come over TLS, where that is known: asking each takes a while.
 */
export const transportHeaders =
  (secure?: boolean): Middleware =>
  (ctx, next) => {
    ctx.res.setHeader('X-Content-Type-Options', 'nosniff')
    if (secure ?? ctx.secure)
      ctx.res.setHeader('Strict-Transport-Security', 'max-age=63072000; includeSubDomains')
    return next()
  }

/** Addresses in pages, mails and tokens come from the issuer: a request for any other host is refused. */
export function onlyOwnHost(issuer: string): Middleware {
  const own = new URL(issuer)
  const { host } = own
  return (ctx, next) => {
    if (ctx.host === host || isHost(ctx.host, own)) return next()
    refuseHost(ctx, issuer)
    return Promise.resolve()
  }
}

/** Pictures of the host's brand may come from elsewhere. */
const picturesFrom = (origins: readonly string[]): Middleware => {
  const policy = contentPolicy.replace("img-src 'self'", `img-src 'self' ${origins.join(' ')}`)
  return (ctx, next) => {
    ctx.res.setHeader('Content-Security-Policy', policy)
    return next()
  }
}

/** What stands before every page of ours, and before nothing else. */
export const guarded = (services: Pick<Services, 'views' | 'log' | 'branding'> & Leading): Middleware[] => [
  mountAt(mountOf(services.config)),
  onlyOwnHost(services.config.issuer),
  secureHeaders,
  transportHeaders(),
  ...(services.branding.origins.length === 0 ? [] : [picturesFrom(services.branding.origins)]),
  errorPages(services),
]

/** Turns what was thrown on the way into a page. Only faults of ours are logged, by a reference the page shows. */
export function errorPages(services: Pick<Services, 'views' | 'log'> & Leading): Middleware {
  const { log } = services
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status === 404 && ctx.body === undefined) await showError(ctx, services, 404, 'not_found')
    } catch (error) {
      const { status, name } = explain(error as Error)
      const reference = status >= 500 && name !== 'busy' ? randomUUID().slice(0, 8) : undefined
      if (reference !== undefined)
        log.error({ reference, err: error, path: routeOf(ctx) }, 'a request failed')
      if (status === 503) ctx.set('Retry-After', '2')
      await showError(ctx, services, status, name, { reference })
    }
  }
}

export async function showError(
  ctx: Context,
  services: Pick<Services, 'views'> & Leading,
  status: number,
  fault: string,
  { reference, developer }: { reference?: string; developer?: ForDevelopers } = {},
): Promise<void> {
  const error = fault === 'expired' && (await isFinished(services, ctx)) ? 'finished' : fault
  ctx.status = status
  ctx.set('Cache-Control', 'no-store')
  if (ctx.accepts('html', 'json') === 'json') {
    ctx.body = reference === undefined ? { error } : { error, reference }
    return
  }
  ctx.type = 'html'
  const ways = await waysFrom(services, ctx, error)
  const locale = localeOf(ctx, ctx.query.ui_locales)
  ctx.body = services.views.page('error', locale, { error, reference, ways, developer })
}

/** The page that says what was thrown. */
export function explain(error: Error & { status?: number; expose?: boolean }): {
  status: number
  name: string
} {
  if (error instanceof Problem) return { status: error.status, name: error.error }
  if (error instanceof StoreUnavailable) return { status: 503, name: 'unavailable' }
  if (error instanceof Overloaded) return { status: 503, name: 'busy' }
  if (error instanceof errors.SessionNotFound) return { status: 400, name: 'expired' }
  if (error instanceof URIError || error instanceof errors.OIDCProviderError)
    return { status: 400, name: 'bad_request' }
  const status = error.status ?? 500
  return status < 500
    ? { status, name: status === 404 ? 'not_found' : 'bad_request' }
    : { status: 500, name: 'server' }
}

// A path may hold the token of a mailed link; only its first two parts are fit for a log.
const routeOf = (ctx: Context): string => ctx.path.split('/').slice(0, 3).join('/')
