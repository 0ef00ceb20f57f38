import { inject } from 'light-my-request'
import type { Provider } from 'oidc-provider'
import * as oidc from 'openid-client'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import { consoleClientId, consoleSecret } from '../../provider/own-client.ts'

/** openid-client, speaking to the provider in memory: no network, no dependence on how the outside reaches us. */
export async function connectConsole(
  provider: Provider,
  issuer: string,
  ring: KeyRing,
): Promise<oidc.Configuration> {
  const callback = provider.callback()
  const fetchInMemory: oidc.CustomFetch = async (url, { method, headers, body }) => {
    const answer = await inject(callback as never, {
      method: method as 'GET',
      url,
      headers: { ...headers, host: new URL(issuer).host, ...forwarded(issuer) },
      ...(body === undefined || body === null ? {} : { payload: String(body) }),
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
