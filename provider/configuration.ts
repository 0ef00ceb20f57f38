import type { Configuration } from 'oidc-provider'
import type { AcrNames } from './acr-names.ts'
import type { ProviderPages } from './pages.ts'
import { loadOwnGrant, promptValues, withChecks } from './policy.ts'
import {
  checkFapiClient,
  mayRevoke,
  pairwiseSubject,
  type Resource,
  type StandardOptions,
  standardFeatures,
} from './standards.ts'

export interface ProviderOptions {
  issuer: string
  clients: NonNullable<Configuration['clients']>
  pages: ProviderPages
  resources: Resource[]
  registration: StandardOptions['registration']
  /** Derives pairwise subjects. */
  pairwiseSecret: string
  acrNames: AcrNames
  clock: () => number
}

/** Seconds. */
const lifetimes = {
  /** NIST SP 800-63B-4 §2.2.3: a day at most, then everything is asked again. */
  session: 86_400,
  accessToken: 600,
  refreshToken: 14 * 86_400,
} as const

/** oidc-provider's configuration as the program's own, before the plugin adds to it like to any host's. */
export function createConfiguration(options: ProviderOptions): Configuration {
  const secure = options.issuer.startsWith('https:')
  return {
    clients: options.clients,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    extraClientMetadata: {
      properties: ['require_consent', 'fapi', 'actions'],
      validator: (ctx, _key, _value, metadata) => {
        // Only the operator vouches for an app: one that registers itself always asks its people.
        if (ctx !== undefined) metadata.require_consent = true
        checkFapiClient(metadata)
      },
    },
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_ctx, account, client) =>
      pairwiseSubject(options.pairwiseSecret, account, String(client.sectorIdentifier)),
    claims: {
      email: ['email', 'email_verified'],
      profile: ['name', 'locale'],
    },
    cookies: {
      names: { session: secure ? '__Host-session' : 'session', interaction: 'interaction', resume: 'resume' },
      long: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      short: { httpOnly: true, sameSite: 'lax', secure },
    },
    discovery: {
      ui_locales_supported: ['en', 'ja'],
      prompt_values_supported: promptValues(withChecks(options.acrNames)),
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'] },
    features: {
      ...standardFeatures(options),
      clientCredentials: { enabled: true },
      claimsParameter: { enabled: true },
      introspection: {
        enabled: true,
        // A public client learns only of its own tokens; whoever authenticates may be a resource server.
        allowedPolicy: (_ctx, client, token) =>
          client.clientAuthMethod !== 'none' || token.clientId === client.clientId,
      },
      revocation: { enabled: true, allowedPolicy: mayRevoke },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: options.pages.logoutSource,
        postLogoutSuccessSource: options.pages.postLogoutSuccessSource,
      },
    },
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') &&
      (code.scopes.has('offline_access') || code.scopes.has('openid')),
    loadExistingGrant: loadOwnGrant,
    pkce: { required: () => true },
    renderError: options.pages.renderError,
    responseTypes: ['code'],
    // The last two are for apps that manage a stream of security events (CAEP interoperability profile §2.7.2).
    scopes: ['openid', 'offline_access', 'ssf.manage', 'ssf.read'],
    ttl: {
      AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? lifetimes.accessToken,
      AuthorizationCode: 60,
      ClientCredentials: 600,
      DeviceCode: 600,
      Grant: 14 * 86_400,
      IdToken: 3_600,
      RefreshToken: lifetimes.refreshToken,
      Session: (_ctx, session) => sessionLifetime(session, Math.floor(options.clock() / 1000)),
    },
  }
}

/** Counted from the sign-in, however often the session is used since. */
function sessionLifetime({ loginTs }: { loginTs?: number }, now: number): number {
  return Math.max(1, lifetimes.session - (loginTs === undefined ? 0 : now - loginTs))
}
