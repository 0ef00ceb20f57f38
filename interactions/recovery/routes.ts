import Router from '@koa/router'
import type { Console } from '../console/session.ts'
import { formBody } from '../http/form.ts'
import type { Services } from '../services.ts'
import { decide, showApprove, switchApprover } from './approve.ts'
import { showContinue, useCompletionLink } from './continue.ts'
import { confirmDisavow, showDisavow } from './disavow.ts'
import { confirmIdentity, showConfirm } from './identity-confirm.ts'
import { type Enrol, identityCallback } from './identity-return.ts'
import { identityWebhook } from './identity-webhook.ts'
import { changeRequest, showRequest } from './status.ts'
import { sendToSupport, showSupport } from './support.ts'

/** Pages that mailed links lead to. A GET never changes anything. */
export function recoveryRoutes(services: Services, console: Console, enrol: Enrol): Router {
  const router = new Router({ prefix: '/recovery' })
  router.get('/approve/:token', (ctx) => showApprove(services, console, ctx))
  router.get('/approve/:token/switch', (ctx) => switchApprover(services, console, ctx))
  router.post('/approve/:token', formBody, (ctx) => decide(services, console, ctx))
  router.get('/disavow/:token', (ctx) => showDisavow(services, ctx))
  router.post('/disavow/:token', formBody, (ctx) => confirmDisavow(services, ctx))
  router.get('/support/:token', (ctx) => showSupport(services, ctx))
  router.post('/support/:token', formBody, (ctx) => sendToSupport(services, ctx))
  router.get('/status/:token', (ctx) => showRequest(services, ctx))
  router.post('/status/:token', formBody, (ctx) => changeRequest(services, ctx))
  router.get('/continue/:token', (ctx) => showContinue(services, ctx))
  router.post('/continue/:token', formBody, (ctx) => useCompletionLink(services, ctx))
  // The answer of an OpenID provider comes by GET, and is taken once (OpenID Connect Core §3.1.2.5).
  router.get('/identity/callback', (ctx) => identityCallback(services, ctx, enrol))
  router.post('/identity/webhook', (ctx) => identityWebhook(services, ctx))
  router.get('/identity/confirm/:token', (ctx) => showConfirm(services, ctx))
  router.post('/identity/confirm/:token', formBody, (ctx) => confirmIdentity(services, ctx))
  return router
}
