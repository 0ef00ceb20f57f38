import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { acrMultiFactor } from '../../rules/assurance.ts'
import type { Browser } from './browser.ts'

export interface SignedIn {
  tokens: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>
  claims: oidc.IDToken
}

export interface RelyingApp {
  client: { client_id: string; client_secret: string; [metadata: string]: unknown }
  origin: string
  config(): Promise<oidc.Configuration>
  /** Sends a browser to sign in; it ends up on the provider's page, or back at the app. */
  start(browser: Browser, params?: { [parameter: string]: string }): Promise<void>
  /** What came back to the app with this browser: throws AuthorizationResponseError when the provider refused. */
  finish(browser: Browser): Promise<SignedIn>
  /** The `error` that came back to the app instead of a code. */
  refusal(browser: Browser): Promise<string>
  /** Logout tokens that were received and verified. */
  loggedOut: JWTPayload[]
  nextLogout(): Promise<JWTPayload>
  /** How each logout token came, whatever the answer. */
  logoutRequests: { method: string; type: string; token: string }[]
  /** What good logout tokens are answered with: 503 is an app that is down. */
  answer: 200 | 204 | 503
  stop(): Promise<void>
}

/** Asks for the multi-factor class as essential. */
export const insisting = {
  claims: JSON.stringify({ id_token: { acr: { essential: true, values: [acrMultiFactor] } } }),
}

/** A relying app of the tests: openid-client, and an endpoint that verifies logout tokens with jose. */
export async function startRelyingApp(
  issuer: string,
  id = 'app',
  metadata: object = {},
  /** Where the provider is, if not at its issuer. */
  base = issuer,
): Promise<RelyingApp> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const secret = 'a secret of the tests, long enough'
  const client = {
    client_id: id,
    client_secret: secret,
    client_name: 'Test App',
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    backchannel_logout_uri: `${origin}/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...metadata,
  }
  const loggedOut: JWTPayload[] = []
  const waiting: ((payload: JWTPayload) => void)[] = []
  const keys = createRemoteJWKSet(new URL(`${base}/jwks`))
  server.on('request', async (request, response) => {
    if (request.url !== '/backchannel-logout') {
      response.writeHead(200).end('the app')
      return
    }
    const token = new URLSearchParams(await bodyOf(request)).get('logout_token') ?? ''
    app.logoutRequests.push({
      method: request.method ?? '',
      type: request.headers['content-type'] ?? '',
      token,
    })
    if (app.answer === 503) {
      response.writeHead(503).end()
      return
    }
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience: id, typ: 'logout+jwt' })
      loggedOut.push(payload)
      waiting.shift()?.(payload)
      response.writeHead(app.answer).end()
    } catch {
      response.writeHead(400).end()
    }
  })
  let config: Promise<oidc.Configuration> | undefined
  const leaving = new WeakMap<Browser, { verifier: string; state: string; nonce: string; maxAge?: number }>()
  const discover = () => {
    config ??= oidc.discovery(new URL(issuer), id, secret, undefined, {
      execute: [oidc.allowInsecureRequests],
      // As a host would have it that sends /.well-known to where the provider is.
      [oidc.customFetch]: (url, init) =>
        fetch(
          url.startsWith(`${issuer}/.well-known/`) ? url.replace(issuer, base) : url,
          init as RequestInit,
        ),
    })
    return config
  }
  const app: RelyingApp = {
    client,
    origin,
    loggedOut,
    logoutRequests: [],
    answer: 200,
    config: discover,
    start: async (browser, params = {}) => {
      const start = {
        verifier: oidc.randomPKCECodeVerifier(),
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
      }
      leaving.set(browser, { ...start, ...(params.max_age ? { maxAge: Number(params.max_age) } : {}) })
      const url = oidc.buildAuthorizationUrl(await discover(), {
        redirect_uri: `${origin}/callback`,
        scope: 'openid email profile',
        state: start.state,
        nonce: start.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(start.verifier),
        code_challenge_method: 'S256',
        ...params,
      })
      await browser.open(url.href)
    },
    finish: async (browser) => {
      const start = leaving.get(browser)!
      const callback = browser.trail.find((url) => url.startsWith(`${origin}/callback`))
      if (callback === undefined)
        throw new Error(`not back at the app but at "${browser.heading}": ${browser.words}`)
      const tokens = await oidc.authorizationCodeGrant(await discover(), new URL(callback), {
        pkceCodeVerifier: start.verifier,
        expectedState: start.state,
        expectedNonce: start.nonce,
        idTokenExpected: true,
        ...(start.maxAge === undefined ? {} : { maxAge: start.maxAge }),
      })
      return { tokens, claims: tokens.claims()! }
    },
    refusal: async (browser) => {
      const callback = browser.trail.find((url) => url.startsWith(`${origin}/callback`))
      const error = callback && new URL(callback).searchParams.get('error')
      if (!error) throw new Error(`not refused but at "${browser.heading}": ${browser.trail.join(' → ')}`)
      return error
    },
    nextLogout: () => new Promise((resolve) => waiting.push(resolve)),
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close').catch(() => {})
    },
  }
  return app
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}
