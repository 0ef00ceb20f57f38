import type { Context } from 'koa'
import { findLink } from '../../effects/links.ts'
import { applyEvent } from '../../recovery/events.ts'
import { applyVerified } from '../../recovery/identity.ts'
import type { ProofingRun } from '../../rules/proofing-run.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { checkFormToken, readFields } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'

interface Confirmable {
  link: string
  run: ProofingRun
  case: RecoveryCase
  email: string
}

/** GET /recovery/identity/confirm/:token. Says whose request it is, and from where; changes nothing. */
export async function showConfirm(services: Services, ctx: Context): Promise<void> {
  const found = await confirmable(services, ctx)
  if (found === undefined) return gone(services, ctx)
  if (found.case.status !== 'awaiting_identity') return done(services, ctx, found.case)
  const { case: one, email, link } = found
  const page = services.views.page('identity_confirm', localeOf(ctx), {
    base: `/recovery/identity/confirm/${ctx.params.token}`,
    form: formToken(services, link),
    email,
    app: one.app,
    openedAt: one.openedAt,
    origin: one.origin,
    kind: one.kind,
  })
  showPage(ctx, page)
}

/** POST /recovery/identity/confirm/:token: decision=go_on | disavow. */
export async function confirmIdentity(services: Services, ctx: Context): Promise<void> {
  const found = await confirmable(services, ctx)
  if (found === undefined) return gone(services, ctx)
  const fields = readFields(ctx)
  checkFormToken(fields, formToken(services, found.link, fields.form))
  if (fields.decision === 'disavow') {
    await applyEvent(services, found.case.id, { type: 'disavow' })
    return showPage(ctx, services.views.page('disavow_done', localeOf(ctx), { email: found.email }))
  }
  if (fields.decision === 'go_on') await applyVerified(services, found.run)
  done(services, ctx, (await services.store.cases.get(found.case.id)) ?? found.case)
}

async function confirmable(services: Services, ctx: Context): Promise<Confirmable | undefined> {
  const { store, accounts } = services
  const link = await findLink(store, 'identity', ctx.params.token)
  if (link?.about === undefined || link.case === undefined) return undefined
  const [run, one, account] = await Promise.all([
    store.proofings.get(link.about),
    store.cases.get(link.case),
    accounts.get(link.account),
  ])
  if (run?.outcome?.ok !== true || one === undefined || account === undefined) return undefined
  return { link: link.id, run, case: one, email: account.email }
}

/** Where the case stands now: it may have moved on, or ended, meanwhile. */
function done(services: Services, ctx: Context, one: RecoveryCase): void {
  const moved = one.verification !== undefined
  const outcome = moved ? 'moved' : 'ended'
  showPage(ctx, services.views.page('identity_done', localeOf(ctx), { outcome }))
}

const formToken = ({ ring }: Services, link: string, typed?: string): string =>
  ring.hash(`identity-form|${link}`, typed)

function gone(services: Services, ctx: Context): void {
  showPage(ctx, services.views.page('link_gone', localeOf(ctx), {}), 404)
}
