import Router from '@koa/router'
import type { Context } from 'koa'
import { changeMember } from '../../organization/members.ts'
import { type Account, isSuperAdmin, type Membership, type Organization } from '../../rules/account.ts'
import { decidingMembership } from '../../rules/approvers.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { type Console, freshSecondFactor, type Need } from '../console/session.ts'
import { checkFormToken, type Fields, formBody, formLocals, readFields, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { auditRoutes } from './audit.ts'
import { beginRoutes } from './begin.ts'
import { policyRoutes } from './policy.ts'
import { readinessRoutes } from './readiness.ts'
import { requestRoutes } from './requests.ts'
import { type Admin, ownOrganization, signedIn } from './super-admin.ts'

/** Looking takes a second factor of the working day; changing a member takes one of the last five minutes. */
const looking: Need = { acr: acrMultiFactor, maxAge: 8 * 3600 }
const pageSize = 50
const longestReason = 500
const changes = ['end_sessions', 'deactivate', 'reactivate', 'remove'] as const

/** What super admins do with the members of their organizations. */
export function administrationRoutes(services: Services, console: Console): Router {
  const router = new Router({ prefix: '/administration' })
  router.get('/', (ctx) => showOrganizations(services, console, ctx))
  router.get('/:organization', (ctx) => showMembers(services, console, ctx))
  router.get('/:organization/members/:account', (ctx) => showMember(services, console, ctx))
  router.post('/:organization/members/:account', formBody, (ctx) => change(services, console, ctx))
  policyRoutes(services, console, router)
  requestRoutes(services, console, router)
  beginRoutes(services, console, router)
  readinessRoutes(services, console, router)
  auditRoutes(services, console, router)
  return router
}

async function showOrganizations(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, looking)
  if (admin === undefined) return
  const memberships = await services.store.memberships.find('account', admin.account.id)
  const own = memberships.filter(isSuperAdmin)
  if (own.length === 0) throw new Problem(403, 'forbidden')
  if (own.length === 1) return seeOther(ctx, `/administration/${encodeURIComponent(own[0]!.organization)}`)
  const found = await Promise.all(own.map((one) => services.store.organizations.get(one.organization)))
  const organizations = found.flatMap((one) => (one === undefined ? [] : { id: one.id, name: one.name }))
  const page = services.views.page('administration', localeOf(ctx), {
    admin: admin.account.name,
    organizations,
  })
  showPage(ctx, page)
}

async function showMembers(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, looking)
  if (admin === undefined) return
  const { store, accounts } = services
  const organization = await ownOrganization(services, ctx, admin)
  const after = await afterMember(services, ctx, organization.id)
  const page = { limit: pageSize + 1, after }
  const found = await store.memberships.find('organization', organization.id, page)
  const shown = found.slice(0, pageSize)
  const people = await Promise.all(shown.map((membership) => accounts.get(membership.account)))
  const members = shown.flatMap((membership, index) => {
    const account = people[index]
    if (account === undefined) return []
    const { id, name, email, status } = account
    return [{ id, name, email, status, role: membership.role }]
  })
  const next = found.length > pageSize ? shown.at(-1)!.account : undefined
  const locals = {
    base: `/administration/${encodeURIComponent(organization.id)}`,
    admin: admin.account.name,
    organization: organization.name,
    members,
    next,
  }
  showPage(ctx, services.views.page('members', localeOf(ctx), locals))
}

async function afterMember({ store }: Services, ctx: Context, organization: string) {
  const { after } = ctx.query
  return typeof after === 'string' ? store.memberships.get(`${organization}:${after}`) : undefined
}

async function showMember(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, looking)
  if (admin !== undefined) await show(services, ctx, admin)
}

/** POST: change=deactivate | reactivate | remove, reason. */
async function change(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, freshSecondFactor)
  if (admin === undefined) return
  const { account: one } = await memberOf(services, ctx, await ownOrganization(services, ctx, admin))
  const fields = readFields(ctx)
  checkFormToken(fields, admin.session.form)
  const wanted = changes.find((known) => known === fields.change)
  const reason = fields.reason?.trim() ?? ''
  if (wanted === undefined) return show(services, ctx, admin, refusedForm({ key: 'unknown' }, fields), fields)
  if (reason === '') return show(services, ctx, admin, refusedForm({ key: 'reason_missing' }, fields), fields)
  if (reason.length > longestReason)
    return show(services, ctx, admin, refusedForm({ key: 'reason_too_long' }, fields), fields)
  const about = { organization: ctx.params.organization, account: one.id, by: admin.account.id, reason }
  const refusal = await changeMember(services, wanted, about)
  if (refusal !== undefined) return show(services, ctx, admin, { key: `member_${refusal}` }, fields)
  showPage(
    ctx,
    services.views.page('member_done', localeOf(ctx), {
      outcome: wanted,
      name: one.name,
      back: `/administration/${encodeURIComponent(ctx.params.organization)}`,
    }),
  )
}

async function show(
  services: Services,
  ctx: Context,
  { session, account: admin }: Admin,
  message?: PageMessage,
  fields: Fields = {},
): Promise<void> {
  const organization = await ownOrganization(services, ctx, { account: admin })
  const { account: member, membership } = await memberOf(services, ctx, organization)
  const memberships = await services.store.memberships.find('account', member.id)
  const base = `/administration/${encodeURIComponent(organization.id)}`
  const page = services.views.page('member', localeOf(ctx), {
    ...formLocals(`${base}/members/${encodeURIComponent(member.id)}`, session.form, message),
    back: base,
    admin: admin.name,
    organization: organization.name,
    member: { name: member.name, email: member.email, status: member.status, role: membership.role },
    self: member.id === admin.id,
    since: membership.since,
    ...(member.lastSignInAt === undefined ? {} : { lastSignIn: member.lastSignInAt }),
    purgeAt: (await services.store.people.get(member.id))?.purgeAt,
    decides: decidingMembership(memberships)?.organization === organization.id,
    keepsAccount: memberships.length > 1,
    keepDays: services.config.keepRemovedDays,
    ...(fields.reason === undefined ? {} : { reason: fields.reason }),
  })
  showPage(ctx, page)
}

async function memberOf(
  { store, accounts }: Services,
  ctx: Context,
  organization: Organization,
): Promise<{ account: Account; membership: Membership }> {
  const id = String(ctx.params.account)
  const [membership, account] = await Promise.all([
    store.memberships.get(`${organization.id}:${id}`),
    accounts.get(id),
  ])
  if (membership === undefined || account === undefined) throw new Problem(404, 'not_found')
  return { account, membership }
}
