/** What an access token says, wherever it was read from. */
export interface AccessToken {
  sub: string
  scopes: string[]
  /** How the person signed in; missing for a token that no person stands behind. */
  acr?: string
  /** Seconds: when they did. */
  authTime?: number
}

/** What a route insists on. */
export interface Need {
  scope: string
  /** Any of these classes will do. */
  acr?: string[]
  /** Seconds since the sign-in. */
  maxAge?: number
}

export interface Refusal {
  status: 401 | 403
  /** WWW-Authenticate. */
  challenge: string
}

/** Why a token is not enough for a route; undefined when it is. */
export function refusal(token: AccessToken, need: Need, now: number): Refusal | undefined {
  if (!token.scopes.includes(need.scope)) {
    return { status: 403, challenge: `Bearer error="insufficient_scope", scope="${need.scope}"` }
  }
  const weak = need.acr !== undefined && !need.acr.includes(token.acr ?? '')
  const old = need.maxAge !== undefined && !(now - (token.authTime ?? 0) <= need.maxAge)
  return weak || old ? { status: 401, challenge: stepUp(need, weak, old) } : undefined
}

/**
 * The challenge of RFC 9470 §3. Where the sign-in is too weak, how recent it must be is said as well: the client gets
 * by with one trip.
 */
function stepUp({ acr, maxAge }: Need, weak: boolean, old: boolean): string {
  const description = weak
    ? 'A different authentication level is required'
    : 'More recent authentication is required'
  return [
    'Bearer error="insufficient_user_authentication"',
    `error_description="${description}"`,
    ...(acr === undefined ? [] : [`acr_values="${acr.join(' ')}"`]),
    ...(old && maxAge !== undefined ? [`max_age="${maxAge}"`] : []),
  ].join(', ')
}
