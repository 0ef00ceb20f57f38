import type { Context } from 'koa'
import { browserOf } from '../../account/known-browsers.ts'
import { factorTerms } from '../../account/policies.ts'
import { openCaseOf } from '../../recovery/events.ts'
import type { Attempt } from '../../rules/attempt.ts'
import { type Browser, isTrusted } from '../../rules/browsers.ts'
import { waysOn } from '../../rules/challenge.ts'
import { nextStep } from '../../rules/next-step.ts'
import type { Situation } from '../../rules/step.ts'
import { upstreamOf } from '../../rules/upstream.ts'
import { readBrowserCookie } from '../http/browser-cookie.ts'
import { originOf } from '../http/request.ts'
import { withCompletionLink } from '../recovery/continue.ts'
import type { Services } from '../services.ts'
import { hasAsked } from './own-request.ts'
import type { Visit } from './step.ts'
import { triesAs } from './who-tries.ts'

/** Reads an attempt and what hangs on it. */
export async function visitOf(services: Services, ctx: Context, opened: Attempt): Promise<Visit> {
  // What happens now comes from where this request does, whoever has opened the page.
  const attempt = { ...opened, origin: originOf(ctx) }
  const { situation, browser } = await situationOf(services, ctx, attempt)
  const by = triesAs(ctx, browser)
  return { services, ctx, situation, by, step: nextStep(situation), ways: waysOn(situation), ...situation }
}

async function situationOf(
  services: Services,
  ctx: Context,
  attempt: Attempt,
): Promise<{ situation: Situation; browser: Browser | undefined }> {
  const { store, config, accounts } = services
  const cases = Promise.all([
    attempt.case === undefined ? undefined : store.cases.get(attempt.case),
    attempt.account === undefined ? undefined : openCaseOf(services, attempt.account),
  ])
  // Where a case is seen to have ended, what it has done to the person is seen as well.
  if (attempt.case !== undefined) await cases
  const [[waitedFor, openCase], account, browser] = await Promise.all([
    cases,
    attempt.account === undefined ? undefined : accounts.get(attempt.account),
    attempt.account === undefined
      ? undefined
      : browserOf(services, readBrowserCookie(ctx, config), attempt.account),
  ])
  const { required, kinds, trustDays, organizations } =
    account === undefined ? nobody(services) : await factorTerms(services, account)
  const now = services.clock()
  const situation = {
    attempt: account === undefined ? attempt : withCompletionLink(services, ctx, attempt, account),
    account,
    case: waitedFor,
    openCase,
    asked: hasAsked(services, ctx, openCase),
    suspendedBy: account && (await suspendingOrganization(services, attempt, account.id)),
    secondFactorRequired: required,
    attests: config.passkeys.roots.length > 0,
    kinds,
    trusted: account !== undefined && isTrusted(browser, account, trustDays, now),
    trustDays,
    lastUsed: browser?.lastUsed,
    upstream: account && upstreamOf(config.upstreams, account, organizations)?.id,
    now,
  }
  return { situation, browser: account && browser }
}

/** The app says whose it is (`organization` of its metadata); that organization may have suspended the person. */
async function suspendingOrganization(
  { store, provider }: Services,
  { ask }: Attempt,
  account: string,
): Promise<string | undefined> {
  const organization = (await provider.Client.find(ask.client))?.organization
  if (typeof organization !== 'string') return undefined
  const membership = await store.memberships.get(`${organization}:${account}`)
  if (membership?.suspended === undefined) return undefined
  return (await store.organizations.get(organization))?.name ?? organization
}

/** What goes for someone who isn't known yet. */
const nobody = ({ kinds }: Services) => ({ required: false, kinds, trustDays: 0, organizations: [] })
