import { randomBytes } from 'node:crypto'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import Koa, { type Context } from 'koa'
import * as oidc from 'openid-client'
import { acrMultiFactor } from '../rules/assurance.ts'
import { type AppState, appPage } from './relying-app-page.ts'

interface Leaving {
  verifier: string
  state: string
  nonce: string
}

/** The demo app's registration: what an operator would put into `clients`. */
export function demoClient(origin: string, secret: string) {
  return {
    client_id: 'demo-app',
    client_secret: secret,
    client_name: 'Demo App',
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    backchannel_logout_uri: `${origin}/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }
}

/**
 * A relying app that knows nothing of Rekey but OpenID Connect: it signs people in with openid-client, says what their
 * ID token says, and signs them out when the provider tells it to.
 */
export function createRelyingApp(options: { issuer: string; origin: string; secret: string }): Koa {
  const { issuer, origin, secret } = options
  const leaving = new Map<string, Leaving>()
  const signedIn = new Map<string, NonNullable<AppState['signedIn']>>()
  const told = new Map<string, string>()
  let discovered: Promise<oidc.Configuration> | undefined
  const discover = () => {
    discovered ??= oidc.discovery(new URL(issuer), 'demo-app', secret, undefined, {
      execute: [oidc.allowInsecureRequests],
    })
    discovered.catch(() => {
      discovered = undefined
    })
    return discovered
  }
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`))

  const browserOf = (ctx: Context): string => {
    const known = ctx.cookies.get('demo-app')
    if (known !== undefined && /^[\w-]{43}$/.test(known)) return known
    const fresh = randomBytes(32).toString('base64url')
    ctx.cookies.set('demo-app', fresh, { httpOnly: true, sameSite: 'lax' })
    return fresh
  }

  const router = new Router()
  router.get('/', (ctx) => {
    const browser = browserOf(ctx)
    ctx.type = 'html'
    ctx.body = appPage({
      issuer,
      signedIn: signedIn.get(browser),
      told: told.get(browser),
      error: ctx.query.error as string,
    })
    told.delete(browser)
  })

  // /login asks for a second factor and insists on it; /login?level=any takes what there is.
  router.get('/login', async (ctx) => {
    const start = {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
    }
    leaving.set(browserOf(ctx), start)
    const essential = { id_token: { acr: { essential: true, values: [acrMultiFactor] } } }
    const url = oidc.buildAuthorizationUrl(await discover(), {
      redirect_uri: `${origin}/callback`,
      scope: 'openid email profile',
      state: start.state,
      nonce: start.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(start.verifier),
      code_challenge_method: 'S256',
      ...(ctx.query.level === 'any' ? {} : { claims: JSON.stringify(essential) }),
      ...(typeof ctx.query.ui_locales === 'string' ? { ui_locales: ctx.query.ui_locales } : {}),
    })
    ctx.redirect(url.href)
  })

  router.get('/callback', async (ctx) => {
    const browser = browserOf(ctx)
    const start = leaving.get(browser)
    leaving.delete(browser)
    try {
      const tokens = await oidc.authorizationCodeGrant(await discover(), new URL(ctx.originalUrl, origin), {
        pkceCodeVerifier: start?.verifier ?? '',
        expectedState: start?.state ?? '',
        expectedNonce: start?.nonce ?? '',
        idTokenExpected: true,
      })
      const claims = tokens.claims()!
      const person = await oidc.fetchUserInfo(await discover(), tokens.access_token, claims.sub)
      signedIn.set(browser, { claims, person, idToken: tokens.id_token! })
      ctx.redirect('/')
    } catch (error) {
      const reason = error instanceof oidc.AuthorizationResponseError ? error.error : 'sign_in_failed'
      ctx.redirect(`/?error=${encodeURIComponent(reason)}`)
    }
  })

  router.post('/logout', async (ctx) => {
    const browser = browserOf(ctx)
    const session = signedIn.get(browser)
    signedIn.delete(browser)
    const url = oidc.buildEndSessionUrl(await discover(), {
      post_logout_redirect_uri: `${origin}/`,
      ...(session === undefined ? {} : { id_token_hint: session.idToken }),
    })
    ctx.redirect(url.href)
  })

  // OpenID Connect Back-Channel Logout 1.0 §2.5 and §2.6.
  router.post('/backchannel-logout', bodyParser({ enableTypes: ['form'] }), async (ctx) => {
    ctx.set('Cache-Control', 'no-store')
    const token = (ctx.request.body as { logout_token?: string } | undefined)?.logout_token ?? ''
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience: 'demo-app', typ: 'logout+jwt' })
      const events = payload.events as { [event: string]: unknown } | undefined
      if (!events?.['http://schemas.openid.net/event/backchannel-logout'] || payload.nonce !== undefined)
        throw new Error()
      for (const [browser, { claims }] of signedIn) {
        if (payload.sid === undefined ? claims.sub !== payload.sub : claims.sid !== payload.sid) continue
        signedIn.delete(browser)
        told.set(browser, 'The identity provider ended your session.')
      }
      ctx.status = 200
    } catch {
      ctx.status = 400
      ctx.body = { error: 'invalid_request' }
    }
  })

  const app = new Koa()
  app.use(router.routes())
  return app
}
