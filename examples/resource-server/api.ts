import Router from '@koa/router'
import Koa, { type Context, type Next } from 'koa'
import * as oidc from 'openid-client'
import { protect } from './protect.ts'
import type { Need } from './step-up.ts'
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
