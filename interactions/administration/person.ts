import type Router from '@koa/router'
import type { Context } from 'koa'
import { listedBrowsers } from '../../account/own-browsers.ts'
import { factorTerms } from '../../account/policies.ts'
import { recentActivity } from '../../account/recent-activity.ts'
import { sessionsOf } from '../../account/sessions.ts'
import { shownFactor } from '../../account/shown.ts'
import { pendingProposal } from '../../organization/roles.ts'
import { changeFacts, type Standing, standingOf } from '../../organization/standing.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { countCodesLeft } from '../../rules/backup-codes.ts'
import { belongsTo, memberChanges, refusalOf, removesAccount } from '../../rules/member-change.ts'
import type { Membership } from '../../rules/membership.ts'
import type { Organization } from '../../rules/organization.ts'
import type { Pages } from '../../views/pages.ts'
import { keptForm } from '../console/kept-form.ts'
import type { Console } from '../console/session.ts'
import { formBody, formLocals } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { changePerson } from './person-change.ts'
import { type Admin, lookingAt, ownOrganization, signedIn } from './super-admin.ts'

/** One member: what there is to know, and what can be done. */
export function personRoutes(services: Services, console: Console, router: Router): void {
  router.get('/:organization/members/:account', (ctx) => showMember(services, console, ctx))
  router.post('/:organization/members/:account', formBody, (ctx) =>
    changePerson(services, console, ctx, (admin, message) => show(services, ctx, admin, message)),
  )
}

async function showMember(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin !== undefined) await show(services, ctx, admin, keptForm(services, ctx, admin.session))
}

async function show(services: Services, ctx: Context, admin: Admin, message?: PageMessage): Promise<void> {
  const organization = await ownOrganization(services, ctx, admin)
  const standing = await standingOf(services, String(ctx.params.account))
  const membership = standing?.memberships.find((one) => one.organization === organization.id)
  if (standing === undefined || membership === undefined) throw new Problem(404, 'not_found')
  const back = `/administration/${encodeURIComponent(organization.id)}`
  const page = services.views.page('member', localeOf(ctx), {
    ...formLocals(`${back}/members/${encodeURIComponent(standing.account.id)}`, admin.session.form, message),
    ...{ back, admin: admin.account.name, organization: organization.name },
    ...(await here(services, admin, organization, standing, membership)),
    ...(await whole(services, organization, standing)),
  })
  showPage(ctx, page)
}

type Here = Omit<Pages['member'], 'base' | 'form' | 'message' | 'back' | 'admin' | 'organization' | 'whole'>

/** What an organization knows of each of its members. */
async function here(
  services: Services,
  { account: admin }: Admin,
  organization: Organization,
  standing: Standing,
  membership: Membership,
): Promise<Here> {
  const { account, memberships } = standing
  const { id, name, email, status } = account
  const facts = await changeFacts(services, organization.id, standing)
  const refusals = memberChanges.map((change) => [change, refusalOf(change, facts)] as const)
  const possible = refusals.filter(([, refusal]) => refusal === undefined || refusal === 'last_super_admin')
  return {
    member: { id, name, email, status, role: membership.role },
    suspended: membership.suspended && { at: membership.suspended.at, reason: membership.suspended.reason },
    self: id === admin.id,
    since: membership.since,
    lastSignIn: account.lastSignInAt,
    purgeAt: (await services.store.people.get(id))?.purgeAt,
    belongs: belongsTo(organization.id, standing),
    elsewhere: memberships.length - 1,
    changes: possible.map(([change]) => change),
    removesAccount: removesAccount(organization.id, standing),
    keepDays: services.config.keepRemovedDays,
    canRaise: status === 'active' && membership.suspended === undefined,
    proposal: await proposalFor(services, organization.id, id, admin.id),
    cases: await casesFor(services, organization.id, id),
  }
}

async function proposalFor(
  services: Services,
  organization: string,
  account: string,
  admin: string,
): Promise<Pages['member']['proposal']> {
  const found = await pendingProposal(services, organization, account)
  if (found === undefined) return undefined
  const { role, reason, at, by } = found
  const name = (await services.accounts.get(by))?.name ?? ''
  return { role, reason, at, by: name, mine: by === admin, about: account === admin }
}

/** The requests that this organization was asked about, the newest first. */
async function casesFor(
  { store }: Services,
  organization: string,
  account: string,
): Promise<Pages['member']['cases']> {
  const found = await store.cases.find('account', account, { backwards: true, limit: 20 })
  return found
    .filter((one) => one.organization === organization)
    .map(({ id, status, openedAt, route }) => ({ id, status, openedAt, route }))
}

/** What only those get to see whose account it is: elsewhere it would be somebody else's business. */
async function whole(
  services: Services,
  organization: Organization,
  standing: Standing,
): Promise<Pick<Pages['member'], 'whole'>> {
  if (!belongsTo(organization.id, standing)) return {}
  const { account } = standing
  const { trustDays } = await factorTerms(services, account)
  const [sessions, browsers, activity, person] = await Promise.all([
    sessionsOf(services, account.id, ''),
    listedBrowsers(services, undefined, account, trustDays),
    recentActivity(services, account.id),
    services.store.people.get(account.id),
  ])
  const pending = person?.pendingLogin
  return {
    whole: {
      names: { given: account.givenName, family: account.familyName, locale: account.locale },
      addresses: addressesOf(account),
      pendingLogin: pending && { address: pending.address, until: pending.expiresAt },
      canChange: person !== undefined && account.status !== 'removed',
      factors: account.factors.map((factor) => shownFactor(account, factor)),
      codesLeft: countCodesLeft(account),
      codesConfirmed: account.backupCodes?.confirmedAt !== undefined,
      sessions: sessions.map(({ at, origin, apps }) => ({ at, origin, apps })),
      browsers: browsers.map(({ at, origin, trustedUntil }) => ({ at, origin, trustedUntil })),
      activity,
    },
  }
}

function addressesOf({ email, addresses }: Standing['account']): { address: string; proven: boolean }[] {
  const proven = addresses.map(({ address }) => ({ address, proven: true }))
  return proven.some(({ address }) => address === email)
    ? proven
    : [{ address: email, proven: false }, ...proven]
}
