import Router from '@koa/router'
import type { Console } from '../console/session.ts'
import { formBody } from '../http/form.ts'
import type { Services } from '../services.ts'
import { decide, showApprove, switchApprover } from './approve.ts'
import { showContinue, useCompletionLink } from './continue.ts'
import { confirmDisavow, showDisavow } from './disavow.ts'
import { sendToSupport, showSupport } from './support.ts'

/** Pages that mailed links lead to. A GET never changes anything. */
export function recoveryRoutes(services: Services, console: Console): Router {
  const router = new Router({ prefix: '/recovery' })
  router.get('/approve/:token', (ctx) => showApprove(services, console, ctx))
  router.get('/approve/:token/switch', (ctx) => switchApprover(services, console, ctx))
  router.post('/approve/:token', formBody, (ctx) => decide(services, console, ctx))
  router.get('/disavow/:token', (ctx) => showDisavow(services, ctx))
  router.post('/disavow/:token', formBody, (ctx) => confirmDisavow(services, ctx))
  router.get('/support/:token', (ctx) => showSupport(services, ctx))
  router.post('/support/:token', formBody, (ctx) => sendToSupport(services, ctx))
  router.get('/continue/:token', (ctx) => showContinue(services, ctx))
  router.post('/continue/:token', formBody, (ctx) => useCompletionLink(services, ctx))
  return router
}
