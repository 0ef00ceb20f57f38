import type { Context } from 'koa'
import type { Kept } from '../../adapters/proofing/proofing.ts'
import { tokenHash } from '../../adapters/secrets/key-ring.ts'
import { confirmToken } from '../../effects/links.ts'
import { goingOn, judgeVerified, saying, settleRun } from '../../recovery/identity.ts'
import { messageFor } from '../../rules/messages.ts'
import { type ProofingRun, type RunOutcome, takeProofingAnswer } from '../../rules/proofing-run.ts'
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
  const { store, change, ring, clock, config } = services
  const state = typeof ctx.query.state === 'string' ? ctx.query.state : ''
  const run = await store.proofings.get(tokenHash(state))
  if (run === undefined || services.proofing === undefined) return failed(services, ctx, 'wrong_state', 400)
  const taken = await change('proofings', run.id, (current) =>
    current === undefined ? [current, undefined] : takeProofingAnswer(current, clock()),
  )
  if (taken?.ok) {
    const callback = new URL(config.base + ctx.url)
    const kept: Kept = JSON.parse(ring.open(taken.sealed, run.id))
    if (run.purpose === 'enrolment') return enrol(ctx, run, callback, kept)
    const outcome = await outcomeOf(services, run, callback, kept)
    const own = isBeginner(services, ctx, run)
    const standing = await settleRun(services, run, outcome, (settled) => {
      if (outcome.ok) return own ? goingOn(settled, 'at_once') : []
      return saying(settled, messageFor(`identity_${whyOf(settled.outcome, outcome.reason)}`))
    })
    if (!outcome.ok) return leave(services, ctx, run, whyOf(standing, outcome.reason))
    return own
      ? back(ctx, run)
      : seeOther(ctx, `/recovery/identity/confirm/${await confirmToken(services, run)}`)
  }
  if (taken?.reason !== 'late')
    return isBeginner(services, ctx, run) ? back(ctx, run) : failed(services, ctx, 'late', 400)
  await settleRun(services, run, { ok: false, reason: 'late' }, (late) => saying(late, 'identity_late'))
  leave(services, ctx, run, 'late')
}

/** A webhook said that it succeeded: the link that was mailed then leads on, and not whoever came with a wrong answer. */
const whyOf = (standing: RunOutcome | undefined, reason: string): string => (standing?.ok ? 'mailed' : reason)

async function outcomeOf(
  services: Services,
  run: ProofingRun,
  callback: URL,
  kept: Kept,
): Promise<RunOutcome> {
  const { store, clock, accounts } = services
  const result = await services.proofing!.finish(callback, kept, clock())
  if (!result.ok) return result
  const account = await accounts.get(run.account)
  if (account === undefined) return { ok: false, reason: 'wrong_subject' }
  const one = run.case === undefined ? undefined : await store.cases.get(run.case)
  return judgeVerified(services, account, one, result.verified)
}

/** A failure leaves the case where it was. */
function leave(services: Services, ctx: Context, run: ProofingRun, reason: string): void {
  if (isBeginner(services, ctx, run)) back(ctx, run)
  else failed(services, ctx, reason, 200)
}

const back = (ctx: Context, run: ProofingRun): void => seeOther(ctx, `/interaction/${run.attempt}`)

function failed(services: Services, ctx: Context, reason: string, status: number): void {
  showPage(
    ctx,
    services.views.page('identity_failed', localeOf(ctx), {
      message: { key: messageFor(`identity_${reason}`) },
    }),
    status,
  )
}
