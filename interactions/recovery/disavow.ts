import type { Context } from 'koa'
import type { MailedLink } from '../../adapters/store/documents.ts'
import { findLink } from '../../effects/links.ts'
import { disavow, wasDisavowed } from '../../recovery/disavowal.ts'
import type { Account } from '../../rules/account.ts'
import { checkFormToken, readFields } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'

/** GET /recovery/disavow/:token. One button; looking at the page, as link scanners do, changes nothing. */
export async function showDisavow(services: Services, ctx: Context): Promise<void> {
  const found = await linkAndAccount(services, ctx)
  if (found === undefined) return gone(services, ctx)
  const { link, account } = found
  const one = link.case === undefined ? undefined : await services.store.cases.get(link.case)
  const page = services.views.page('disavow', localeOf(ctx), {
    base: `/recovery/disavow/${ctx.params.token}`,
    form: formToken(services, link),
    about: one?.kind === undefined ? subjectOf(link) : 'other',
    at: one?.openedAt ?? link.createdAt,
    email: account.email,
    done: wasDisavowed(link, account, one),
    expired: account.passwordExpired !== undefined,
  })
  showPage(ctx, page)
}

/** POST /recovery/disavow/:token. Needs no factor: the person may have none. */
export async function confirmDisavow(services: Services, ctx: Context): Promise<void> {
  const found = await linkAndAccount(services, ctx)
  if (found === undefined) return gone(services, ctx)
  const fields = readFields(ctx)
  checkFormToken(fields, formToken(services, found.link, fields.form))
  await disavow(services, found.link)
  showPage(ctx, services.views.page('disavow_done', localeOf(ctx), { email: found.account.email }))
}

async function linkAndAccount(
  services: Services,
  ctx: Context,
): Promise<{ link: MailedLink; account: Account } | undefined> {
  const link = await findLink(services.store, 'disavow', ctx.params.token)
  const account = link && (await services.accounts.get(link.account))
  return link && account && { link, account }
}

function gone(services: Services, ctx: Context): void {
  showPage(ctx, services.views.page('link_gone', localeOf(ctx), {}), 404)
}

// There is no session to bind the form to; that it was loaded from us is what the token proves.
const formToken = ({ ring }: Services, link: MailedLink, typed?: string): string =>
  ring.hash(`disavow-form|${link.id}`, typed)

/** What the notice was about, as a key of the locale's `disavow.about` section. */
function subjectOf({ about = '' }: MailedLink): string {
  const notice = about.split('|')[0]!
  if (notice.startsWith('recovery_')) return 'recovery'
  const named: { [notice: string]: string } = {
    backup_code_used: 'backup_code',
    factor_added: 'factor',
    factor_removed: 'factor_removed',
    password_changed: 'password',
    backup_codes_created: 'backup_codes',
    primary_changed: 'primary',
    address_added: 'address',
    address_removed: 'address_removed',
    sessions_ended: 'sessions',
    new_device: 'device',
  }
  return named[notice] ?? 'other'
}
