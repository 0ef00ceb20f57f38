import Router from '@koa/router'
import Koa, { type Context, type Next } from 'koa'
import * as oidc from 'openid-client'
import { type Need, refusal } from './step-up.ts'
import { byIntrospection, byJwt, type ReadToken } from './tokens.ts'

export interface ApiOptions {
  issuer: string
  /** Where this API is reached; its resource indicators begin with it. */
  origin: string
  clientId: string
  clientSecret: string
  /** Milliseconds since 1970. */
  now?: () => number
}

/** A second factor, or something stronger. */
const acr = ['http://schemas.openid.net/pape/policies/2007/06/multi-factor', 'phr', 'phrh']

/** A bank's API. Looking at the balance takes a sign-in, the statements a second factor, paying one of just now. */
export function createApi({ issuer, origin, clientId, clientSecret, now = Date.now }: ApiOptions): Koa {
  const connect = connectOnce(issuer, clientId, clientSecret)
  const accounts = byIntrospection({ issuer, audience: `${origin}/accounts` }, connect)
  const payments = byJwt({ issuer, audience: `${origin}/payments` }, now)
  const seconds = () => Math.floor(now() / 1000)
  const needs = (read: ReadToken, need: Need) => (ctx: Context, next: Next) =>
    protect(ctx, next, read, need, seconds())

  const router = new Router()
  router.get('/accounts/balance', needs(accounts, { scope: 'accounts:read' }), (ctx) => {
    ctx.body = { balance: '1,250.00', currency: 'EUR' }
  })
  router.get('/accounts/statements', needs(accounts, { scope: 'accounts:read', acr }), (ctx) => {
    ctx.body = { statements: ['September', 'October'] }
  })
  router.post('/payments', needs(payments, { scope: 'payments:write', acr, maxAge: 300 }), (ctx) => {
    ctx.status = 201
    ctx.body = { paid: '42.00', currency: 'EUR' }
  })
  const koa = new Koa()
  koa.use(router.routes())
  return koa
}

/** Lets a request through whose token is good and says enough; answers all others as RFC 6750 and RFC 9470 say. */
async function protect(ctx: Context, next: Next, read: ReadToken, need: Need, now: number): Promise<void> {
  const value = /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('authorization'))?.[1]
  if (value === undefined) return refuse(ctx, 401, 'Bearer')
  const token = await read(value).catch(() => 'unavailable' as const)
  if (token === 'unavailable') {
    ctx.status = 503
    return
  }
  if (token === undefined) return refuse(ctx, 401, 'Bearer error="invalid_token"')
  const refused = refusal(token, need, now)
  if (refused !== undefined) return refuse(ctx, refused.status, refused.challenge)
  await next()
}

function refuse(ctx: Context, status: number, challenge: string): void {
  ctx.status = status
  ctx.set('WWW-Authenticate', challenge)
  ctx.body = { error: 'refused' }
}

/** Discovery, once it succeeds; so the API may start before the provider. */
function connectOnce(issuer: string, id: string, secret: string): () => Promise<oidc.Configuration> {
  let connected: Promise<oidc.Configuration> | undefined
  const execute = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []
  return () => {
    connected ??= oidc.discovery(new URL(issuer), id, secret, undefined, { execute })
    connected.catch(() => {
      connected = undefined
    })
    return connected
  }
}
