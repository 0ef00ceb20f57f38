import Router from '@koa/router'
import type { Context } from 'koa'
import { isSuperAdmin } from '../../rules/membership.ts'
import type { Console } from '../console/session.ts'
import { seeOther, showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { auditRoutes } from './audit.ts'
import { beginRoutes } from './begin.ts'
import { directoryRoutes } from './directory.ts'
import { invitationRoutes } from './invitations.ts'
import { peopleRoutes } from './people.ts'
import { personRoutes } from './person.ts'
import { policyRoutes } from './policy.ts'
import { readinessRoutes } from './readiness.ts'
import { requestRoutes } from './requests.ts'
import { severalRoutes } from './several.ts'
import { lookingAt, signedIn } from './super-admin.ts'
import { organizationWebhookRoutes } from './webhooks.ts'

/** What super admins do with the members of their organizations. */
export function administrationRoutes(services: Services, console: Console): Router {
  const router = new Router({ prefix: '/administration' })
  router.get('/', (ctx) => showOrganizations(services, console, ctx))
  peopleRoutes(services, console, router)
  personRoutes(services, console, router)
  severalRoutes(services, console, router)
  invitationRoutes(services, console, router)
  policyRoutes(services, console, router)
  requestRoutes(services, console, router)
  beginRoutes(services, console, router)
  readinessRoutes(services, console, router)
  auditRoutes(services, console, router)
  directoryRoutes(services, console, router)
  organizationWebhookRoutes(services, console, router)
  return router
}

async function showOrganizations(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const memberships = await services.store.memberships.find('account', admin.account.id)
  const own = memberships.filter(isSuperAdmin)
  if (own.length === 0) throw new Problem(403, 'forbidden')
  if (own.length === 1) return seeOther(ctx, `/administration/${encodeURIComponent(own[0]!.organization)}`)
  const found = await Promise.all(own.map((one) => services.store.organizations.get(one.organization)))
  const organizations = found.flatMap((one) => (one === undefined ? [] : { id: one.id, name: one.name }))
  const page = services.views.page('administration', localeOf(ctx), {
    admin: admin.account.name,
    organizations,
  })
  showPage(ctx, page)
}
