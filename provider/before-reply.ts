import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context, Middleware } from 'koa'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'

/** What was begun on the way of a request, on our own pages as well as on the library's. */
const requests = new AsyncLocalStorage<{ writes: Promise<void>[]; replied: boolean }>()

/**
 * The reply leaves when everything that was written on the way is durable. A write that fails fails the request; one that
 * is refused, as a code that another request has spent meanwhile, is what the app is told instead (RFC 6749 §5.2).
 */
export const waitForWrites: Middleware = async (ctx, next) => {
  const request = { writes: [] as Promise<void>[], replied: false }
  const { writes } = request
  try {
    await requests.run(request, next)
  } finally {
    // Whatever a request has set off and goes on after it waits for its own writes.
    request.replied = true
  }
  try {
    if (writes.length > 0) await Promise.all(writes)
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error
    refuse(ctx, error)
  }
}

function refuse(ctx: Context, refusal: errors.OIDCProviderError): void {
  const { error, error_description, statusCode } = refusal
  ctx.status = statusCode
  ctx.body = { error, error_description }
  ctx.oidc.provider.emit('grant.error', ctx as KoaContextWithOIDC, refusal)
}

/**
 * Waits for a write before the reply instead of now, so that writes which don't depend on one another share a commit.
 * Only for what nobody reads back within the same request. Where no reply is waited for, it waits now.
 */
export function beforeReply(write: Promise<void>): Promise<void> | undefined {
  const request = requests.getStore()
  if (request === undefined || request.replied) return write
  // It is waited for at the end; until then a failure must not count as unhandled.
  write.catch(() => {})
  request.writes.push(write)
  return undefined
}
