import type { Protection } from '../../rules/account.ts'
import type { Assurance } from '../../rules/assurance.ts'
import type { ActionStatus, Attempt } from '../../rules/attempt.ts'
import { type Browser, newBrowserNotice, trustedEntry } from '../../rules/browsers.ts'
import { settled } from '../../rules/distrust.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import { isAhead } from '../../rules/lately.ts'
import { told } from '../../rules/told.ts'
import { firstSecondAfter } from '../../rules/valid-after.ts'
import { seeOther } from '../http/page.ts'
import { changeAttempt } from './attempts.ts'
import { keepBrowser, noteAnnounced, noteBrowser } from './known-browser.ts'
import type { Change, Visit } from './step.ts'

/**
 * Hands the result of a sign-in to the provider and sends the person on: the only caller of `interactionResult` for a
 * login, once an attempt. Until here no session exists. The attempt is marked first, so that of two requests at once,
 * or of one before and one after a reset, only one gets through.
 *
 * @param change what the attempt still lacks of what the visit says of it: written with the mark.
 * @returns false where the attempt was changed or ended meanwhile. Then nothing is done.
 */
export async function finish(visit: Visit, assurance: Assurance, change: Change = same): Promise<boolean> {
  const { services, attempt, ctx } = visit
  const { finishedAt = services.clock() } = attempt
  // Marked already and still without a result: the process died in between, and the result is handed over now.
  const marked = attempt.finishedAt !== undefined
  if (!marked && !(await markFinished(visit, assurance, finishedAt, change))) return false
  const { expected, noted } = await noteBrowser(visit)
  const signedIn = services.change('protections', attempt.account!, (current) => [
    current && withSignIn(current, attempt, expected, finishedAt),
    undefined,
  ])
  const [browser] = await Promise.all([noted, signedIn])
  // It was forgotten at this very moment: then it is a new one.
  if (expected.announced && !browser.announced) await tellOfBrowser(visit, browser)
  await noteAnnounced(visit, browser)
  const { amr, authTime } = assurance
  const acr = services.acrNames.theirs(assurance.acr)
  const login = {
    accountId: attempt.account!,
    acr,
    amr,
    ts: signedInAt(authTime, visit.account?.validAfter ?? 0, services.clock()),
    remember: staysSignedIn(services.config, attempt),
  }
  const { provider } = services
  const next = await provider.interactionResult(
    ctx.req,
    ctx.res,
    // The same request may ask for more, and goes on in the language of this.
    { login, locale: attempt.locale },
    { mergeWithLastSubmission: false },
  )
  keepBrowser(visit)
  seeOther(ctx, next)
  return true
}

const same: Change = (attempt) => attempt

/** Never ahead of the clock, whatever was written while that was ahead: a sign-in of then is none of now. Seconds. */
function signedInAt(authTime: number, validAfter: number, now: number): number {
  const at = Math.max(authTime, firstSecondAfter(validAfter))
  return isAhead(at * 1000, now) ? Math.floor(now / 1000) : at
}

/** Who wasn't asked is forgotten: the browser may be a borrowed one. */
const staysSignedIn = ({ sessionCookie }: Visit['services']['config'], { keep }: Attempt): boolean =>
  sessionCookie === 'lasting' || (sessionCookie === 'choose' && keep === true)

const tracesKept = 10

/**
 * Remembers where people usually sign in from: what an approver compares a request with. Of a new browser the person is
 * told because of this very write.
 */
function withSignIn(account: Protection, attempt: Attempt, browser: Browser, at: number): Protection {
  const { origin, ask, trust } = attempt
  // Finished again after a crash, it is the same sign-in.
  const others = (account.signIns ?? []).filter((one) => one.at !== at)
  const signIns = [{ at, ...origin }, ...others].slice(0, tracesKept)
  const signedIn = { ...settled(account, attempt.proofs), lastSignInAt: at, signIns }
  const trusts = trust !== undefined && trust === browser.trustedAt
  return withEffects(signedIn, [
    ...(browser.announced ? [] : [newBrowserNotice(browser, ask.app)]),
    ...(trusts ? trustedEntry(browser) : []),
  ])
}

async function tellOfBrowser({ services, attempt }: Visit, browser: Browser): Promise<void> {
  await services.change('protections', attempt.account!, (current) => [
    current && withEffects(current, [newBrowserNotice(browser, attempt.ask.app)]),
    undefined,
  ])
}

/** A second submit that comes in between, or a repeat after a crash, is the same sign-in. */
function succeeded(attempt: Attempt, { acr, amr }: Assurance): Effect[] {
  const { id, createdAt, account = '', ask, origin } = attempt
  return told(
    { subject: account, actor: account, origin },
    {
      id: `sign-in:${id}:${createdAt}`,
      event: 'sign_in.succeeded',
      detail: { acr, amr: amr.join(' '), client: ask.client },
    },
  )
}

/** The write that decides that the sign-in is complete also promises its entry in the log, written while it goes on. */
function markFinished(
  { services, attempt }: Visit,
  assurance: Assurance,
  finishedAt: number,
  change: Change,
): Promise<boolean> {
  const finished = (current: Attempt): Attempt =>
    withEffects({ ...change(current), finishedAt }, succeeded(attempt, assurance))
  return changeAttempt(services, attempt, finished, 'meanwhile')
}

/** Hands over how an action ended, and sends the person back to the app. */
export async function finishAction(visit: Visit, status: ActionStatus): Promise<void> {
  const { services, attempt, ctx } = visit
  await services.change('attempts', attempt.id, (current) => [
    current && withEffects(current, ended(attempt, status)),
    undefined,
  ])
  const result = { action: { status } }
  seeOther(
    ctx,
    await services.provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true }),
  )
}

function ended({ id, action, account = '', ask }: Attempt, status: ActionStatus): Effect[] {
  return told(
    { subject: account, actor: account },
    { id: `action:${id}`, event: `action.${action!}`, detail: { status, client: ask.client } },
  )
}

/** Tells the app that what it insists on can't be reached (OpenID Connect Core Error Code 1.0). */
export async function finishUnmet(visit: Visit): Promise<void> {
  const { services, ctx } = visit
  const result = {
    error: 'unmet_authentication_requirements',
    error_description: 'the requested acr can not be reached by this account',
  }
  seeOther(
    ctx,
    await services.provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }),
  )
}
