import type Router from '@koa/router'
import type { Context } from 'koa'
import { chainState, setRetention, verifyNow } from '../../organization/operator/audit.ts'
import { beginWork, underWay } from '../../organization/operator/long-work.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { exportAudit, showAudit } from '../audit/page.ts'
import type { Console } from '../console/session.ts'
import { askOnce } from '../http/ask-once.ts'
import { formBody } from '../http/form.ts'
import { seeOther, workRefresh } from '../http/page.ts'
import type { Services } from '../services.ts'
import { lookAt, type Operator, sentByOperator } from './operator.ts'

const path = '/operator/audit'

/** The whole log. */
export function operatorAuditRoutes(router: Router, services: Services, console: Console): void {
  router.get('/audit', (ctx) => lookAt(services, console, ctx, show))
  router.post('/audit', formBody, (ctx) => act(services, console, ctx))
}

/** POST: do=export (format, filters) | verify | keep (days, sure). */
async function act(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByOperator(services, console, ctx, path)
  if (sent === undefined) return
  const { fields } = sent
  if (fields.do === 'export') {
    const fault = await exportAudit(services, ctx, await roomOf(services, sent), fields)
    return fault && show(services, ctx, sent, fault)
  }
  if (fields.do === 'verify') {
    const over = await beginWork(services, 'verify', () => verifyNow(services))
    if (!over) return seeOther(ctx, path)
    return (await chainState(services)).verified?.fault === undefined
      ? seeOther(ctx, `${path}?said=audit_verified`)
      : show(services, ctx, sent, { key: 'audit_broken' })
  }
  if (fields.do !== 'keep') return show(services, ctx, sent, { key: 'unknown' })
  if (sent.refused) return show(services, ctx, sent, sent.refused, fields.days)
  const days = Number(fields.days)
  const before = (await chainState(services)).keepDays
  const shorter = days < before && days >= 30
  if (shorter && askOnce(services, ctx, sent, { what: 'audit_keep', back: path, values: { count: days } }))
    return
  const outcome = await setRetention(services, sent.account, days)
  if (!outcome.ok) return show(services, ctx, sent, { key: 'audit_days' }, fields.days)
  seeOther(ctx, `${path}?said=audit_kept`)
}

const roomOf = async (services: Services, { session }: Operator, days?: string) => ({
  session,
  base: path,
  back: '/operator',
  chains: await chainState(services),
  working: await underWay(services, 'verify'),
  days,
})

async function show(
  services: Services,
  ctx: Context,
  operator: Operator,
  message?: PageMessage,
  days?: string,
): Promise<void> {
  const room = await roomOf(services, operator, days)
  if (room.working !== undefined) ctx.set('Refresh', workRefresh)
  await showAudit(services, ctx, room, message)
}
