import type Router from '@koa/router'
import type { Organization } from '../../rules/organization.ts'
import type { Console } from '../console/session.ts'
import type { Services } from '../services.ts'
import type { WebhookRoom } from '../webhooks/room.ts'
import { webhookRoutes } from '../webhooks/routes.ts'
import { type Admin, lookingAt, ownOrganization, sentByAdmin, signedIn } from './super-admin.ts'

/** Systems that are told what happens in an organization, looked after by its super admins. */
export function organizationWebhookRoutes(services: Services, console: Console, router: Router): void {
  webhookRoutes(router, '/:organization/webhooks', services, {
    looking: async (ctx) => {
      const admin = await signedIn(services, console, ctx, lookingAt)
      return admin && roomOf(admin, await ownOrganization(services, ctx, admin))
    },
    changing: async (ctx) => {
      const sent = await sentByAdmin(services, console, ctx)
      return sent && { ...roomOf(sent.admin, sent.organization), fields: sent.fields }
    },
  })
}

function roomOf({ session, account }: Admin, { id, name }: Organization): WebhookRoom {
  const back = `/administration/${encodeURIComponent(id)}`
  return { session, by: account.id, base: `${back}/webhooks`, back, organization: { id, name } }
}
