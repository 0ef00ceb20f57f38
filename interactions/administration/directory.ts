import type Router from '@koa/router'
import type { Context } from 'koa'
import { makeScimToken, revokeScimToken } from '../../organization/scim-token.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Organization } from '../../rules/organization.ts'
import type { Console } from '../console/session.ts'
import { askOnce } from '../http/ask-once.ts'
import { formBody, formLocals } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import {
  type Admin,
  lookingAt,
  ownOrganization,
  type SentByAdmin,
  sentByAdmin,
  signedIn,
} from './super-admin.ts'

const path = '/:organization/directory'

/** How a directory keeps the people of an organization up to date by SCIM; there where it can. */
export function directoryRoutes(services: Services, console: Console, router: Router): void {
  if (!services.places.has('directory')) return
  router.get(path, (ctx) => look(services, console, ctx))
  router.post(path, formBody, (ctx) => act(services, console, ctx))
}

async function look(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const organization = await ownOrganization(services, ctx, admin)
  const message = ctx.query.said === 'directory_revoked' ? { key: 'directory_revoked' as const } : undefined
  await show(services, ctx, admin, organization, { message })
}

/** POST: do=make | revoke, with sure where a token is good for nothing from then on. */
async function act(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByAdmin(services, console, ctx)
  if (sent === undefined) return
  const deed = sent.fields.do
  if (deed === 'make') return make(services, ctx, sent)
  if (deed === 'revoke') return revoke(services, ctx, sent)
  await show(services, ctx, sent.admin, sent.organization, { message: { key: 'unknown' } })
}

async function make(services: Services, ctx: Context, sent: SentByAdmin): Promise<void> {
  const { admin, organization } = sent
  if (organization.scimToken !== undefined && asks(services, ctx, sent, 'directory_replace')) return
  const made = await makeScimToken(services, organization.id, admin.account.id)
  if (!made.ok) throw new Problem(404, 'not_found')
  const after = await services.store.organizations.get(organization.id)
  await show(services, ctx, admin, after ?? organization, { token: made.token })
}

async function revoke(services: Services, ctx: Context, sent: SentByAdmin): Promise<void> {
  const { admin, organization } = sent
  if (asks(services, ctx, sent, 'directory_revoke')) return
  const done = await revokeScimToken(services, organization.id, admin.account.id)
  if (!done.ok) return show(services, ctx, admin, organization, { message: { key: 'not_possible' } })
  seeOther(ctx, `${baseOf(organization)}?said=directory_revoked`)
}

const asks = (services: Services, ctx: Context, { admin, organization, fields }: SentByAdmin, what: string) =>
  askOnce(services, ctx, { session: admin.session, fields }, { what, back: baseOf(organization) })

const baseOf = ({ id }: Organization): string => `/administration/${encodeURIComponent(id)}/directory`

async function show(
  services: Services,
  ctx: Context,
  { session }: Admin,
  organization: Organization,
  { message, token }: { message?: PageMessage | undefined; token?: string | undefined },
): Promise<void> {
  const { id, name, domains = [], scimToken } = organization
  const by = scimToken && (await services.accounts.get(scimToken.by))
  const page = services.views.page('directory', localeOf(ctx), {
    ...formLocals(baseOf(organization), session.form, message),
    back: `/administration/${encodeURIComponent(id)}`,
    organization: name,
    address: `${services.config.base}/scim/v2/${encodeURIComponent(id)}`,
    domains,
    made: scimToken && { at: scimToken.at, by: by?.name ?? scimToken.by, usedAt: scimToken.usedAt },
    token,
  })
  showPage(ctx, page)
}
