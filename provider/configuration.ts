import type { Configuration } from 'oidc-provider'
import { localeTags } from '../rules/locale.ts'
import { type SigningAlgorithm, signingAlgorithms } from '../rules/signing-keys.ts'
import type { AcrNames } from './acr-names.ts'
import { standardScopes } from './claims.ts'
import { eachOnce, extraClientMetadata, needsPkce } from './client-metadata.ts'
import { type MappedClaims, withScopes } from './mapped-claims.ts'
import type { ProviderPages } from './pages.ts'
import { loadOwnGrant, promptValues, withChecks } from './policy.ts'
import {
  mayIntrospect,
  mayRevoke,
  pairwiseSubject,
  type Resource,
  type StandardOptions,
  standardFeatures,
} from './standards.ts'

export interface ProviderOptions {
  issuer: string
  clients: NonNullable<Configuration['clients']>
  /** What ID tokens are signed with where the client doesn't say. */
  signedWith: SigningAlgorithm
  /** Whether clients that authenticate need PKCE where they don't say. */
  requirePkce: boolean
  /** What apps may register for beside the code. */
  responseTypes: string[]
  /** Claims made from organizations. */
  mapped: MappedClaims
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
    clients: eachOnce(options.clients),
    // Registration 1.0 §2: RS256 is what a client expects that says nothing.
    clientDefaults: { id_token_signed_response_alg: options.signedWith },
    extraClientMetadata,
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_ctx, account, client) =>
      pairwiseSubject(options.pairwiseSecret, account, String(client.sectorIdentifier)),
    claims: withScopes(standardScopes, options.mapped.scopes),
    // What of the scopes stands in the ID token is decided client by client (claims.ts).
    conformIdTokenClaims: false,
    cookies: {
      names: {
        session: secure ? '__Host-session' : 'rekey-session',
        interaction: 'interaction',
        resume: 'resume',
      },
      long: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      short: { httpOnly: true, sameSite: 'lax', secure },
    },
    discovery: {
      ui_locales_supported: [...localeTags],
      prompt_values_supported: promptValues(withChecks(options.acrNames)),
    },
    enabledJWA: {
      idTokenSigningAlgValues: [...signingAlgorithms],
      userinfoSigningAlgValues: [...signingAlgorithms],
    },
    features: {
      ...standardFeatures(options),
      clientCredentials: { enabled: true },
      claimsParameter: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: mayIntrospect(options.clients.map(({ client_id: id }) => id)),
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
    pkce: { required: (_ctx, client) => needsPkce(client, options.requirePkce) },
    renderError: options.pages.renderError,
    // Each app has to register for another than the code.
    responseTypes: options.responseTypes as ['code'],
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
  return Math.max(1, lifetimes.session - Math.max(0, now - (loginTs ?? now)))
}
