import type { Middleware } from 'koa'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Outbox } from '../effects/outbox.ts'

/**
 * When a person signs out, the library sends the logout tokens itself, once. One that an app didn't take goes to the
 * outbox, and the person is told that they are signed out only after that is stored.
 */
export function retryLogouts(provider: Provider, outbox: Outbox): Middleware {
  const refused = new WeakMap<object, Promise<void>[]>()
  provider.on('backchannel.error', (ctx: KoaContextWithOIDC, _error, client, account, sid) => {
    const parcel = { kind: 'logout' as const, client: client.clientId, account, sid }
    const id = `signed-out:${client.clientId}:${sid}`
    refused.get(ctx)?.push(outbox.queue(id, `client:${client.clientId}`, parcel))
  })
  return async (ctx, next) => {
    const queued: Promise<void>[] = []
    refused.set(ctx, queued)
    await next()
    if (queued.length > 0) await Promise.all(queued)
  }
}
