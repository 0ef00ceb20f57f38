import type Router from '@koa/router'
import type { Context } from 'koa'
import { listOutbox, retryAll, retryParcel } from '../../organization/operator/outbox.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Console } from '../console/session.ts'
import { formBody, formLocals } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { afterOn, pageOfList } from '../http/paging.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { lookAt, type Operator, sentByOperator } from './operator.ts'

const path = '/operator/outbox'
const pageSize = 100

/** What is on its way, and what was given up. */
export function outboxRoutes(router: Router, services: Services, console: Console): void {
  router.get('/outbox', (ctx) => lookAt(services, console, ctx, show))
  router.post('/outbox', formBody, (ctx) => retry(services, console, ctx))
}

/** POST: retry, the id of what was given up, or `all`. */
async function retry(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByOperator(services, console, ctx, path)
  if (sent === undefined) return
  if (sent.refused) return show(services, ctx, sent, sent.refused)
  const { retry: which = '' } = sent.fields
  if (which === 'all') await retryAll(services, sent.account)
  else if (!(await retryParcel(services, sent.account, which)).ok)
    return show(services, ctx, sent, { key: 'not_possible' })
  seeOther(ctx, `${path}?said=outbox_retried`)
}

async function show(
  services: Services,
  ctx: Context,
  { session }: Operator,
  message?: PageMessage,
): Promise<void> {
  const [waiting, { shown: dead, next }] = await Promise.all([
    listOutbox(services, 'queued', { limit: pageSize }),
    pageOfList(pageSize, (limit) => listOutbox(services, 'dead', { limit, after: afterOn(ctx) })),
  ])
  const page = services.views.page('operator_outbox', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    waiting,
    dead,
    next,
  })
  showPage(ctx, page)
}
