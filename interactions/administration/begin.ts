import type Router from '@koa/router'
import type { Context } from 'koa'
import { beginFor } from '../../recovery/begin.ts'
import { prospectFor } from '../../recovery/prospect.ts'
import type { Account } from '../../rules/account.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { MessageKey } from '../../rules/messages.ts'
import type { Organization } from '../../rules/organization.ts'
import { keptForm } from '../console/kept-form.ts'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf, originOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Admin, ownOrganization, sentByAdmin, signedIn } from './super-admin.ts'

const path = '/:organization/members/:account/reset'
const longestReason = 500

/** A reset that a super admin begins for somebody who has called: what to ask them, and what never to accept. */
export function beginRoutes(services: Services, console: Console, router: Router): void {
  router.get(path, (ctx) => look(services, console, ctx))
  router.post(path, formBody, (ctx) => begin(services, console, ctx))
}

async function look(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, freshSecondFactor)
  if (admin === undefined) return
  const organization = await ownOrganization(services, ctx, admin)
  const kept = keptForm(services, ctx, admin.session)
  await show(services, ctx, admin, organization, await memberOf(services, ctx, organization), kept)
}

/** POST: spoken=yes, reason. */
async function begin(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByAdmin(services, console, ctx)
  if (sent === undefined) return
  const { admin, organization, fields } = sent
  const member = await memberOf(services, ctx, organization)
  const reason = fields.reason?.trim() ?? ''
  const again = (key: MessageKey) =>
    show(services, ctx, admin, organization, member, refusedForm({ key }, fields))
  if (fields.spoken !== 'yes') return again('begin_not_spoken')
  if (reason === '') return again('reason_missing')
  if (reason.length > longestReason) return again('reason_too_long')
  const outcome = await beginFor(services, {
    ...{ organization: organization.id, account: member.id, by: admin.account.id, reason },
    ...{ origin: originOf(ctx), app: services.config.brand.name },
  })
  if (!outcome.ok) return again(`begin_${outcome.reason}`)
  seeOther(ctx, `${baseOf(organization)}/requests/${outcome.case.id}`)
}

async function memberOf({ store, accounts }: Services, ctx: Context, { id }: Organization): Promise<Account> {
  const account = String(ctx.params.account)
  const [membership, found] = await Promise.all([
    store.memberships.get(`${id}:${account}`),
    accounts.get(account),
  ])
  if (membership === undefined || found === undefined) throw new Problem(404, 'not_found')
  return found
}

async function show(
  services: Services,
  ctx: Context,
  admin: Admin,
  organization: Organization,
  member: Account,
  message?: PageMessage,
): Promise<void> {
  const base = `${baseOf(organization)}/members/${encodeURIComponent(member.id)}`
  const { terms, approvers } = await prospectFor(services, member)
  const another = terms.approvalsNeeded > 1
  const page = services.views.page('begin_reset', localeOf(ctx), {
    ...formLocals(`${base}/reset`, admin.session.form, message),
    back: base,
    member: { name: member.name, email: member.email },
    organization: organization.name,
    another,
    approvers: approvers.filter((one) => !another || one !== admin.account.id).length,
    phone: member.factors.some(({ kind }) => kind === 'sms' || kind === 'voice'),
  })
  showPage(ctx, page)
}

const baseOf = ({ id }: Organization): string => `/administration/${encodeURIComponent(id)}`
