import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import type { AccessToken } from './step-up.ts'

/** Reads an access token that is meant for one API; undefined for any other. Throws when the provider can't be asked. */
export type ReadToken = (token: string) => Promise<AccessToken | undefined>

export interface Api {
  /** The API's resource indicator (RFC 8707): the `aud` of its tokens. */
  audience: string
  issuer: string
}

/** Opaque tokens: the provider is asked what each one says (RFC 7662). */
export function byIntrospection(
  { audience, issuer }: Api,
  connect: () => Promise<oidc.Configuration>,
): ReadToken {
  return async (token) => {
    const said = await oidc.tokenIntrospection(await connect(), token).catch(onlyOutages)
    if (!said?.active || said.iss !== issuer || !isFor(said.aud, audience)) return undefined
    // Bound to a key that this API doesn't ask to see (RFC 9449): as a bearer token it could be anybody's.
    if (said.cnf !== undefined) return undefined
    return read(said)
  }
}

/** JWT access tokens: read here, by the rules of RFC 9068 §4. */
export function byJwt({ audience, issuer }: Api, now: () => number): ReadToken {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`))
  return async (token) => {
    const options = {
      issuer,
      audience,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
      currentDate: new Date(now()),
    }
    const payload = await jwtVerify(token, keys, options).then((verified) => verified.payload, onlyFaults)
    return payload === undefined || payload.cnf !== undefined ? undefined : read(payload)
  }
}

/** A token that doesn't verify is simply none; that the provider's keys can't be had is not the token's fault. */
function onlyFaults(error: unknown): JWTPayload | undefined {
  const unreachable = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)
  if (unreachable) throw error
  return undefined
}

/** A JWT can't be introspected, and the provider says so: no token of this API. */
function onlyOutages(error: unknown): undefined {
  if (!(error instanceof oidc.ResponseBodyError && error.error === 'unsupported_token_type')) throw error
}

const isFor = (aud: unknown, audience: string): boolean => [aud].flat().includes(audience)

function read(said: { [claim: string]: unknown }): AccessToken {
  return {
    sub: String(said.sub),
    scopes: String(said.scope ?? '').split(' '),
    ...(typeof said.acr === 'string' ? { acr: said.acr } : {}),
    ...(typeof said.auth_time === 'number' ? { authTime: said.auth_time } : {}),
  }
}
