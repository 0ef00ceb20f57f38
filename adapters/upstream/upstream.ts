/** What must be kept between `begin` and `finish`. Secret: it is stored sealed. */
export interface KeptRequest {
  state: string
  nonce: string
  verifier: string
  /** How old the authentication there may be, in seconds, where somebody asked. */
  maxAge?: number
  /** When the person was sent there. Milliseconds since 1970. */
  at: number
}

/** What an organization's own provider says of who signed in there. */
export interface UpstreamAnswer {
  /** The person at the provider, the same each time. */
  subject: string
  /** Lower case; only where the provider says that it has proven it. */
  email?: string
  acr?: string
  amr: string[]
  /** When they proved who they are. Milliseconds since 1970. */
  at: number
}

export type UpstreamFailure =
  /** The person gave up there, or may not use it. */
  | 'refused'
  /** What came back wasn't made for this request, or by this provider. */
  | 'wrong'
  /** It was proven too long ago, though it was to be proven now. */
  | 'stale'
  | 'unavailable'

export type UpstreamResult = { ok: true; answer: UpstreamAnswer } | { ok: false; reason: UpstreamFailure }

export interface UpstreamRequest {
  /** Comes back with the answer; it begins with whose sign-in it is. */
  state: string
  loginHint?: string | undefined
  locale: string
  /** Seconds; 0 to prove it anew. */
  maxAge?: number | undefined
  /** Milliseconds since 1970. */
  now: number
}

/** The OpenID provider of an organization's own. */
export interface Upstream {
  readonly id: string
  readonly issuer: string
  /** @throws UpstreamUnavailable when the provider can't be reached. */
  begin(request: UpstreamRequest): Promise<{ url: string; kept: KeptRequest }>
  /** Judges what came back to the callback; an outcome is a value, never thrown. */
  finish(answer: URLSearchParams, kept: KeptRequest, now: number): Promise<UpstreamResult>
}

export class UpstreamUnavailable extends Error {
  constructor(cause: unknown) {
    super("an organization's own provider can not be reached", { cause })
    this.name = 'UpstreamUnavailable'
  }
}
