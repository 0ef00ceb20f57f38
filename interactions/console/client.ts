import type { IncomingMessage, RequestListener } from 'node:http'
import { inject } from 'light-my-request'
import type { Provider } from 'oidc-provider'
import * as oidc from 'openid-client'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import { consoleClientId, consoleSecret } from '../../provider/own-client.ts'
import { mountOf } from '../../rules/mount.ts'
import type { Settings } from '../../rules/settings.ts'

/** openid-client, speaking to the provider in memory: no network, no dependence on how the outside reaches us. */
export async function connectConsole(
  provider: Provider,
  config: Pick<Settings, 'issuer' | 'base'>,
  ring: KeyRing,
): Promise<oidc.Configuration> {
  const { issuer } = config
  const callback = mounted(provider.callback(), config)
  const fetchInMemory: oidc.CustomFetch = async (url, { method, headers, body }) => {
    const answer = await inject(callback as never, {
      method: method as 'GET',
      url,
      headers: { ...headers, host: new URL(issuer).host, ...forwarded(issuer) },
      payload: body === undefined || body === null ? undefined : String(body),
    })
    return new Response(answer.rawPayload as Uint8Array<ArrayBuffer>, {
      status: answer.statusCode,
      headers: Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]),
    })
  }
  const execute = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []
  return oidc.discovery(new URL(issuer), consoleClientId, consoleSecret(ring), undefined, {
    execute,
    [oidc.customFetch]: fetchInMemory,
  })
}

// Behind a proxy the provider learns the scheme from this header; in memory there is no proxy to set it.
const forwarded = (issuer: string) => ({ 'x-forwarded-proto': new URL(issuer).protocol.slice(0, -1) })

/** As the host mounts it: the provider sees the rest of the path, and finds where it is by `originalUrl`. */
export function mounted(callback: RequestListener, config: Pick<Settings, 'base'>): RequestListener {
  const mount = mountOf(config)
  if (mount === '') return callback
  return (request: IncomingMessage & { originalUrl?: string }, response) => {
    const path = request.url ?? '/'
    // Discovery begins at the issuer, wherever the provider is mounted.
    const below = path === mount || path.startsWith(`${mount}/`) || path.startsWith(`${mount}?`)
    request.url = below ? path.slice(mount.length).replace(/^(?!\/)/, '/') : path
    request.originalUrl = mount + request.url
    return callback(request, response)
  }
}
