import type { Context, Next } from 'koa'
import { type Need, refusal } from './step-up.ts'
import type { ReadToken } from './tokens.ts'

/** Lets a request through whose token is good and says enough; answers all others as RFC 6750 and RFC 9470 say. `now` is in seconds. */
export async function protect(
  ctx: Context,
  next: Next,
  read: ReadToken,
  need: Need,
  now: number,
): Promise<void> {
  const value = /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('authorization'))?.[1]
  if (value === undefined) return refuse(ctx, 401, 'Bearer')
  const token = await read(value).catch(() => 'unavailable' as const)
  if (token === 'unavailable') {
    ctx.status = 503
    return
  }
  if (token === undefined) return refuse(ctx, 401, 'Bearer error="invalid_token"')
  const refused = refusal(token, need, now)
  if (refused !== undefined) return refuse(ctx, refused.status, refused.challenge)
  await next()
}

function refuse(ctx: Context, status: number, challenge: string): void {
  ctx.status = status
  ctx.set('WWW-Authenticate', challenge)
  ctx.body = { error: 'refused' }
}
