import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { accessTokenLifetime, cappedLifetime, recoveredLifetime } from './assurance-claims.ts'

type Ttl = NonNullable<Configuration['ttl']>

/** Seconds, as the library has them where nothing is said. */
const standard = { accessToken: 3_600, fortnight: 14 * 86_400 }

/** Longer than the longest recovery case, so that the page that waits for it goes on. Seconds. */
const interactionLifetime = 22 * 86_400

/**
 * The host's lifetimes, cut short for what rests on a recovered sign-in. `recovered` is its `acr` as tokens say it.
 * Regular functions: the library takes no other.
 */
export function cappedLifetimes(own: Ttl | undefined, recovered: string, clock: () => number): Ttl {
  const now = () => Math.floor(clock() / 1000)
  return {
    Interaction: own?.Interaction ?? interactionLifetime,
    AccessToken: (ctx, token, client) => {
      const whole = lifetime(own?.AccessToken, [ctx, token, client]) ?? token.resourceServer?.accessTokenTTL
      return accessTokenLifetime(ctx, recovered, whole ?? standard.accessToken, now())
    },
    RefreshToken: (ctx, token, client) => {
      const whole = lifetime(own?.RefreshToken, [ctx, token, client]) ?? rotated(ctx, token, client)
      return cappedLifetime(whole, token as { acr?: string; authTime?: number }, recovered, now())
    },
    Session: (ctx, session) => {
      const whole = lifetime(own?.Session, [ctx, session]) ?? standard.fortnight
      return sessionLifetime(whole, session, recovered, now())
    },
  }
}

type Lifetime<A extends unknown[]> = number | ((...given: A) => number) | undefined

const lifetime = <A extends unknown[]>(own: Lifetime<A>, given: A): number | undefined =>
  typeof own === 'function' ? own(...given) : own

/** The library's own: the chain of a browser app's tokens ends when its first would have. */
function rotated(
  ctx: KoaContextWithOIDC | undefined,
  token: { isSenderConstrained(): boolean },
  client: { applicationType?: string; clientAuthMethod?: string } | undefined,
): number {
  const before = ctx?.oidc?.entities.RotatedRefreshToken
  const bound = client?.applicationType === 'web' && client.clientAuthMethod === 'none'
  return before !== undefined && bound && !token.isSenderConstrained()
    ? before.remainingTTL
    : standard.fortnight
}

/** What rests on a recovered sign-in is counted from it, however often the session is used since. */
function sessionLifetime(
  whole: number,
  session: { acr?: string; loginTs?: number },
  recovered: string,
  now: number,
): number {
  if (session.acr !== recovered) return whole
  return Math.max(1, Math.min(whole, recoveredLifetime - Math.max(0, now - (session.loginTs ?? now))))
}
