import type { ClientAuthMethod } from '../../openid-client.ts'

/** Settings of a provider that speaks the de-facto contract of identity verification over OpenID Connect. */
export interface OidcProofingSettings {
  preset: PresetName
  issuer?: string
  /** Instead of discovery. */
  endpoints?: Endpoints
  clientId: string
  clientAuth?: ClientAuthMethod
  clientSecret?: string
  /** A private JWK with `kid` and `alg`, for private_key_jwt. */
  privateKey?: { [member: string]: unknown }
  scopes?: string
  /** `send`: the provider compares the claims it is sent; `compare`: it tells them, and they are compared here. */
  matching: 'send' | 'compare'
  trustFrameworks: string[]
  assuranceLevels: string[]
  signingAlg?: string
  maxEvidenceAgeMinutes: number
  minutes: number
  webhook?: WebhookSettings
}

export type PresetName = 'nametag' | 'persona' | 'clear' | 'didit' | 'custom'

export interface Endpoints {
  par?: string
  authorization: string
  token: string
  jwks: string
}

export interface WebhookSettings {
  /** The exact value of the Authorization header that the provider sends. */
  authorization?: string
  /** Key of an HMAC-SHA-256 over the body. */
  secret?: string
  /** The header that holds the HMAC, hexadecimal or base64, perhaps behind `sha256=`. */
  signatureHeader: string
  /** Where the body holds what: paths of member names with dots between them. */
  state: string
  subject: string
  verifiedClaims: string
  error: string
  reference: string
}
