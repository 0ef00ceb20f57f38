import Router from '@koa/router'
import type { Console } from '../console/session.ts'
import { formBody } from '../http/form.ts'
import type { Services } from '../services.ts'
import { decide, showApprove, switchApprover } from './approve.ts'
import { confirmDisavow, showDisavow } from './disavow.ts'

/** Pages that mailed links lead to. A GET never changes anything. */
export function recoveryRoutes(services: Services, console: Console): Router {
  const router = new Router({ prefix: '/recovery' })
  router.get('/approve/:token', (ctx) => showApprove(services, console, ctx))
  router.get('/approve/:token/switch', (ctx) => switchApprover(services, console, ctx))
  router.post('/approve/:token', formBody, (ctx) => decide(services, console, ctx))
  router.get('/disavow/:token', (ctx) => showDisavow(services, ctx))
  router.post('/disavow/:token', formBody, (ctx) => confirmDisavow(services, ctx))
  return router
}
