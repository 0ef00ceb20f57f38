import Router from '@koa/router'
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose'
import Koa, { type Context } from 'koa'
import * as oidc from 'openid-client'
import { createLogoutTokens } from '../../examples/openid-client-app/logout-tokens.ts'
import { createProviderOfApp, type Insisting, stepUpOf } from '../../examples/openid-client-app/provider.ts'
import { Sessions, type SignedIn } from '../../examples/openid-client-app/sessions.ts'
import { bodyParser } from '../../provider/parsed-body.ts'
import { acrMultiFactor, acrPhishingResistant } from '../../rules/assurance.ts'
import { defined } from '../../rules/defined.ts'
import { once } from '../once.ts'
import { figuresApi, figuresResource } from './figures-api.ts'
import { appLocale, chosenLanguage } from './relying-app-language.ts'
import { type AppPage, figuresPage, homePage } from './relying-app-page.ts'
import { appStyle } from './relying-app-style.ts'

const clientId = 'demo-app'

/** The demo app's registration: what an operator would put into `clients`. */
export function demoClient(origin: string, secret: string) {
  return {
    client_id: clientId,
    client_secret: secret,
    client_name: 'Demo App',
    // Our own pages lead back to it.
    client_uri: `${origin}/`,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    backchannel_logout_uri: `${origin}/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }
}

/** Name and address come in the ID token, and how the person signed in, as strong as is insisted on. */
function asking(acr?: { essential: true; values: string[] }): Insisting {
  return { claims: JSON.stringify({ id_token: { name: null, email: null, acr } }) }
}

/**
 * A relying app that knows nothing of Rekey but OpenID Connect: it signs people in with openid-client, says what their
 * ID token says, does what an API asks of the sign-in, and signs people out when the provider tells it to.
 */
export function createRelyingApp(options: {
  issuer: string
  origin: string
  secret: string
  /** Where the demo tells what to try. */
  guide?: string
}): Koa {
  const { issuer, origin, secret, guide } = options
  const { indicator, scope } = figuresResource(origin)
  const provider = createProviderOfApp({
    issuer,
    origin,
    clientId,
    clientSecret: secret,
    resources: [indicator],
    scope: `openid email profile ${scope}`,
  })
  const sessions = new Sessions(clientId)
  // With Node's fetch, which no start needs.
  const remoteKeys = once(() => createRemoteJWKSet(new URL(`${issuer}/jwks`)))
  const keys: JWTVerifyGetKey = (...token) => remoteKeys()(...token)
  const readLogoutToken = createLogoutTokens({ issuer, clientId, keys, now: () => Date.now() })

  const leave = async (ctx: Context, returnTo: string, insisting: Insisting) => {
    const ui_locales = chosenLanguage(ctx)
    const { url, state, leaving } = await provider.leave(returnTo, defined({ ...insisting, ui_locales }))
    sessions.of(ctx).leaving.set(state, leaving)
    ctx.redirect(url.href)
  }

  const framed = (ctx: Context): AppPage => ({
    issuer,
    guide,
    locale: appLocale(ctx),
    now: Math.floor(Date.now() / 1000),
  })

  const router = new Router()
  router.get('/', (ctx) => {
    const visitor = sessions.of(ctx)
    const { error } = ctx.query
    show(ctx, homePage({ ...framed(ctx), ...visitor, error: typeof error === 'string' ? error : undefined }))
    delete visitor.told
  })
  router.get('/app.css', (ctx) => {
    ctx.type = 'css'
    ctx.body = appStyle
  })

  // /login asks for a second factor and insists on it; ?level=any takes what there is, ?level=phr only a passkey. Who is
  // signed in is asked again by &again=yes only: what they showed before counts otherwise.
  router.get('/login', (ctx) => {
    const { level, again } = ctx.query
    const lowest = level === 'phr' ? acrPhishingResistant : acrMultiFactor
    const strong = { essential: true as const, values: [lowest] }
    return leave(ctx, '/', {
      ...asking(level === 'any' ? undefined : strong),
      prompt: again === 'yes' ? 'login' : undefined,
    })
  })

  // What the API asks for goes into the next request (RFC 9470 §4), and the person comes back to this page.
  router.get('/figures', async (ctx) => {
    const { signedIn } = sessions.of(ctx)
    if (signedIn === undefined) return leave(ctx, '/figures', asking())
    try {
      const figures = await provider.call(signedIn, indicator, indicator, 'GET')
      show(ctx, figuresPage(figures as { [name: string]: unknown }, signedIn.claims, framed(ctx)))
    } catch (error) {
      const insisting = askedBy(error)
      if (insisting === undefined) return ctx.redirect('/?error=the_api_failed')
      if (isJustBack(signedIn)) return ctx.redirect('/?error=still_not_enough')
      await leave(ctx, '/figures', { ...asking(), ...insisting })
    } finally {
      delete signedIn.madeFor
    }
  })

  router.get('/callback', async (ctx) => {
    const { leaving } = sessions.of(ctx)
    const state = String(ctx.query.state ?? '')
    const left = leaving.get(state)
    leaving.delete(state)
    try {
      if (left === undefined) throw new oidc.ClientError('this browser did not leave for that')
      sessions.signIn(ctx, await provider.arrive(new URL(ctx.originalUrl, origin), state, left))
      ctx.redirect(left.returnTo)
    } catch (error) {
      const reason = error instanceof oidc.AuthorizationResponseError ? error.error : 'sign_in_failed'
      ctx.redirect(`/?error=${encodeURIComponent(reason)}`)
    }
  })

  router.post('/logout', async (ctx) => {
    const visitor = sessions.of(ctx)
    const url = await provider.signOut(visitor.signedIn)
    delete visitor.signedIn
    ctx.redirect(url.href)
  })

  // OpenID Connect Back-Channel Logout 1.0 §2.5 and §2.6.
  router.post('/backchannel-logout', bodyParser({ enableTypes: ['form'] }), async (ctx) => {
    ctx.set('Cache-Control', 'no-store')
    const { logout_token } = (ctx.request.body ?? {}) as { logout_token?: string }
    try {
      sessions.end(await readLogoutToken(String(logout_token)))
      ctx.status = 200
    } catch {
      ctx.status = 400
      ctx.body = { error: 'invalid_request' }
    }
  })

  const app = new Koa()
  app.use(router.routes())
  app.use(figuresApi({ issuer, origin }).routes())
  return app
}

/** Back from the sign-in that was made for this page: asking again wouldn't help. */
const isJustBack = (signedIn: SignedIn): boolean => signedIn.madeFor === '/figures'

/** What the next request must ask for; nothing in particular where the sign-in behind the tokens has ended. */
function askedBy(error: unknown): Insisting | undefined {
  if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') return {}
  return stepUpOf(error)
}

const contentPolicy =
  "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"

function show(ctx: Context, html: string): void {
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Content-Security-Policy', contentPolicy)
  ctx.body = html
}
