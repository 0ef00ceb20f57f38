import * as oidc from 'openid-client'
import { apiScopes } from '../../rules/api-scopes.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import type { KeptToken } from './remote-tokens.ts'

/** What the command line asks for; what it gets is what its client is registered for. */
const wanted = ['openid', ...Object.keys(apiScopes).filter((scope) => scope !== 'scim')]

/**
 * The person signs in in a browser, anywhere, with a second factor (RFC 8628).
 *
 * @param say tells them where, and the code.
 */
export async function signInByDevice(
  { url, client }: { url: string; client: string },
  say: (line: string) => void,
): Promise<KeptToken> {
  const config = await discovered(url, client)
  const resource = resourceOf(url)
  const started = await oidc.initiateDeviceAuthorization(config, {
    scope: scopesOf(config).join(' '),
    resource,
    acr_values: acrMultiFactor,
  })
  say(`Open ${started.verification_uri_complete ?? started.verification_uri}`)
  say(`and see that it shows ${started.user_code}`)
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, started, { resource })
  return keptOf(tokens)
}

/** The next token for the same sign-in; undefined where the person has to sign in again. */
export async function renewed(
  { url, client }: { url: string; client: string },
  refresh: string,
): Promise<KeptToken | undefined> {
  const config = await discovered(url, client)
  try {
    return keptOf(await oidc.refreshTokenGrant(config, refresh, { resource: resourceOf(url) }))
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError) return undefined
    throw error
  }
}

const keptOf = ({
  access_token: token,
  expires_in: lasts = 60,
  refresh_token: refresh,
}: oidc.TokenEndpointResponse): KeptToken => ({
  ...{ token, refresh },
  expiresAt: Date.now() + (lasts - 5) * 1000,
})

const resourceOf = (url: string): string => `${url.replace(/\/$/, '')}/api/v1`

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
