import type Router from '@koa/router'
import type { Context } from 'koa'
import { wakeCases } from '../../recovery/events.ts'
import { approverFacts, changedRecently } from '../../recovery/facts.ts'
import { caseHistory, mineOrNot, organizationInbox } from '../../recovery/inbox.ts'
import type { Organization } from '../../rules/organization.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { keptForm } from '../console/kept-form.ts'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { formBody } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { afterOn } from '../http/paging.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import { type Deciding, decideAt, gone, mayDecide, showCase } from '../recovery/approve.ts'
import type { Services } from '../services.ts'
import { lookingAt, ownOrganization, signedIn } from './super-admin.ts'

/** Requests of an organization, where every super admin finds them without a mail. */
export function requestRoutes(services: Services, console: Console, router: Router): void {
  router.get('/:organization/requests', (ctx) => list(services, console, ctx))
  router.get('/:organization/requests/:case', (ctx) => look(services, console, ctx))
  router.get('/:organization/requests/:case/decide', (ctx) => decide(services, console, ctx, showTyped))
  router.post('/:organization/requests/:case/decide', formBody, (ctx) =>
    decide(services, console, ctx, decideAt),
  )
}

async function list(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const organization = await ownOrganization(services, ctx, admin)
  await wakeCases(services)
  const after = afterOn(ctx)
  const inbox = await organizationInbox(services, organization.id, admin.account.id, after)
  const page = services.views.page('requests', localeOf(ctx), {
    base: `${baseOf(organization)}/requests`,
    back: baseOf(organization),
    organization: organization.name,
    ...inbox,
    first: after === undefined,
    now: services.clock(),
  })
  showPage(ctx, page)
}

async function look(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const organization = await ownOrganization(services, ctx, admin)
  await wakeCases(services)
  const one = await caseOf(services, ctx, organization)
  const subject = await services.accounts.get(one.account)
  if (subject === undefined) throw new Problem(404, 'not_found')
  const recent = changedRecently(admin.account, services.clock(), services.config)
  const page = services.views.page('reset_request', localeOf(ctx), {
    base: `${baseOf(organization)}/requests/${one.id}`,
    back: `${baseOf(organization)}/requests`,
    subject: { name: subject.name, email: subject.email },
    organization: organization.name,
    state: one.status,
    app: one.app,
    openedAt: one.openedAt,
    until: one.hold?.until ?? one.expiresOn,
    approvals: one.approvals.length,
    approvalsNeeded: one.terms.approvalsNeeded,
    facts: await approverFacts(services, one, subject),
    history: await caseHistory(services, one),
    notMine: mineOrNot(one, admin.account.id, recent),
  })
  showPage(ctx, page)
}

/** GET shows the page on which a case is decided; POST: code, reason, decision. */
async function decide(
  services: Services,
  console: Console,
  ctx: Context,
  act: (services: Services, ctx: Context, access: Deciding) => Promise<void>,
): Promise<void> {
  const admin = await signedIn(services, console, ctx, freshSecondFactor)
  if (admin === undefined) return
  const organization = await ownOrganization(services, ctx, admin)
  await wakeCases(services)
  const one = await caseOf(services, ctx, organization)
  const access = await mayDecide(services, admin.session, one, ctx.path)
  if (!access.ok) return gone(services, ctx, access.reason, access.status)
  await act(services, ctx, access)
}

/** With what was filled in on a form that came too late. */
const showTyped = (services: Services, ctx: Context, access: Deciding): Promise<void> =>
  showCase(services, ctx, access, keptForm(services, ctx, access.session))

/** Another organization's requests are not here, whatever their ids. */
async function caseOf(
  { store }: Services,
  ctx: Context,
  { id }: Pick<Organization, 'id'>,
): Promise<RecoveryCase> {
  const one = await store.cases.get(String(ctx.params.case))
  if (one?.organization !== id) throw new Problem(404, 'not_found')
  return one
}

const baseOf = ({ id }: Pick<Organization, 'id'>): string => `/administration/${encodeURIComponent(id)}`
