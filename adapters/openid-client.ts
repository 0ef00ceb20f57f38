import { importJWK, type JWK } from 'jose'
import * as oidc from 'openid-client'

/** How we authenticate as a client of somebody else's provider. */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** Who we are at somebody else's provider. */
export interface OwnClient {
  clientId: string
  clientSecret?: string | undefined
  /** A private JWK with `kid` and `alg`, for private_key_jwt. */
  privateKey?: { [member: string]: unknown } | undefined
}

/** Seconds a request to a provider may take. */
export const requestTime = 15

/** Plain http is for a provider on this machine. */
export const insecure = (issuer: string): ((config: oidc.Configuration) => void)[] =>
  /^http:\/\/(localhost|127\.0\.0\.1)(:|\/|$)/.test(issuer) ? [oidc.allowInsecureRequests] : []

export async function clientAuth(method: ClientAuthMethod, client: OwnClient): Promise<oidc.ClientAuth> {
  if (method === 'client_secret_basic') return oidc.ClientSecretBasic(client.clientSecret)
  if (method === 'client_secret_post') return oidc.ClientSecretPost(client.clientSecret)
  const jwk = client.privateKey as JWK
  const key = (await importJWK(jwk, jwk.alg)) as oidc.CryptoKey
  return oidc.PrivateKeyJwt(jwk.kid === undefined ? key : { key, kid: jwk.kid })
}

/** The provider's discovery document, fetched at the first use and again after a failure. */
export function discovering(issuer: string, clientId: string): () => Promise<oidc.ServerMetadata> {
  let discovered: Promise<oidc.ServerMetadata> | undefined
  return () => {
    discovered ??= oidc
      .discovery(new URL(issuer), clientId, undefined, oidc.None(), {
        execute: insecure(issuer),
        timeout: requestTime,
      })
      .then((config) => config.serverMetadata())
    discovered.catch(() => {
      discovered = undefined
    })
    return discovered
  }
}
