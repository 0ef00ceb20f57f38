import type { Context } from 'koa'
import * as oidc from 'openid-client'
import { randomToken, tokenHash } from '../../adapters/secrets/key-ring.ts'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import { askedLifetime } from '../../provider/asked.ts'
import { consoleCallback } from '../../provider/own-client.ts'
import { type Acr, acrMultiFactor, acrPassword, meets } from '../../rules/assurance.ts'
import { defined } from '../../rules/defined.ts'
import { isAhead } from '../../rules/lately.ts'
import { cookieAt } from '../../rules/mount.ts'
import { isIdle, usedNow } from '../../rules/session-use.ts'
import { presentValidAfter, signInStands } from '../../rules/valid-after.ts'
import { ownCookie } from '../http/own-cookie.ts'
import { seeOther } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { connectConsole } from './client.ts'
import { remember } from './frame.ts'
import { keepForm } from './kept-form.ts'

/** What a page of ours insists on. */
export interface Need {
  acr: Acr
  /** How long ago the person may have signed in. Seconds. */
  maxAge: number
}

/** Deciding about someone else's account: a second factor, within the last five minutes. */
export const freshSecondFactor: Need = { acr: acrMultiFactor, maxAge: 300 }

/** What the page itself insists on, it says once somebody is there. */
export const anyone: Need = { acr: acrPassword, maxAge: 8 * 3600 }

export interface Console {
  /** The session of a request, if it is strong and fresh enough. */
  session(ctx: Context, need: Need): Promise<ConsoleSession | undefined>
  /** The session of a request, however weak, if it still stands. */
  current(ctx: Context): Promise<ConsoleSession | undefined>
  /** Ends it in this browser. */
  forget(ctx: Context, session: ConsoleSession): Promise<void>
  /** Sends the person to sign in, and back to `returnTo`, a path of ours; a form that came too late is filled in there. */
  signIn(ctx: Context, need: Need, returnTo: string, as?: SignInAs): Promise<void>
  /** GET /console/callback. */
  callback(ctx: Context): Promise<void>
}

/** How the sign-in begins. */
export interface SignInAs {
  /** Whose address stands there already. */
  email?: string
  /** Whether somebody who is signed in signs in again. */
  again?: boolean
  /** What the sign-in ends with, like any app's: `enrol:passkey`. */
  action?: string
  /** Where it leads to once that was done. */
  done?: string
}

interface Leaving {
  verifier: string
  state: string
  nonce: string
  returnTo: string
  done?: string
  maxAge: number
  at: number
}

/** As long as a page of the sign-in that is left open can go on. Milliseconds. */
const signInTime = askedLifetime
const sessionTime = 8 * 3_600_000

export function createConsole(services: Services): Console {
  const { config, ring, provider, store, change, create, clock, acrNames } = services
  const { name: sessionCookie, path, secure } = cookieAt(config, 'console')
  const leavingCookie = cookieAt(config, 'console-leaving').name
  const cookie = ownCookie({ path, secure })
  let connected: Promise<oidc.Configuration> | undefined
  const connect = () => {
    connected ??= connectConsole(provider, config, ring)
    return connected
  }

  const signIn: Console['signIn'] = async (ctx, need, returnTo, as) => {
    const sender = await standing(ctx)
    if (sender !== undefined && ctx.method === 'POST')
      keepForm(services, ctx, sender, returnTo.split('?', 1)[0]!)
    const leaving: Leaving = {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      returnTo,
      done: as?.done,
      maxAge: need.maxAge,
      at: clock(),
    }
    ctx.cookies.set(leavingCookie, ring.seal(JSON.stringify(leaving), leavingCookie), {
      ...cookie,
      maxAge: signInTime,
    })
    const parameters = defined({
      redirect_uri: consoleCallback(config),
      scope: 'openid',
      state: leaving.state,
      nonce: leaving.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(leaving.verifier),
      code_challenge_method: 'S256',
      acr_values: acrNames.theirs(need.acr),
      max_age: String(need.maxAge),
      login_hint: as?.email ?? (as?.again === true ? undefined : await addressOf(services, sender)),
      prompt: as?.again === true ? 'login' : undefined,
      action: as?.action,
    })
    seeOther(ctx, (await requestTo(await connect(), parameters)).href)
  }

  const callback: Console['callback'] = async (ctx) => {
    const leaving = readLeaving(ctx)
    ctx.cookies.set(leavingCookie, null, cookie)
    if (leaving === undefined || leaving.at + signInTime < clock()) throw new Problem(400, 'expired')
    const claims = await redeem(ctx, leaving)
    const providerSession = (await provider.Session.get(ctx as never)).uid
    const before = await current(ctx)
    const token = randomToken()
    await create('consoleSessions', {
      id: tokenHash(token),
      account: claims.sub,
      acr: acrNames.ours(String(claims.acr ?? '')),
      authTime: Number(claims.auth_time),
      providerSession,
      // What is open in another window still counts when the same person has just proven again who they are.
      form: before?.account === claims.sub ? before.form : randomToken(),
      usedAt: clock(),
      expiresAt: clock() + sessionTime,
    })
    if (before !== undefined) await change('consoleSessions', before.id, () => [undefined, undefined])
    // Gone with the browser: who stays signed in comes back by the session that it rests on.
    ctx.cookies.set(sessionCookie, token, cookie)
    // How it ended is a hint and not signed: it decides which words are shown, and nothing else.
    const done = ctx.query.action_status === 'success' ? leaving.done : undefined
    seeOther(ctx, done ?? leaving.returnTo)
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
      const url = new URL(config.base + ctx.url)
      const tokens = await oidc.authorizationCodeGrant(await connect(), url, {
        pkceCodeVerifier: leaving.verifier,
        expectedState: leaving.state,
        expectedNonce: leaving.nonce,
        idTokenExpected: true,
      })
      return tokens.claims()!
    } catch (error) {
      const refused = error instanceof oidc.AuthorizationResponseError
      if (refused && ofTheRequest.includes(error.error))
        throw new Error(`the provider refuses what Rekey's own pages ask for: ${error.error}`)
      // The person turned back, or can't reach what the page insists on; nothing else is told here.
      throw new Problem(refused ? 403 : 400, refused ? 'forbidden' : 'expired')
    }
  }

  const current = async (ctx: Context): Promise<ConsoleSession | undefined> => {
    const token = ctx.cookies.get(sessionCookie)
    return token === undefined ? undefined : store.consoleSessions.get(tokenHash(token))
  }

  const session: Console['session'] = async (ctx, need) => {
    const found = await standing(ctx)
    if (found === undefined || !satisfies(found, need, clock())) return undefined
    remember(ctx, found)
    await noteUse(services, found)
    return found
  }

  const standing: Console['current'] = async (ctx) => {
    const found = await current(ctx)
    return found !== undefined && (await stillStands(services, found)) ? found : undefined
  }

  const forget: Console['forget'] = async (ctx, { id }) => {
    await change('consoleSessions', id, () => [undefined, undefined])
    ctx.cookies.set(sessionCookie, null, cookie)
  }

  return { session, current: standing, forget, signIn, callback }
}

/** Whose session is too old for the page signs in again: their address stands there already. */
const addressOf = async ({ accounts }: Services, session: ConsoleSession | undefined) =>
  session && (await accounts.get(session.account))?.email

/** A setting of the host's stands against our own client; the person can do nothing about it. */
const ofTheRequest = [
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_response_type',
  'request_not_supported',
  'invalid_client',
  'invalid_client_metadata',
]

/** Pushed (RFC 9126) where the host takes no other. */
const requestTo = async (provider: oidc.Configuration, parameters: { [name: string]: string }) =>
  provider.serverMetadata().require_pushed_authorization_requests === true
    ? oidc.buildAuthorizationUrlWithPAR(provider, parameters)
    : oidc.buildAuthorizationUrl(provider, parameters)

/** Where someone comes back to: what was looked for is found again, unless it is too long for a cookie. */
export const askedFor = ({ method, path, url }: Pick<Context, 'method' | 'path' | 'url'>): string =>
  method === 'GET' && url.length <= 1_000 ? url : path

/** Whether a session is strong and fresh enough at `now`, in milliseconds. One that nobody used for an hour isn't strong. */
export function satisfies({ acr, authTime, usedAt }: ConsoleSession, need: Need, now: number): boolean {
  const idle = meets(need.acr, acrMultiFactor) && isIdle(usedAt, now)
  const fresh = now / 1000 - authTime <= need.maxAge && !isAhead(authTime * 1000, now)
  return meets(acr, need.acr) && fresh && !idle
}

/** Written down now and then, and not with every page. */
async function noteUse({ change, clock }: Services, { id, usedAt }: ConsoleSession): Promise<void> {
  const now = clock()
  if (usedNow(usedAt, now) === usedAt) return
  await change('consoleSessions', id, (current) => [
    current && { ...current, usedAt: usedNow(current.usedAt, now) },
    undefined,
  ])
}

/** Our session ends with the provider's session it rests on, and with a reset of the account. */
async function stillStands({ store, accounts, clock }: Services, session: ConsoleSession): Promise<boolean> {
  const [rested, account] = await Promise.all([
    store.sessions.get(session.providerSession),
    accounts.get(session.account),
  ])
  if (rested === undefined || rested.ended !== undefined || rested.account !== session.account) return false
  if (account?.status !== 'active') return false
  return signInStands(session.authTime, presentValidAfter(account.validAfter, clock()))
}
