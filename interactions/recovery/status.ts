import type { Context } from 'koa'
import type { MailedLink } from '../../adapters/store/documents.ts'
import { findLink } from '../../effects/links.ts'
import { namesOfAsked } from '../../recovery/asked.ts'
import { applyEvent, cancelCase, sendCodeAgain } from '../../recovery/events.ts'
import type { Account } from '../../rules/account.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { isOpen, type RecoveryCase, transitions } from '../../rules/recovery-case.ts'
import { checkFormToken, formLocals, readFields } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'

/** A request, as the link in each mail about it shows it: to whoever reads the person's mail. */
interface Linked {
  link: MailedLink
  account: Account
  case: RecoveryCase
}

/** GET /recovery/status/:token. */
export async function showRequest(services: Services, ctx: Context): Promise<void> {
  const found = await linkedCase(services, ctx)
  return found === undefined ? gone(services, ctx) : show(services, ctx, found)
}

/** POST /recovery/status/:token: change=cancel | code. Both can do no more than take back what was asked. */
export async function changeRequest(services: Services, ctx: Context): Promise<void> {
  const found = await linkedCase(services, ctx)
  if (found === undefined) return gone(services, ctx)
  const fields = readFields(ctx)
  checkFormToken(fields, formToken(services, found.link, fields.form))
  const message = await change(services, found.case.id, fields.change)
  const after = await linkedCase(services, ctx)
  return after === undefined ? gone(services, ctx) : show(services, ctx, after, message)
}

/** What there is to say beside the page, which says itself that the request is cancelled. */
async function change(
  services: Services,
  id: string,
  wanted: string | undefined,
): Promise<PageMessage | undefined> {
  if (wanted === 'cancel') return (await cancelCase(services, id)) ? undefined : { key: 'not_possible' }
  if (wanted === 'code') return { key: await sendCodeAgain(services, id) }
  return { key: 'unknown' }
}

async function linkedCase(services: Services, ctx: Context): Promise<Linked | undefined> {
  const { store, accounts, clock } = services
  const link = await findLink(store, 'status', ctx.params.token)
  const one = link?.case === undefined ? undefined : await upToDate(services, link.case)
  const account = link && (await accounts.get(link.account))
  if (link === undefined || one === undefined || account === undefined || link.expiresAt <= clock())
    return undefined
  return { link, account, case: one }
}

/** Time may have changed it already. */
async function upToDate(services: Services, id: string): Promise<RecoveryCase | undefined> {
  const one = await services.store.cases.get(id)
  if (one?.wakeAt === undefined || one.wakeAt > services.clock()) return one
  return (await applyEvent(services, id, { type: 'wake' }))?.case ?? one
}

async function show(services: Services, ctx: Context, found: Linked, message?: PageMessage): Promise<void> {
  const { link, account, case: one } = found
  const open = isOpen(one)
  const passUntil = passUntilOf(one)
  const page = services.views.page('case_status', localeOf(ctx), {
    ...formLocals(`/recovery/status/${ctx.params.token}`, formToken(services, link), message),
    email: account.email,
    // What a pass leaves as it was isn't reset.
    status: passUntil === undefined ? one.status : 'granted',
    passUntil,
    kind: one.kind,
    route: one.route,
    open,
    openedAt: one.openedAt,
    expiresAt: one.expiresOn,
    holdUntil: one.hold?.until,
    origin: one.origin,
    approvers: one.approvers.length,
    asked:
      one.status === 'awaiting_admin' ? await namesOfAsked(services, one.organization, one.approvers) : [],
    reason: open ? undefined : one.decision?.reason,
    canCancel: transitions[one.status].cancel !== undefined,
    canSendCode: one.status === 'awaiting_admin',
    start: services.config.start,
  })
  showPage(ctx, page)
}

const passUntilOf = ({ status, pass, completedAt }: RecoveryCase): number | undefined =>
  status === 'completed' && pass && completedAt ? completedAt + pass.lifetime : undefined

// There is no session to bind the form to; that it was loaded from us is what the token proves.
const formToken = ({ ring }: Services, { id }: MailedLink, typed?: string): string =>
  ring.hash(`status-form|${id}`, typed)

function gone(services: Services, ctx: Context): void {
  showPage(ctx, services.views.page('link_gone', localeOf(ctx), {}), 404)
}
