import type { Context } from 'koa'
import { findLink } from '../../effects/links.ts'
import { agentsFor } from '../../recovery/agents.ts'
import { applyEvent } from '../../recovery/events.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { isOpen, type RecoveryCase } from '../../rules/recovery-case.ts'
import { checkFormToken, type Fields, formLocals, readFields, refusedForm } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'

export const longestStatement = 2_000
const shortestStatement = 10

/** Hands a case to the operator's support: the hold begins. Returns what is wrong, as a message's key. */
export async function askSupport(
  services: Services,
  id: string,
  fields: Fields,
): Promise<MessageKey | undefined> {
  const statement = fields.statement?.trim() ?? ''
  if (statement.length < shortestStatement) return 'statement_missing'
  if (statement.length > longestStatement) return 'statement_too_long'
  const subject = (await services.store.cases.get(id))?.account ?? ''
  const agents = await agentsFor(services, subject)
  const outcome = await applyEvent(services, id, { type: 'choose_support', statement, agents })
  return outcome?.ok ? undefined : 'not_possible'
}

/** GET /recovery/support/:token, the link of the first mail of a case. */
export async function showSupport(services: Services, ctx: Context): Promise<void> {
  const found = await linkedCase(services, ctx)
  if (found === undefined) return gone(services, ctx)
  show(services, ctx, found.link, found.case)
}

/** POST /recovery/support/:token: statement. */
export async function sendToSupport(services: Services, ctx: Context): Promise<void> {
  const found = await linkedCase(services, ctx)
  if (found === undefined) return gone(services, ctx)
  const fields = readFields(ctx)
  checkFormToken(fields, formToken(services, found.link, fields.form))
  const fault = await askSupport(services, found.case.id, fields)
  if (fault !== undefined && fault !== 'not_possible')
    return show(services, ctx, found.link, found.case, refusedForm({ key: fault }, fields), fields)
  const now = await services.store.cases.get(found.case.id)
  if (now?.hold === undefined) return gone(services, ctx)
  showPage(ctx, services.views.page('support_asked', localeOf(ctx), { until: now.hold.until }))
}

async function linkedCase(
  services: Services,
  ctx: Context,
): Promise<{ link: string; case: RecoveryCase } | undefined> {
  const link = await findLink(services.store, 'support', ctx.params.token)
  const one = link?.case === undefined ? undefined : await services.store.cases.get(link.case)
  if (link === undefined || one === undefined || !isOpen(one) || one.route === 'support') return undefined
  return { link: link.id, case: one }
}

function show(
  services: Services,
  ctx: Context,
  link: string,
  one: RecoveryCase,
  message?: PageMessage,
  fields?: Fields,
): void {
  const page = services.views.page('support_ask', localeOf(ctx), {
    ...formLocals(`/recovery/support/${ctx.params.token}`, formToken(services, link), message),
    statement: fields?.statement,
    holdHours: one.terms.supportHold / 3_600_000,
  })
  showPage(ctx, page)
}

const formToken = ({ ring }: Services, link: string, typed?: string): string =>
  ring.hash(`support-form|${link}`, typed)

function gone(services: Services, ctx: Context): void {
  showPage(ctx, services.views.page('link_gone', localeOf(ctx), {}), 404)
}
