import type Router from '@koa/router'
import type { Context } from 'koa'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { checkFormToken, readFields } from '../http/form.ts'
import type { Services } from '../services.ts'
import type { WebhookRoom } from '../webhooks/room.ts'
import { webhookRoutes } from '../webhooks/routes.ts'
import { type Admin, lookingAt, ownOrganization, signedIn } from './super-admin.ts'

/** Systems that are told what happens in an organization, looked after by its super admins. */
export function organizationWebhookRoutes(services: Services, console: Console, router: Router): void {
  webhookRoutes(router, '/:organization/webhooks', services, {
    looking: async (ctx) => {
      const admin = await signedIn(services, console, ctx, lookingAt)
      return admin && roomOf(services, ctx, admin)
    },
    changing: async (ctx) => {
      const admin = await signedIn(services, console, ctx, freshSecondFactor)
      if (admin === undefined) return undefined
      const room = await roomOf(services, ctx, admin)
      const fields = readFields(ctx)
      checkFormToken(fields, admin.session.form)
      return { ...room, fields }
    },
  })
}

async function roomOf(services: Services, ctx: Context, admin: Admin): Promise<WebhookRoom> {
  const { id, name } = await ownOrganization(services, ctx, admin)
  const back = `/administration/${encodeURIComponent(id)}`
  const { session, account } = admin
  return { session, by: account.id, base: `${back}/webhooks`, back, organization: { id, name } }
}
