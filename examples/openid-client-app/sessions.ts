import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import type { IDToken } from 'openid-client'
import type { Ended } from './logout-tokens.ts'

/** What was remembered when a browser left for the provider, by `state`. */
export interface Leaving {
  verifier: string
  nonce: string
  returnTo: string
  maxAge?: number
}

export interface SignedIn {
  claims: IDToken
  idToken: string
  refreshToken: string
  /** The page that this sign-in was made for, until it is opened: if it still isn't enough, asking again won't help. */
  madeFor?: string
}

/** What the app knows about one browser. In memory: a real app keeps it where all of its processes find it. */
export interface Visitor {
  leaving: Map<string, Leaving>
  signedIn?: SignedIn
  /** Said once, on the next page. */
  told?: string
}

export class Sessions {
  readonly #visitors = new Map<string, Visitor>()
  readonly #cookie: string

  /** @param cookie the name of its cookie; ports of one host share theirs. */
  constructor(cookie: string) {
    this.#cookie = cookie
  }

  /** The visitor of a request; a new one gets a cookie. */
  of(ctx: Context): Visitor {
    const known = this.#visitors.get(ctx.cookies.get(this.#cookie) ?? '')
    return known ?? this.#begin(ctx, { leaving: new Map() })
  }

  /** Under a new cookie: one that someone planted before the sign-in is worth nothing after it. */
  signIn(ctx: Context, signedIn: SignedIn): void {
    const visitor = this.of(ctx)
    this.#visitors.delete(ctx.cookies.get(this.#cookie) ?? '')
    this.#begin(ctx, { ...visitor, signedIn })
  }

  /** What a logout token says: one session, or all of a person's. */
  end({ sub, sid }: Ended): void {
    for (const visitor of this.#visitors.values()) {
      const { claims } = visitor.signedIn ?? {}
      const meant =
        claims && (sub === undefined || claims.sub === sub) && (sid === undefined || claims.sid === sid)
      if (!meant) continue
      delete visitor.signedIn
      visitor.told = 'The identity provider ended your session.'
    }
  }

  #begin(ctx: Context, visitor: Visitor): Visitor {
    const id = randomBytes(32).toString('base64url')
    this.#visitors.set(id, visitor)
    const secure = ctx.protocol === 'https'
    ctx.cookies.set(this.#cookie, id, { httpOnly: true, sameSite: 'lax', secure, overwrite: true })
    return visitor
  }
}
