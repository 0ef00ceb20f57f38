import Router from '@koa/router'
import type { Context } from 'koa'
import type { Provider } from 'oidc-provider'
import { spendOne } from '../../account/budget.ts'
import { networkOf } from '../../rules/network.ts'
import type { Budget } from '../../rules/throttle.ts'
import type { Services } from '../services.ts'
import { Problem } from './problem.ts'
import { originOf } from './request.ts'

/** Codes that strangers may try, by network: there are 20^8, and few of them are good at any moment (RFC 8628 §5.1). */
const tries: Budget = { capacity: 20, period: 600_000 }

async function withinTries(services: Services, ctx: Context, next: () => Promise<unknown>): Promise<void> {
  const network = networkOf(originOf(ctx).address)
  if (!(await spendOne(services, `user-code:${network}`, tries))) throw new Problem(429, 'too_often')
  await next()
}

/**
 * The code that a device shows is entered in a session, which the library opens with its first page. Where none stands, a
 * form or a returning sign-in is refused here: the library would fail on saving the session that doesn't exist.
 */
export function userCodeSession(provider: Provider, services: Services): Router {
  const needed = async (ctx: Context, next: () => Promise<unknown>) => {
    const session = await provider.Session.get(ctx as never)
    if (session.exp === undefined) throw new Problem(400, 'expired')
    await next()
  }
  const router = new Router()
  router.post('/device', needed, (ctx, next) => withinTries(services, ctx, next))
  router.get('/device/:uid', needed)
  return router
}
