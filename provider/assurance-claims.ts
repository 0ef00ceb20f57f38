import type { KoaContextWithOIDC } from 'oidc-provider'
import { isAhead } from '../rules/lately.ts'

/** Seconds: what rests on a recovered sign-in is a bridge to a new factor, no more. */
export const recoveredLifetime = 3_600

/** What a token rests on, as the library stores it with codes and refresh tokens. */
interface Resting {
  acr?: string
  amr?: string[]
  authTime?: number
}

/** The code or refresh token that a token is made from: unchanged by time, consent or refreshing. */
function restsOn(ctx: KoaContextWithOIDC | undefined): Resting | undefined {
  const { RotatedRefreshToken, RefreshToken, AuthorizationCode, DeviceCode } = ctx?.oidc?.entities ?? {}
  return (RotatedRefreshToken ?? RefreshToken ?? AuthorizationCode ?? DeviceCode) as Resting | undefined
}

/**
 * How the person signed in, for resource servers: in the answer of introspection and in JWT access tokens
 * (RFC 9470 §6, RFC 9068 §2.2.1). `ctx` is missing where a host makes a token by itself.
 */
export function assuranceClaims(
  ctx: KoaContextWithOIDC | undefined,
): { [claim: string]: unknown } | undefined {
  const resting = restsOn(ctx)
  if (resting?.acr === undefined) return undefined
  const { acr, amr, authTime } = resting
  return { acr, amr, auth_time: authTime }
}

/** Shortens a lifetime (seconds) to what is left of a recovered sign-in. `recovered` is its `acr` as tokens say it. */
export function cappedLifetime(
  lifetime: number,
  resting: Resting | undefined,
  recovered: string,
  now: number,
): number {
  if (resting?.acr !== recovered || resting.authTime === undefined) return lifetime
  return Math.max(1, Math.min(lifetime, leftOf(recoveredLifetime, resting.authTime, now)))
}

/**
 * What is left of a lifetime that is counted from a sign-in; seconds. Of one from before the clock was put right nothing
 * is: it would last until the clock is there again.
 */
function leftOf(lifetime: number, signedInAt: number, now: number): number {
  return isAhead(signedInAt * 1000, now * 1000) ? 0 : lifetime - Math.max(0, now - signedInAt)
}

/** The lifetime of an access token, capped by what it rests on. `ctx` is missing outside of the library's routes. */
export function accessTokenLifetime(
  ctx: KoaContextWithOIDC | undefined,
  recovered: string,
  lifetime: number,
  now: number,
): number {
  return cappedLifetime(lifetime, restsOn(ctx), recovered, now)
}
