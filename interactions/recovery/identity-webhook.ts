import type { Context } from 'koa'
import type { Kept } from '../../adapters/proofing/proofing.ts'
import { tokenHash } from '../../adapters/secrets/key-ring.ts'
import { goingOn, judgeVerified, saying, settleRun } from '../../recovery/identity.ts'
import { messageFor } from '../../rules/messages.ts'
import type { ProofingRun } from '../../rules/proofing-run.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'

/** Bytes. */
const largest = 65_536

/**
 * POST /recovery/identity/webhook. Says how a verification ended, before or after the redirect, once or often: the same
 * thing each time. A success doesn't move the case on by itself, since nobody is there to say whose request it is:
 * it does when the browser that began comes back, or when the person follows the link that is mailed now.
 */
export async function identityWebhook(services: Services, ctx: Context): Promise<void> {
  const { proofing, store, clock } = services
  if (proofing === undefined) throw new Problem(404, 'not_found')
  const body = await bytesOf(ctx)
  ctx.set('Cache-Control', 'no-store')
  const read = proofing.readWebhook(ctx.headers, body, clock())
  if (!read.ok) return answer(ctx, read.reason === 'unauthenticated' ? 401 : 400, read.reason)
  // What we don't know is acknowledged all the same: trying again would not help.
  const run = read.state === undefined ? undefined : await store.proofings.get(tokenHash(read.state))
  if (run === undefined || read.state === undefined || run.purpose !== 'recovery')
    return answer(ctx, 200, 'ignored')
  if (run.outcome?.ok) return answer(ctx, 200, 'known')
  const result =
    run.until <= clock() ? ({ ok: false, reason: 'late' } as const) : read.judge(sentOf(services, run))
  const [account, one] = await Promise.all([
    services.accounts.get(run.account),
    run.case === undefined ? undefined : store.cases.get(run.case),
  ])
  if (account === undefined) return answer(ctx, 200, 'ignored')
  const outcome = result.ok ? await judgeVerified(services, account, one, result.verified) : result
  await settleRun(services, run, outcome, (settled) =>
    settled.outcome?.ok
      ? goingOn(settled, 'by_mail')
      : saying(settled, messageFor(`identity_${settled.outcome?.reason}`)),
  )
  answer(ctx, 200, 'taken')
}

function answer(ctx: Context, status: number, said: string): void {
  ctx.status = status
  ctx.body = { status: said }
}

/** The claims that the provider was asked to compare; not known any more once the redirect has brought its answer. */
function sentOf({ ring }: Services, run: ProofingRun): Kept['sent'] {
  return run.sealed === undefined ? [] : (JSON.parse(ring.open(run.sealed, run.id)) as Kept).sent
}

async function bytesOf(ctx: Context): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largest) throw new Problem(413, 'too_large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
