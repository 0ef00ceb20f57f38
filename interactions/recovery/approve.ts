import type { Context } from 'koa'
import { readCode } from '../../adapters/secrets/totp.ts'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import { findLink } from '../../effects/links.ts'
import { applyEvent, hashRecoveryCode } from '../../recovery/events.ts'
import { approverFacts, changedRecently } from '../../recovery/facts.ts'
import type { Account } from '../../rules/account.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Advance } from '../../rules/case-events.ts'
import { isSuperAdmin } from '../../rules/membership.ts'
import { isOpen, mostWrongCodes, type RecoveryCase } from '../../rules/recovery-case.ts'
import { keptForm } from '../console/kept-form.ts'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { checkFormToken, type Fields, formLocals, readFields, refusedForm } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Decided, decisionFault, readDecision } from './decision.ts'

/** Who decides a case, at the page that this is done on. */
export interface Deciding {
  ok: true
  session: ConsoleSession
  approver: Account
  subject: Account
  case: RecoveryCase
  path: string
}

interface NothingToDecide {
  ok: false
  reason: string
  status?: RecoveryCase['status']
}

/** An approver at the case their link leads to, or why there is nothing for them to decide. */
type Access = Deciding | NothingToDecide | { ok: false; reason: 'sign_in'; as: Account }

/** GET /recovery/approve/:token. Shows the case to the super admin who was asked; changes nothing. */
export async function showApprove(services: Services, console: Console, ctx: Context): Promise<void> {
  const access = await accessOf(services, console, ctx)
  if (!access.ok) return turnAway(services, console, ctx, access)
  await showCase(services, ctx, access, keptForm(services, ctx, access.session))
}

/** GET /recovery/approve/:token/switch. For someone who is signed in with another account than the one that was asked. */
export async function switchApprover(services: Services, console: Console, ctx: Context): Promise<void> {
  const link = await findLink(services.store, 'approve', ctx.params.token)
  const account = link && (await services.accounts.get(link.account))
  if (account === undefined) return gone(services, ctx, 'unknown')
  await console.signIn(ctx, freshSecondFactor, pathOf(ctx), { email: account.email, again: true })
}

/** POST /recovery/approve/:token: code, reason, decision. */
export async function decide(services: Services, console: Console, ctx: Context): Promise<void> {
  const access = await accessOf(services, console, ctx)
  if (!access.ok) return turnAway(services, console, ctx, access)
  await decideAt(services, ctx, access)
}

/** What was decided on a page that shows the case. POST: code, reason, decision. */
export async function decideAt(services: Services, ctx: Context, access: Deciding): Promise<void> {
  const fields = readFields(ctx)
  checkFormToken(fields, access.session.form)
  const fault = decisionFault(fields, true)
  if (fault !== undefined)
    return showCase(services, ctx, access, refusedForm({ key: fault }, fields, 'codes'), fields)
  const decided = readDecision(services, access.case.id, fields)
  const outcome = await carryOut(services, access, fields, decided)
  await answer(services, ctx, access, fields, decided, outcome)
}

async function carryOut(
  services: Services,
  { case: one, approver }: Deciding,
  fields: Fields,
  decided: Decided,
): Promise<Advance | undefined> {
  const { reason } = decided
  if (decided.decision === 'deny')
    return applyEvent(services, one.id, { type: 'deny', by: approver.id, reason })
  const code = hashRecoveryCode(services.ring, one.id, readCode(fields.code ?? ''), one.code.hash)
  const pass = decided.pass === undefined ? {} : { pass: decided.pass }
  return applyEvent(services, one.id, { type: 'approve', by: approver.id, reason, code, ...pass })
}

async function answer(
  services: Services,
  ctx: Context,
  access: Deciding,
  fields: Fields,
  decided: Decided,
  outcome: Advance | undefined,
): Promise<void> {
  if (outcome === undefined) return gone(services, ctx, 'unknown')
  if (!outcome.ok && outcome.reason === 'wrong_code') {
    if (outcome.left === 0) return gone(services, ctx, 'tries')
    return showCase(
      services,
      ctx,
      { ...access, case: outcome.case },
      refusedForm({ key: 'wrong_case_code' }, fields),
      fields,
    )
  }
  if (!outcome.ok) {
    return gone(services, ctx, outcome.reason === 'own_case' ? 'self' : 'decided', outcome.case.status)
  }
  showDecided(services, ctx, access.subject.name, decided, outcome.case)
}

/** What the decision did; a pass that is not mailed is shown here and nowhere else. */
export function showDecided(
  services: Services,
  ctx: Context,
  subject: string,
  decided: Decided,
  { status, kind }: Pick<RecoveryCase, 'status' | 'kind'>,
): void {
  const recorded = status === 'awaiting_admin'
  const granted = kind === 'reactivation' ? 'reactivated' : 'approved'
  const outcome = decided.decision === 'deny' ? 'denied' : recorded ? 'recorded' : granted
  const passed = decided.decision === 'approve' && decided.pass !== undefined && !recorded
  const pass = passed
    ? {
        until: services.clock() + decided.pass!.lifetime,
        shown: decided.shownPass,
      }
    : undefined
  showPage(ctx, services.views.page('approve_done', localeOf(ctx), { outcome, subject, pass }))
}

/** Everything that must hold at this moment, and not only when the mail was sent. */
async function accessOf(services: Services, console: Console, ctx: Context): Promise<Access> {
  const { store, accounts } = services
  const link = await findLink(store, 'approve', ctx.params.token)
  const one = link?.case === undefined ? undefined : await store.cases.get(link.case)
  const asked = link && (await accounts.get(link.account))
  if (link === undefined || one === undefined || asked === undefined) return { ok: false, reason: 'unknown' }
  const session = await console.session(ctx, freshSecondFactor)
  if (session === undefined) return { ok: false, reason: 'sign_in', as: asked }
  if (session.account === one.account) return { ok: false, reason: 'self' }
  if (session.account !== link.account) return { ok: false, reason: 'not_approver' }
  return mayDecide(services, session, one, pathOf(ctx))
}

/** Whether whoever is signed in decides this case at this moment, wherever they found it. */
export async function mayDecide(
  services: Services,
  session: ConsoleSession,
  one: RecoveryCase,
  path: string,
): Promise<Deciding | NothingToDecide> {
  const { store, accounts } = services
  const asked = await accounts.get(session.account)
  if (asked === undefined) return { ok: false, reason: 'unknown' }
  if (asked.id === one.account) return { ok: false, reason: 'self' }
  if (!one.approvers.includes(asked.id)) return { ok: false, reason: 'not_approver' }
  const membership = await store.memberships.get(`${one.organization}:${asked.id}`)
  if (!isSuperAdmin(membership)) return { ok: false, reason: 'not_super_admin' }
  if (!isOpen(one) || one.status !== 'awaiting_admin')
    return { ok: false, reason: one.status, status: one.status }
  const subject = await accounts.get(one.account)
  if (subject === undefined) return { ok: false, reason: 'unknown' }
  if (subject.status !== 'active') return { ok: false, reason: 'inactive' }
  if (changedRecently(asked, services.clock(), services.config)) return { ok: false, reason: 'recent_change' }
  return { ok: true, session, approver: asked, subject, case: one, path }
}

async function turnAway(
  services: Services,
  console: Console,
  ctx: Context,
  access: Access & { ok: false },
): Promise<void> {
  if ('as' in access)
    return console.signIn(ctx, freshSecondFactor, pathOf(ctx), { email: access.as.email, again: false })
  gone(services, ctx, access.reason, access.status)
}

export function gone(
  services: Services,
  ctx: Context,
  reason: string,
  status?: RecoveryCase['status'],
): void {
  const locals = { reason, status }
  const mailed = ctx.params.token !== undefined
  const switchTo = reason === 'not_approver' && mailed ? { switchTo: `${pathOf(ctx)}/switch` } : {}
  showPage(
    ctx,
    services.views.page('approve_gone', localeOf(ctx), { ...locals, ...switchTo }),
    codeOf(reason),
  )
}

const codeOf = (reason: string): number =>
  reason === 'unknown'
    ? 404
    : ['self', 'not_approver', 'not_super_admin', 'recent_change'].includes(reason)
      ? 403
      : 200

const pathOf = (ctx: Context): string => `/recovery/approve/${ctx.params.token}`

export async function showCase(
  services: Services,
  ctx: Context,
  access: Deciding,
  message?: PageMessage,
  fields: Fields = {},
): Promise<void> {
  const { case: one, subject, approver, session, path } = access
  const organization = await services.store.organizations.get(one.organization!)
  const page = services.views.page('approve', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    approver: approver.name,
    subject: { name: subject.name, email: subject.email },
    organization: organization?.name ?? '',
    app: one.app,
    openedAt: one.openedAt,
    expiresAt: one.expiresOn,
    facts: await approverFacts(services, one, subject),
    triesLeft: mostWrongCodes - one.code.failures,
    approvals: one.approvals.length,
    approvalsNeeded: one.terms.approvalsNeeded,
    reason: fields.reason,
  })
  showPage(ctx, page)
}
