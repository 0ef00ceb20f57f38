import { createHmac } from 'node:crypto'
import { type Client, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { ProviderPages } from './pages.ts'
import type { RegistrationSetting } from './registration.ts'

/** An API that access tokens are for (RFC 8707). */
export interface Resource {
  indicator: string
  scope: string
  format: 'opaque' | 'jwt'
}

export interface StandardOptions {
  resources: Resource[]
  /** Dynamic registration: off, with an initial access token, or open to anybody. */
  registration: RegistrationSetting | undefined
  pages: ProviderPages
}

/** JWT access tokens can't be taken back, so they live for minutes. Seconds. */
const jwtAccessTokenLifetime = 300

/** Everything the library can do by a standard that apps of ours may want, beside the code flow. */
export function standardFeatures(options: StandardOptions) {
  const { pages, registration } = options
  return {
    // PAR (RFC 9126) and RFC 9207's `iss` are on by default.
    requestObjects: { enabled: true },
    dPoP: { enabled: true },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: pages.userCodeInput,
      userCodeConfirmSource: pages.userCodeConfirm,
      successSource: pages.userCodeDone,
    },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, indicator) => resourceServer(options.resources, indicator),
      useGrantedResource: () => true,
    },
    registration: {
      enabled: registration !== undefined,
      // Where anybody may, registration.ts has looked at what was sent.
      initialAccessToken: registration?.open === true ? false : registration?.initialAccessToken,
    },
    // RFC 7592: an app may read, change and remove its registration.
    registrationManagement: { enabled: registration !== undefined, rotateRegistrationAccessToken: true },
    jwtUserinfo: { enabled: true },
    // FAPI 2.0 is a switch of each client: metadata `fapi: "2.0"`.
    fapi: { enabled: true, profile: (_ctx, client) => (client?.fapi === '2.0' ? '2.0' : undefined) },
  } satisfies Configuration['features']
}

function resourceServer(resources: Resource[], indicator: string) {
  const found = resources.find((resource) => resource.indicator === indicator)
  if (found === undefined) throw new errors.InvalidTarget('no such resource')
  const { scope, format } = found
  if (format === 'opaque') return { scope, accessTokenFormat: 'opaque' as const }
  return {
    scope,
    accessTokenFormat: 'jwt' as const,
    accessTokenTTL: jwtAccessTokenLifetime,
    jwt: { sign: { alg: 'ES256' as const } },
  }
}

/**
 * Only the app that a token was issued to may revoke it (RFC 7009 §2.1). Another one is told so, but not a public one:
 * anybody can pose as it, to learn whether a token is real.
 */
export async function mayRevoke(
  _ctx: KoaContextWithOIDC,
  client: Client,
  token: { clientId?: string },
): Promise<boolean> {
  if (token.clientId === client.clientId) return true
  if (client.clientAuthMethod === 'none') return false
  throw new errors.InvalidRequest('the token was issued to another client')
}

/**
 * An app learns of its own tokens. Of others' only a resource server does, which the operator has configured: an app that
 * has registered itself would learn who signed in where (RFC 7662 §4).
 */
export function mayIntrospect(configured: string[]) {
  const servers = new Set(configured)
  return (_ctx: unknown, client: Client, token: { clientId?: string }): boolean =>
    token.clientId === client.clientId || (client.clientAuthMethod !== 'none' && servers.has(client.clientId))
}

/** A pairwise `sub` (OpenID Connect Core §8.1): the same for one sector, of no use to another. */
export function pairwiseSubject(secret: string, account: string, sector: string): string {
  return createHmac('sha256', secret).update(`${sector}|${account}`).digest('base64url')
}

/** What FAPI 2.0 asks of a client beyond what it says itself; checked when it is registered or configured. */
export function checkFapiClient(metadata: { [name: string]: unknown }): void {
  if (metadata.fapi === undefined) return
  if (metadata.fapi !== '2.0') throw new errors.InvalidClientMetadata('fapi must be "2.0"')
  const auth = metadata.token_endpoint_auth_method
  if (auth !== 'private_key_jwt' && auth !== 'tls_client_auth' && auth !== 'self_signed_tls_client_auth') {
    throw new errors.InvalidClientMetadata('fapi asks for private_key_jwt or mutual TLS')
  }
  if (metadata.require_pushed_authorization_requests !== true) {
    throw new errors.InvalidClientMetadata('fapi asks for require_pushed_authorization_requests')
  }
  if (
    metadata.dpop_bound_access_tokens !== true &&
    metadata.tls_client_certificate_bound_access_tokens !== true
  ) {
    throw new errors.InvalidClientMetadata('fapi asks for sender-constrained access tokens')
  }
}
