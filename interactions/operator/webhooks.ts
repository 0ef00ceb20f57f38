import type Router from '@koa/router'
import type { Console } from '../console/session.ts'
import type { Services } from '../services.ts'
import type { WebhookRoom } from '../webhooks/room.ts'
import { webhookRoutes } from '../webhooks/routes.ts'
import { type Operator, operatorAt, sentByOperator } from './operator.ts'

/** Every webhook there is; one that is made here is told what happens in all organizations. */
export function operatorWebhookRoutes(router: Router, services: Services, console: Console): void {
  webhookRoutes(router, '/webhooks', services, {
    looking: async (ctx) => {
      const operator = await operatorAt(services, console, ctx)
      return operator && roomOf(operator)
    },
    changing: async (ctx) => {
      const sent = await sentByOperator(services, console, ctx, ctx.path)
      return sent && { ...roomOf(sent), fields: sent.fields, refused: sent.refused }
    },
  })
}

const roomOf = ({ session, account }: Operator): WebhookRoom => ({
  session,
  by: account.id,
  base: '/operator/webhooks',
  back: '/operator',
})
