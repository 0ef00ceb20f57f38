import type { Context } from 'koa'
import * as oidc from 'openid-client'
import type { ConsoleSession } from '../adapters/store.ts'
import { seeOther } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { type Acr, acrMultiFactor, meets } from '../rules/assurance.ts'
import { randomToken, tokenHash } from '../secrets/key-ring.ts'
import type { Services } from '../services.ts'
import { connectConsole, consoleCallback } from './client.ts'

/** What a page of ours insists on. */
export interface Need {
  acr: Acr
  /** How long ago the person may have signed in. Seconds. */
  maxAge: number
}

/** Deciding about someone else's account: a second factor, within the last five minutes. */
export const freshSecondFactor: Need = { acr: acrMultiFactor, maxAge: 300 }

export interface Console {
  /** The session of a request, if it is strong and fresh enough. */
  session(ctx: Context, need: Need): Promise<ConsoleSession | undefined>
  /** Sends the person to sign in, and back to `returnTo`, a path of ours. */
  signIn(ctx: Context, need: Need, returnTo: string, as?: { email: string; again: boolean }): Promise<void>
  /** GET /console/callback. */
  callback(ctx: Context): Promise<void>
}

interface Leaving {
  verifier: string
  state: string
  nonce: string
  returnTo: string
  maxAge: number
  at: number
}

/** Milliseconds. */
const signInTime = 3_600_000
const sessionTime = 8 * 3_600_000

export function createConsole(services: Services): Console {
  const { config, ring, provider, store, clock, acrNames } = services
  const secure = config.issuer.startsWith('https:')
  const sessionCookie = secure ? '__Host-console' : 'console'
  const leavingCookie = secure ? '__Host-console-leaving' : 'console-leaving'
  const cookie = {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure,
    signed: false,
    overwrite: true,
  } as const
  let connected: Promise<oidc.Configuration> | undefined
  const connect = () => {
    connected ??= connectConsole(provider, config.issuer, ring)
    return connected
  }

  const signIn: Console['signIn'] = async (ctx, need, returnTo, as) => {
    const leaving: Leaving = {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      returnTo,
      maxAge: need.maxAge,
      at: clock(),
    }
    ctx.cookies.set(leavingCookie, ring.seal(JSON.stringify(leaving), leavingCookie), {
      ...cookie,
      maxAge: signInTime,
    })
    const url = oidc.buildAuthorizationUrl(await connect(), {
      redirect_uri: consoleCallback(config.issuer),
      scope: 'openid',
      state: leaving.state,
      nonce: leaving.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(leaving.verifier),
      code_challenge_method: 'S256',
      claims: JSON.stringify({ id_token: { acr: { essential: true, values: [acrNames.theirs(need.acr)] } } }),
      max_age: String(need.maxAge),
      ...(as === undefined ? {} : { login_hint: as.email, ...(as.again ? { prompt: 'login' } : {}) }),
    })
    seeOther(ctx, url.href)
  }

  const callback: Console['callback'] = async (ctx) => {
    const leaving = readLeaving(ctx)
    ctx.cookies.set(leavingCookie, null, cookie)
    if (leaving === undefined || leaving.at + signInTime < clock()) throw new Problem(400, 'expired')
    const claims = await redeem(ctx, leaving)
    const providerSession = (await provider.Session.get(ctx as never)).uid
    const token = randomToken()
    await store.consoleSessions.insert({
      id: tokenHash(token),
      account: claims.sub,
      acr: acrNames.ours(String(claims.acr ?? '')),
      authTime: Number(claims.auth_time),
      providerSession,
      form: randomToken(),
      expiresAt: clock() + sessionTime,
    })
    ctx.cookies.set(sessionCookie, token, { ...cookie, maxAge: sessionTime })
    seeOther(ctx, leaving.returnTo)
  }

  const readLeaving = (ctx: Context): Leaving | undefined => {
    try {
      return JSON.parse(ring.open(ctx.cookies.get(leavingCookie) ?? '', leavingCookie))
    } catch {
      return undefined
    }
  }

  const redeem = async (ctx: Context, leaving: Leaving) => {
    try {
      const url = new URL(ctx.originalUrl, config.issuer)
      const tokens = await oidc.authorizationCodeGrant(await connect(), url, {
        pkceCodeVerifier: leaving.verifier,
        expectedState: leaving.state,
        expectedNonce: leaving.nonce,
        idTokenExpected: true,
      })
      return tokens.claims()!
    } catch (error) {
      // The person turned back, or can't reach what the page insists on; nothing else is told here.
      const refused = error instanceof oidc.AuthorizationResponseError
      throw new Problem(refused ? 403 : 400, refused ? 'forbidden' : 'expired')
    }
  }

  const session: Console['session'] = async (ctx, need) => {
    const token = ctx.cookies.get(sessionCookie)
    const found = token === undefined ? undefined : await store.consoleSessions.get(tokenHash(token))
    if (found === undefined || !meets(found.acr, need.acr)) return undefined
    if (clock() / 1000 - found.authTime > need.maxAge) return undefined
    return (await stillStands(services, found)) ? found : undefined
  }

  return { session, signIn, callback }
}

/** Our session ends with the provider's session it rests on, and with a reset of the account. */
async function stillStands({ store }: Services, session: ConsoleSession): Promise<boolean> {
  const [rested, account] = await Promise.all([
    store.sessions.get(session.providerSession),
    store.accounts.get(session.account),
  ])
  if (rested === undefined || rested.ended !== undefined || rested.account !== session.account) return false
  return account?.status === 'active' && session.authTime >= Math.floor(account.validAfter / 1000)
}
