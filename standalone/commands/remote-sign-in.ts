import * as oidc from 'openid-client'
import { apiScopeNames } from '../../provider/api-resource.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'

/** What the command line asks for; what it gets is what its client is registered for. */
const wanted = ['openid', ...apiScopeNames.filter((scope) => scope !== 'scim')]

/**
 * The person signs in in a browser, anywhere, with a second factor (RFC 8628).
 *
 * @param say tells them where, and the code.
 */
export async function signInByDevice(
  { url, client }: { url: string; client: string },
  say: (line: string) => void,
): Promise<{ token: string; expiresAt: number }> {
  const config = await discovered(url, client)
  const resource = `${url.replace(/\/$/, '')}/api/v1`
  const started = await oidc.initiateDeviceAuthorization(config, {
    scope: scopesOf(config).join(' '),
    resource,
    acr_values: acrMultiFactor,
  })
  say(`Open ${started.verification_uri_complete ?? started.verification_uri}`)
  say(`and see that it shows ${started.user_code}`)
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, started, { resource })
  return { token: tokens.access_token, expiresAt: Date.now() + ((tokens.expires_in ?? 60) - 5) * 1000 }
}

const scopesOf = (config: oidc.Configuration): string[] => {
  const known = config.serverMetadata().scopes_supported
  return known === undefined ? wanted : wanted.filter((scope) => known.includes(scope))
}

async function discovered(url: string, client: string): Promise<oidc.Configuration> {
  const execute = url.startsWith('http:') ? [oidc.allowInsecureRequests] : []
  try {
    return await oidc.discovery(new URL(url), client, undefined, oidc.None(), { execute })
  } catch {
    throw new ExplainedRefusal(`there is no Rekey at ${url}`)
  }
}
