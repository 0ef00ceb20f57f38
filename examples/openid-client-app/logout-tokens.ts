import { type JWTVerifyGetKey, jwtVerify } from 'jose'

export interface LogoutTokenOptions {
  issuer: string
  clientId: string
  /** The provider's keys: `createRemoteJWKSet(new URL(jwks_uri))`. */
  keys: JWTVerifyGetKey
  /** Milliseconds since 1970. */
  now: () => number
}

/** Whose sessions end: one by its `sid`, or all of a person's. */
export interface Ended {
  sub?: string
  sid?: string
}

/** Seconds that a logout token is good for, however long it says. */
const longestAge = 120
/** Seconds that the clocks may differ. */
const tolerance = 10

const event = 'http://schemas.openid.net/event/backchannel-logout'

/**
 * Reads logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6), each one once. What is returned throws for every
 * token that isn't one, was made for someone else, is too old, or was seen before.
 */
export function createLogoutTokens(options: LogoutTokenOptions): (token: string) => Promise<Ended> {
  /** `jti` and until when (milliseconds) it must be remembered. */
  const seen = new Map<string, number>()
  return async (token) => {
    const { payload } = await jwtVerify(token, options.keys, {
      issuer: options.issuer,
      audience: options.clientId,
      // An ID token has the same issuer and audience; only this tells them apart for sure.
      typ: 'logout+jwt',
      algorithms: ['RS256'],
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: longestAge,
      clockTolerance: tolerance,
      currentDate: new Date(options.now()),
    })
    const { events, nonce, sub, sid, jti } = payload
    if (typeof (events as { [event: string]: unknown })[event] !== 'object') throw new Error('not a logout')
    if (nonce !== undefined) throw new Error('a logout token has no nonce')
    if (typeof sub !== 'string' && typeof sid !== 'string') throw new Error('nobody to sign out')
    remember(seen, String(jti), options.now())
    return { ...(sub === undefined ? {} : { sub }), ...(typeof sid === 'string' ? { sid } : {}) }
  }
}

function remember(seen: Map<string, number>, jti: string, now: number): void {
  for (const [old, until] of seen) if (until < now) seen.delete(old)
  if (seen.has(jti)) throw new Error('seen before')
  seen.set(jti, now + (longestAge + 2 * tolerance) * 1000)
}
