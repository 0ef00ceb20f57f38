import Router from '@koa/router'
import type { Context } from 'koa'
import type { CallbackAnswer, Delivery } from '../../adapters/delivery/delivery.ts'
import { formBody, readFields } from './form.ts'

const statuses: { [O in CallbackAnswer['outcome']]: number } = {
  taken: 204,
  refused: 403,
  unknown: 404,
  gone: 410,
}

/** POST /delivery/…: what carriers say about messages. Who may say it is for the carrier's engine to find out. */
export function deliveryRoutes(delivery: Delivery): Router {
  const router = new Router({ prefix: '/delivery' })
  router.post('/:carrier/:what/:id', formBody, (ctx) => hear(delivery, ctx))
  return router
}

async function hear(delivery: Delivery, ctx: Context): Promise<void> {
  const { carrier, what, id } = ctx.params
  const fields = Object.fromEntries(
    Object.entries(readFields(ctx)).map(([name, value]) => [name, value ?? '']),
  )
  const path = [carrier, what, id].join('/')
  const answer = (await delivery.callback?.({ path, fields, header: (name) => ctx.get(name) })) ?? {
    outcome: 'unknown' as const,
  }
  ctx.set('Cache-Control', 'no-store')
  ctx.body = null
  ctx.status = statuses[answer.outcome]
  if (answer.outcome !== 'taken' || answer.xml === undefined) return
  ctx.status = 200
  ctx.type = 'text/xml'
  ctx.body = answer.xml
}
