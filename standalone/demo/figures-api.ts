import Router from '@koa/router'
import { protect } from '../../examples/resource-server/protect.ts'
import { byJwt, type ReadToken } from '../../examples/resource-server/tokens.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { once } from '../once.ts'

const path = '/api/figures'

/** The API as the provider knows it: what an operator would put into `resources`. */
export function figuresResource(origin: string) {
  return { indicator: `${origin}${path}`, scope: 'figures:read', format: 'jwt' as const }
}

/**
 * An API beside the demo app. It takes a second factor of the last five minutes, and says so to whoever comes with less
 * (RFC 9470 §3).
 */
export function figuresApi({ issuer, origin }: { issuer: string; origin: string }): Router {
  const { indicator, scope } = figuresResource(origin)
  // Read at each call: the demo's clock replaces Date.now.
  const now = () => Date.now()
  // With Node's fetch, which no start needs.
  const reader = once(() => byJwt({ issuer, audience: indicator }, now))
  const read: ReadToken = (token) => reader()(token)
  const need = { scope, acr: [acrMultiFactor, 'phr', 'phrh'], maxAge: 300 }
  const router = new Router()
  router.get(
    path,
    (ctx, next) => protect(ctx, next, read, need, Math.floor(now() / 1000)),
    (ctx) => {
      ctx.body = { 'Open invoices': 14, 'Due this week': '3,180.00 EUR', 'In the account': '27,450.00 EUR' }
    },
  )
  return router
}
