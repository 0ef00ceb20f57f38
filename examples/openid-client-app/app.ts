import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import { createRemoteJWKSet } from 'jose'
import Koa, { type Context } from 'koa'
import * as oidc from 'openid-client'
import { createLogoutTokens } from './logout-tokens.ts'
import { answerPage, faultPage, homePage, payPage } from './pages.ts'
import { createProviderOfApp, type Insisting, stepUpOf } from './provider.ts'
import { Sessions, type SignedIn } from './sessions.ts'

export interface ExampleOptions {
  issuer: string
  origin: string
  clientId: string
  clientSecret: string
  /** Origin of the resource server (examples/resource-server). */
  api: string
  /** The classes that the app's own sensitive page takes. */
  sensitiveAcr?: string[]
  /** Milliseconds since 1970. */
  now?: () => number
}

/** A second factor, or something stronger. */
const strong = ['http://schemas.openid.net/pape/policies/2007/06/multi-factor', 'phr', 'phrh']
/** Seconds. */
const sensitiveAge = 300

/** An app that lets people in as they come, and asks for more only where it takes more. */
export function createExampleApp(options: ExampleOptions): Koa {
  const { issuer, origin, clientId, api, sensitiveAcr = strong, now = Date.now } = options
  const accounts = `${api}/accounts`
  const payments = `${api}/payments`
  const provider = createProviderOfApp({
    ...options,
    resources: [accounts, payments],
    scope: 'openid profile accounts:read payments:write',
  })
  const sessions = new Sessions('example-app')
  const readLogoutToken = createLogoutTokens({
    issuer,
    clientId,
    keys: createRemoteJWKSet(new URL(`${issuer}/jwks`)),
    now,
  })

  const leave = async (ctx: Context, returnTo: string, insisting?: Insisting) => {
    const { url, state, leaving } = await provider.leave(returnTo, insisting)
    sessions.of(ctx).leaving.set(state, leaving)
    ctx.redirect(url.href)
  }

  /** Sends the person to sign in as a page insists, unless they are just back from that. */
  const insist = async (ctx: Context, signedIn: SignedIn, insisting: Insisting) => {
    const justBack = signedIn.madeFor === ctx.path && ctx.method === 'GET'
    delete signedIn.madeFor
    if (justBack) throw new StillNotEnough()
    await leave(ctx, ctx.path, insisting)
  }

  /** Calls the API for a page; when the API wants a stronger sign-in, the person is sent to make one and comes back. */
  const call = async (ctx: Context, resource: string, path: string) => {
    const { signedIn } = sessions.of(ctx)
    if (signedIn === undefined) return leave(ctx, ctx.path)
    try {
      const answer = await provider.call(signedIn, resource, `${api}${path}`, ctx.method)
      delete signedIn.madeFor
      show(ctx, answerPage('The API answers', answer))
    } catch (error) {
      const insisting = stepUpOf(error)
      if (insisting === undefined) throw error
      await insist(ctx, signedIn, insisting)
    }
  }

  const router = new Router()
  router.get('/', (ctx) => {
    const visitor = sessions.of(ctx)
    show(ctx, homePage(visitor.signedIn, visitor.told))
    delete visitor.told
  })
  router.get('/login', (ctx) => leave(ctx, '/'))
  router.get('/balance', (ctx) => call(ctx, accounts, '/accounts/balance'))
  router.get('/statements', (ctx) => call(ctx, accounts, '/accounts/statements'))
  router.get('/pay', (ctx) => show(ctx, payPage()))
  // A form can't be sent again by a redirect: after a step-up the person is back on the page and presses again.
  router.post('/pay', (ctx) => call(ctx, payments, '/payments'))

  // The app's own sensitive page: the ID token says whether the sign-in is enough, and the request insists.
  router.get('/profile', async (ctx) => {
    const { signedIn } = sessions.of(ctx)
    const acr = { essential: true, values: sensitiveAcr }
    const insisting = { claims: JSON.stringify({ id_token: { acr } }), max_age: String(sensitiveAge) }
    if (signedIn === undefined) return leave(ctx, '/profile', insisting)
    const { claims } = signedIn
    const isRecent = now() / 1000 - Number(claims.auth_time) <= sensitiveAge
    if (!isRecent || !sensitiveAcr.includes(String(claims.acr))) return insist(ctx, signedIn, insisting)
    delete signedIn.madeFor
    show(ctx, answerPage('Profile', claims))
  })

  router.get('/callback', async (ctx) => {
    const { leaving } = sessions.of(ctx)
    const state = String(ctx.query.state ?? '')
    const left = leaving.get(state)
    leaving.delete(state)
    if (left === undefined) throw new oidc.ClientError('this browser did not leave for that')
    sessions.signIn(ctx, await provider.arrive(new URL(ctx.originalUrl, origin), state, left))
    ctx.redirect(left.returnTo)
  })

  router.post('/logout', async (ctx) => {
    const visitor = sessions.of(ctx)
    const url = await provider.signOut(visitor.signedIn)
    delete visitor.signedIn
    ctx.redirect(url.href)
  })

  // OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8. No cookie: the provider calls, not a browser.
  router.post('/backchannel-logout', bodyParser({ enableTypes: ['form'] }), async (ctx) => {
    ctx.set('Cache-Control', 'no-store')
    const { logout_token } = (ctx.request.body ?? {}) as { logout_token?: string }
    try {
      sessions.end(await readLogoutToken(String(logout_token)))
      ctx.status = 200
    } catch {
      ctx.status = 400
      ctx.body = { error: 'invalid_request', error_description: 'not a logout token for this app' }
    }
  })

  const koa = new Koa()
  koa.use(explain)
  koa.use(router.routes())
  return koa
}

class StillNotEnough extends Error {}

/** What can go wrong with the provider or the API, in words for the person. */
async function explain(ctx: Context, next: () => Promise<void>): Promise<void> {
  try {
    await next()
  } catch (error) {
    const unmet =
      error instanceof oidc.AuthorizationResponseError && error.error === 'unmet_authentication_requirements'
    ctx.status = unmet || error instanceof StillNotEnough ? 403 : 502
    if (unmet)
      show(
        ctx,
        faultPage('Not with this account', 'This page takes a stronger sign-in than your account has.'),
      )
    else if (error instanceof StillNotEnough)
      show(ctx, faultPage('Not enough', 'The API still asks for a stronger sign-in.'))
    else show(ctx, faultPage('That did not work', nameOf(error)))
  }
}

const nameOf = (error: unknown): string =>
  error instanceof oidc.AuthorizationResponseError ? error.error : 'Please try again.'

function show(ctx: Context, html: string): void {
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = html
}
