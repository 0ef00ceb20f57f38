import Router from '@koa/router'
import type { Context } from 'koa'
import type { Provider } from 'oidc-provider'
import { Problem } from './problem.ts'

/**
 * The code that a device shows is entered in a session, which the library opens with its first page. Where none stands, a
 * form or a returning sign-in is refused here: the library would fail on saving the session that doesn't exist.
 */
export function userCodeSession(provider: Provider): Router {
  const needed = async (ctx: Context, next: () => Promise<unknown>) => {
    const session = await provider.Session.get(ctx as never)
    if (session.exp === undefined) throw new Problem(400, 'expired')
    await next()
  }
  const router = new Router()
  router.post('/device', needed)
  router.get('/device/:uid', needed)
  return router
}
