import type { Context } from 'koa'
import type { Kept } from '../../adapters/proofing/proofing.ts'
import { tokenHash } from '../../adapters/secrets/key-ring.ts'
import { confirmToken } from '../../effects/links.ts'
import { applyVerified, judgeVerified, sayToAttempt, settleRun } from '../../recovery/identity.ts'
import { type ProofingRun, type RunOutcome, takeAnswer } from '../../rules/proofing-run.ts'
import { isBeginner } from '../http/beginner.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'

/** What the end of an enrolment does; the pages of someone signed in know. */
export type Enrol = (ctx: Context, run: ProofingRun, callback: URL, kept: Kept) => Promise<void>

/**
 * GET /recovery/identity/callback. The browser that began goes back to its sign-in. Any other only gets a page that
 * says whose request it is about to move on: whoever was lured here with a stranger's link can still say no.
 */
export async function identityCallback(services: Services, ctx: Context, enrol: Enrol): Promise<void> {
  const { store, ring, clock, config } = services
  const state = typeof ctx.query.state === 'string' ? ctx.query.state : ''
  const run = await store.proofings.get(tokenHash(state))
  if (run === undefined || services.proofing === undefined) return failed(services, ctx, 'wrong_state', 400)
  const taken = await store.proofings.update(run.id, (current) =>
    current === undefined ? [current, undefined] : takeAnswer(current, clock()),
  )
  if (taken?.ok) {
    const callback = new URL(config.base + ctx.url)
    const kept: Kept = JSON.parse(ring.open(taken.sealed, run.id))
    if (run.purpose === 'enrolment') return enrol(ctx, run, callback, kept)
    const outcome = await outcomeOf(services, run, callback, kept)
    const standing = await settleRun(services, run, outcome)
    if (outcome.ok) return goOn(services, ctx, run, outcome)
    // A webhook said that it succeeded: the link that was mailed then leads on, and not whoever came with a wrong answer.
    return sayWhy(services, ctx, run, standing.ok ? 'mailed' : outcome.reason)
  }
  if (taken?.reason !== 'late')
    return isBeginner(services, ctx, run) ? back(ctx, run) : failed(services, ctx, 'late', 400)
  await settleRun(services, run, { ok: false, reason: 'late' })
  await sayWhy(services, ctx, run, 'late')
}

async function outcomeOf(
  services: Services,
  run: ProofingRun,
  callback: URL,
  kept: Kept,
): Promise<RunOutcome> {
  const { store, clock } = services
  const result = await services.proofing!.finish(callback, kept, clock())
  if (!result.ok) return result
  const account = await store.accounts.get(run.account)
  if (account === undefined) return { ok: false, reason: 'wrong_subject' }
  const one = run.case === undefined ? undefined : await store.cases.get(run.case)
  return judgeVerified(services, account, one, result.verified)
}

async function goOn(services: Services, ctx: Context, run: ProofingRun, outcome: RunOutcome): Promise<void> {
  if (!isBeginner(services, ctx, run))
    return seeOther(ctx, `/recovery/identity/confirm/${await confirmToken(services, run)}`)
  const advance = await applyVerified(services, { ...run, outcome })
  if (advance?.ok)
    await sayToAttempt(services, run, outcome.ok && outcome.nameOnly ? 'identity_name_only' : 'identity_done')
  back(ctx, run)
}

/** A failure leaves the case where it was. */
async function sayWhy(services: Services, ctx: Context, run: ProofingRun, reason: string): Promise<void> {
  await sayToAttempt(services, run, `identity_${reason}`)
  if (isBeginner(services, ctx, run)) back(ctx, run)
  else failed(services, ctx, reason, 200)
}

const back = (ctx: Context, run: ProofingRun): void => seeOther(ctx, `/interaction/${run.attempt}`)

function failed(services: Services, ctx: Context, reason: string, status: number): void {
  showPage(
    ctx,
    services.views.page('identity_failed', localeOf(ctx), { message: { key: `identity_${reason}` } }),
    status,
  )
}
