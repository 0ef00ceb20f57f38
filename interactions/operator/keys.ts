import type Router from '@koa/router'
import type { Context } from 'koa'
import { keysState, lastResealing, resealNow, rotateKeys } from '../../organization/operator/keys.ts'
import { beginWork, underWay } from '../../organization/operator/long-work.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Console } from '../console/session.ts'
import { askOnce } from '../http/ask-once.ts'
import { formBody, formLocals } from '../http/form.ts'
import { seeOther, showPage, workRefresh } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { lookAt, type Operator, sentByOperator } from './operator.ts'

const path = '/operator/keys'

/** What tokens are signed with, and what secrets are sealed with. */
export function keysRoutes(router: Router, services: Services, console: Console): void {
  router.get('/keys', (ctx) => lookAt(services, console, ctx, show))
  router.post('/keys', formBody, (ctx) => rotate(services, console, ctx))
}

/** POST: change=reseal, or rotate | withdraw with sure=yes. */
async function rotate(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByOperator(services, console, ctx, path)
  if (sent === undefined) return
  if (sent.refused) return show(services, ctx, sent, sent.refused)
  if (sent.fields.change === 'reseal') {
    const { account } = sent
    const over = await beginWork(services, 'reseal', (seen) => resealNow(services, account, seen))
    return seeOther(ctx, over ? `${path}?said=keys_resealed` : path)
  }
  const withdraw = sent.fields.change === 'withdraw'
  if (!withdraw && sent.fields.change !== 'rotate') return show(services, ctx, sent, { key: 'unknown' })
  if (askOnce(services, ctx, sent, { what: withdraw ? 'keys_withdraw' : 'keys_rotate', back: path })) return
  const outcome = await rotateKeys(services, sent.account, withdraw)
  if (!outcome.ok) return show(services, ctx, sent, { key: 'not_possible' })
  seeOther(ctx, `${path}?said=keys_rotated`)
}

async function show(
  services: Services,
  ctx: Context,
  { session }: Operator,
  message?: PageMessage,
): Promise<void> {
  const working = await underWay(services, 'reseal')
  if (working !== undefined) ctx.set('Refresh', workRefresh)
  const page = services.views.page('operator_keys', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    ...keysState(services),
    care: await lastResealing(services),
    working,
  })
  showPage(ctx, page)
}
