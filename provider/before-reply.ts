import type { Context, Middleware } from 'koa'
import { Provider } from 'oidc-provider'

/** What was begun on the way of a request. */
const begun = Symbol('writes before the reply')

type Writing = Context & { [begun]?: Promise<void>[] }

/** The reply leaves when everything that was written on the way is durable. A write that fails fails the request. */
export const waitForWrites: Middleware = async (ctx: Writing, next) => {
  const writes: Promise<void>[] = []
  ctx[begun] = writes
  await next()
  if (writes.length > 0) await Promise.all(writes)
}

/**
 * Waits for a write before the reply instead of now, so that writes which don't depend on one another share a commit.
 * Only for what nobody reads back within the same request. Where no reply is waited for, it waits now.
 */
export function beforeReply(write: Promise<void>): Promise<void> | undefined {
  const writes = (Provider.ctx as Writing | undefined)?.[begun]
  if (writes === undefined) return write
  // It is waited for at the end; until then a failure must not count as unhandled.
  write.catch(() => {})
  writes.push(write)
  return undefined
}
