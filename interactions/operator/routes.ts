import Router from '@koa/router'
import type { Console } from '../console/session.ts'
import type { Services } from '../services.ts'
import { appRoutes } from './apps.ts'
import { operatorAuditRoutes } from './audit.ts'
import { defaultsRoutes } from './defaults.ts'
import { keysRoutes } from './keys.ts'
import { organizationsRoutes } from './organizations.ts'
import { outboxRoutes } from './outbox.ts'
import { overviewRoutes } from './overview.ts'
import { staffRoutes } from './staff.ts'
import { operatorWebhookRoutes } from './webhooks.ts'

/** What people who work for the operator do about the installation. */
export function operatorRoutes(services: Services, console: Console): Router {
  const router = new Router({ prefix: '/operator' })
  for (const routes of [
    overviewRoutes,
    organizationsRoutes,
    staffRoutes,
    appRoutes,
    keysRoutes,
    outboxRoutes,
    operatorWebhookRoutes,
    operatorAuditRoutes,
    defaultsRoutes,
  ])
    routes(router, services, console)
  return router
}
