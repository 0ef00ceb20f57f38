import type Router from '@koa/router'
import type { Context } from 'koa'
import { installationState } from '../../organization/operator/state.ts'
import type { Console } from '../console/session.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { operatorAt } from './operator.ts'

/** How the installation is. */
export function overviewRoutes(router: Router, services: Services, console: Console): void {
  router.get('/', (ctx) => show(services, console, ctx))
}

async function show(services: Services, console: Console, ctx: Context): Promise<void> {
  const operator = await operatorAt(services, console, ctx)
  if (operator === undefined) return
  const state = await installationState(services)
  showPage(ctx, services.views.page('operator', localeOf(ctx), state))
}
