import Router from '@koa/router'
import type { Context } from 'koa'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import { applyEvent, wakeCases } from '../../recovery/events.ts'
import { approverFacts, changedRecently } from '../../recovery/facts.ts'
import { supportInbox } from '../../recovery/inbox.ts'
import type { Account } from '../../rules/account.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { MessageKey } from '../../rules/messages.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { keptForm } from '../console/kept-form.ts'
import { type Console, freshSecondFactor, type Need } from '../console/session.ts'
import { checkFormToken, type Fields, formBody, formLocals, readFields, refusedForm } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import { showDecided } from '../recovery/approve.ts'
import { decisionFault, readDecision } from '../recovery/decision.ts'
import type { Services } from '../services.ts'

/** Looking takes a second factor of the working day; deciding takes one of the last five minutes. */
const looking: Need = { acr: acrMultiFactor, maxAge: 8 * 3600 }

interface Agent {
  session: ConsoleSession
  account: Account
}

/** The support desk: cases that no super admin can decide, for agents of the operator. */
export function supportRoutes(services: Services, console: Console): Router {
  const router = new Router({ prefix: '/support' })
  router.get('/', (ctx) => desk(services, console, ctx))
  router.get('/cases/:id', (ctx) => showCase(services, console, ctx))
  router.post('/cases/:id', formBody, (ctx) => decide(services, console, ctx))
  return router
}

async function desk(services: Services, console: Console, ctx: Context): Promise<void> {
  const agent = await agentOf(services, console, ctx, looking)
  if (agent === undefined) return
  await wakeCases(services)
  const cases = await supportInbox(services, agent.account.id)
  const locals = { agent: agent.account.name, cases, now: services.clock() }
  showPage(ctx, services.views.page('support_desk', localeOf(ctx), locals))
}

async function showCase(services: Services, console: Console, ctx: Context): Promise<void> {
  const agent = await agentOf(services, console, ctx, looking)
  if (agent === undefined) return
  const kept = keptForm(services, ctx, agent.session)
  await show(services, ctx, agent, await caseOf(services, ctx), kept)
}

async function decide(services: Services, console: Console, ctx: Context): Promise<void> {
  const agent = await agentOf(services, console, ctx, freshSecondFactor)
  if (agent === undefined) return
  const one = await caseOf(services, ctx)
  const fields = readFields(ctx)
  checkFormToken(fields, agent.session.form)
  const fault = refusal(services, agent, one) ?? decisionFault(fields, false)
  if (fault !== undefined) return show(services, ctx, agent, one, refusedForm({ key: fault }, fields), fields)
  const decided = readDecision(services, one.id, fields)
  const by = { by: agent.account.id, reason: decided.reason }
  const pass = decided.decision === 'approve' && decided.pass !== undefined ? { pass: decided.pass } : {}
  const event =
    decided.decision === 'deny'
      ? { type: 'deny' as const, ...by }
      : { type: 'approve' as const, ...by, ...pass }
  const outcome = await applyEvent(services, one.id, event)
  if (!outcome?.ok)
    return show(
      services,
      ctx,
      agent,
      await caseOf(services, ctx),
      refusedForm({ key: 'not_possible' }, fields),
      fields,
    )
  const subject = await services.accounts.get(one.account)
  showDecided(services, ctx, subject?.name ?? '', decided, outcome.case)
}

/** Why this agent can't decide this case now, as a message's key. */
function refusal({ clock, config }: Services, { account }: Agent, one: RecoveryCase): MessageKey | undefined {
  if (one.account === account.id) return 'own_case'
  if (changedRecently(account, clock(), config)) return 'recent_change'
  return one.status === 'awaiting_support' ? undefined : 'not_possible'
}

/** Signs the visitor in when needed. Anyone but an agent is turned away, whatever the case. */
async function agentOf(
  services: Services,
  console: Console,
  ctx: Context,
  need: Need,
): Promise<Agent | undefined> {
  const session = await console.session(ctx, need)
  if (session === undefined) {
    // A form that comes too late leads back to its page: what was decided is asked again, after the second factor.
    await console.signIn(ctx, need, ctx.path)
    return undefined
  }
  const account = await services.accounts.get(session.account)
  if (account?.supportAgent !== true) throw new Problem(403, 'forbidden')
  return { session, account }
}

async function caseOf(services: Services, ctx: Context): Promise<RecoveryCase> {
  await wakeCases(services)
  const one = await services.store.cases.get(ctx.params.id)
  if (one === undefined || one.route !== 'support') throw new Problem(404, 'not_found')
  return one
}

async function show(
  services: Services,
  ctx: Context,
  { session, account }: Agent,
  one: RecoveryCase,
  message?: PageMessage,
  fields: Fields = {},
): Promise<void> {
  const subject = await services.accounts.get(one.account)
  if (subject === undefined) throw new Problem(404, 'not_found')
  const organization = one.organization && (await services.store.organizations.get(one.organization))
  const page = services.views.page('support_case', localeOf(ctx), {
    ...formLocals(`/support/cases/${one.id}`, session.form, message),
    agent: account.name,
    subject: { name: subject.name, email: subject.email, status: subject.status },
    organization: organization ? organization.name : undefined,
    app: one.app,
    status: one.status,
    kind: one.kind,
    statement: one.statement ?? '',
    openedAt: one.openedAt,
    holdUntil: one.hold?.until ?? one.expiresOn,
    expiresAt: one.expiresOn,
    facts: await approverFacts(services, one, subject),
    canDecide: refusal(services, { session, account }, one) === undefined,
    reason: fields.reason,
  })
  showPage(ctx, page)
}
