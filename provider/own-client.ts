import type { Configuration } from 'oidc-provider'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { Settings } from '../rules/settings.ts'

/** Our own pages are a relying app like any other. */
export const consoleClientId = 'rekey-console'

export function consoleCallback({ base }: { base: string }): string {
  return `${base}/console/callback`
}

export const consoleSecret = (ring: KeyRing): string => ring.mac('console-client')

interface Registered {
  config: Pick<Settings, 'base' | 'brand'>
  ring: KeyRing
  /** What the host's defaults would decide for us is said here. */
  own: Configuration
}

/** The registration of our own pages at the provider. */
export function consoleClient({ config, ring, own }: Registered) {
  return {
    client_id: consoleClientId,
    client_secret: consoleSecret(ring),
    client_name: config.brand.name,
    redirect_uris: [consoleCallback(config)],
    response_types: ['code' as const],
    grant_types: ['authorization_code'],
    application_type: 'web' as const,
    token_endpoint_auth_method: authMethod(own),
    id_token_signed_response_alg: signingAlg(own),
    subject_type:
      own.subjectTypes !== undefined && ![...own.subjectTypes].includes('public')
        ? ('pairwise' as const)
        : ('public' as const),
    ...plain,
  }
}

/** What `clientDefaults` of the host's may ask of every client, and ours doesn't do: it reads a plain code and a plain token. */
const plain = {
  scope: 'openid',
  response_modes: ['query' as const],
  require_pushed_authorization_requests: false,
  require_signed_request_object: false,
  dpop_bound_access_tokens: false,
  tls_client_certificate_bound_access_tokens: false,
}

const authMethod = ({ clientAuthMethods }: Configuration) =>
  clientAuthMethods === undefined || [...clientAuthMethods].includes('client_secret_basic')
    ? ('client_secret_basic' as const)
    : ('client_secret_post' as const)

type Key = { kty?: string; crv?: string; alg?: string; use?: string }

/** The first of these that a key of the provider's can do, and that the host allows. */
const algorithms: [alg: string, fits: (key: Key) => boolean][] = [
  ['ES256', ({ kty, crv }) => kty === 'EC' && crv === 'P-256'],
  ['RS256', ({ kty }) => kty === 'RSA'],
  ['PS256', ({ kty }) => kty === 'RSA'],
  ['EdDSA', ({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519'],
  ['Ed25519', ({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519'],
  ['ES384', ({ kty, crv }) => kty === 'EC' && crv === 'P-384'],
  ['ES512', ({ kty, crv }) => kty === 'EC' && crv === 'P-521'],
]

function signingAlg({ jwks, enabledJWA }: Configuration): 'RS256' {
  const keys = (jwks?.keys ?? []) as Key[]
  const allowed: readonly string[] = enabledJWA?.idTokenSigningAlgValues ?? [
    'ES256',
    'RS256',
    'PS256',
    'EdDSA',
    'Ed25519',
  ]
  const usable = (key: Key, alg: string, fits: (key: Key) => boolean) =>
    fits(key) && key.use !== 'enc' && (key.alg === undefined || key.alg === alg)
  const found = algorithms.find(
    ([alg, fits]) => allowed.includes(alg) && keys.some((key) => usable(key, alg, fits)),
  )
  return (found?.[0] ?? 'RS256') as 'RS256'
}
