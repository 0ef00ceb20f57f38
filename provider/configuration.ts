import type { Configuration, JWKS } from 'oidc-provider'
import type { Store } from '../adapters/store/store.ts'
import { acrRecovered } from '../rules/assurance.ts'
import type { Origin } from '../rules/attempt.ts'
import type { AcrNames } from './acr-names.ts'
import { actionParameters } from './actions.ts'
import { createAdapterFactory } from './adapter.ts'
import {
  accessTokenLifetime,
  assuranceClaims,
  cappedLifetime,
  recoveredLifetime,
} from './assurance-claims.ts'
import { createFindAccount } from './claims.ts'
import { cookieSignatures } from './cookie-signatures.ts'
import type { ProviderPages } from './pages.ts'
import { createPolicy, loadExistingGrant, promptValues } from './policy.ts'
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
  store: Store
  clock: () => number
  jwks: JWKS
  cookieKeys: string[]
  clients: NonNullable<Configuration['clients']>
  /** Outgoing requests of the library: logout tokens, key sets, sector identifiers. It refuses private networks (SSRF). */
  fetch: NonNullable<Configuration['fetch']>
  pages: ProviderPages
  /** Where the request under way comes from, if one is. */
  here: () => Origin | undefined
  resources: Resource[]
  registration: StandardOptions['registration']
  /** Derives pairwise subjects. */
  pairwiseSecret: string
  acrNames: AcrNames
}

/** Seconds. */
const lifetimes = {
  /** NIST SP 800-63B-4 §2.2.3: a day at most, then everything is asked again. */
  session: 86_400,
  accessToken: 600,
  refreshToken: 14 * 86_400,
  /** Longer than the longest recovery case, so that the page that waits for it goes on. */
  interaction: 22 * 86_400,
} as const

/** oidc-provider's configuration. */
export function createConfiguration(options: ProviderOptions): Configuration {
  const secure = options.issuer.startsWith('https:')
  const recovered = options.acrNames.theirs(acrRecovered)
  const now = () => Math.floor(options.clock() / 1000)
  const policy = createPolicy(options.acrNames)
  return {
    adapter: createAdapterFactory(options.store, options.clock, options.here),
    findAccount: createFindAccount(options.store, options.clock),
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
    jwks: options.jwks,
    acrValues: options.acrNames.all,
    // `acr`, `amr` and `auth_time` are always told: an app can't act on what it has to know to ask for.
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      email: ['email', 'email_verified'],
      profile: ['name', 'locale'],
      // When and by which route the person was last recovered, until a new factor is enrolled; for apps that ask.
      recovery: ['recovery'],
    },
    cookies: {
      keys: cookieSignatures(options.cookieKeys),
      names: { session: secure ? '__Host-session' : 'session', interaction: 'interaction', resume: 'resume' },
      long: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      short: { httpOnly: true, sameSite: 'lax', secure },
    },
    discovery: { ui_locales_supported: ['en', 'ja'], prompt_values_supported: promptValues(policy) },
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'] },
    features: {
      ...standardFeatures(options),
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
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
    extraParams: actionParameters,
    extraTokenClaims: assuranceClaims,
    fetch: options.fetch,
    interactions: {
      policy,
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') &&
      (code.scopes.has('offline_access') || code.scopes.has('openid')),
    loadExistingGrant,
    pkce: { required: () => true },
    renderError: options.pages.renderError,
    responseTypes: ['code'],
    // The last two are for apps that manage a stream of security events (CAEP interoperability profile §2.7.2).
    scopes: ['openid', 'offline_access', 'ssf.manage', 'ssf.read'],
    ttl: {
      AccessToken: (ctx, token) =>
        accessTokenLifetime(
          ctx,
          recovered,
          token.resourceServer?.accessTokenTTL ?? lifetimes.accessToken,
          now(),
        ),
      AuthorizationCode: 60,
      ClientCredentials: 600,
      DeviceCode: 600,
      Grant: 14 * 86_400,
      IdToken: 3_600,
      Interaction: lifetimes.interaction,
      RefreshToken: (_ctx, token) => cappedLifetime(lifetimes.refreshToken, token, recovered, now()),
      Session: (_ctx, session) => sessionLifetime(session, recovered, now()),
    },
  }
}

/** Counted from the sign-in, however often the session is used since. */
function sessionLifetime(
  session: { acr?: string; loginTs?: number },
  recovered: string,
  now: number,
): number {
  const whole = session.acr === recovered ? recoveredLifetime : lifetimes.session
  return Math.max(1, whole - (session.loginTs === undefined ? 0 : now - session.loginTs))
}
