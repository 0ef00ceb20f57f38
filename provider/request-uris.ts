import type { Context, Middleware } from 'koa'
import type { Client, Provider } from 'oidc-provider'
import { endpointFault, type GuardedFetch } from '../adapters/guarded-fetch.ts'

export interface RequestUris {
  provider: Provider
  fetch: GuardedFetch
  /** Hosts that are exempt from the guard, as the operator listed them. */
  allowed: string[]
}

/** Milliseconds: the person waits. */
const patience = 5_000

/** What the library says of a pushed request that isn't there any more. */
const unreadable = 'urn:ietf:params:oauth:request_uri:unreadable'

/**
 * Requests by reference (OpenID Connect Core §6.2). Fetching whatever address a request names would make a tool of us;
 * so it has to be one that the client has registered, word for word, and what is there is a signed request object, which
 * the library checks like one that came with the request.
 */
export function requestUris({ provider, fetch, allowed }: RequestUris): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/auth' && ctx.method === 'GET') await resolve(ctx)
    await next()
    if (ctx.path === '/.well-known/openid-configuration') announce(ctx)
  }

  async function resolve(ctx: Context): Promise<void> {
    const { request_uri: uri, client_id: id, request } = ctx.query
    if (typeof uri !== 'string' || typeof id !== 'string' || request !== undefined) return
    if (uri.startsWith('urn:') || !registered(await provider.Client.find(id)).includes(uri)) return
    const { request_uri: _, ...others } = ctx.query
    const found = await read(uri)
    ctx.query = found === undefined ? { ...others, request_uri: unreadable } : { ...others, request: found }
  }

  async function read(uri: string): Promise<string | undefined> {
    // Its fragment is a hash of what is there, for those who keep it (§6.2).
    const address = uri.split('#')[0]!
    if (endpointFault(address, allowed) !== undefined) return undefined
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(patience) })
      return answer.status === 200 ? (await answer.text()).trim() : undefined
    } catch {
      return undefined
    }
  }
}

function registered(client: Client | undefined): string[] {
  const uris: unknown = client?.request_uris
  return Array.isArray(uris) ? uris : []
}

/** OpenID Connect Discovery 1.0 §3. The library says that there are none. */
function announce({ body }: Context): void {
  if (body === null || typeof body !== 'object' || !('request_uri_parameter_supported' in body)) return
  Object.assign(body, { request_uri_parameter_supported: true, require_request_uri_registration: true })
}
