/**
 * Every reason for which a request isn't carried out, and its status: nothing else is ever answered. What the use-cases
 * refuse keeps its name. A text for people stands under `api_problem` in the locales.
 */
export const apiProblems = {
  bad_request: 400,
  invalid_request: 400,
  no_token: 401,
  invalid_token: 401,
  step_up: 401,
  insufficient_scope: 403,
  person_needed: 403,
  own_case: 403,
  oneself: 403,
  not_asked: 403,
  recent_change: 403,
  unknown: 404,
  not_found: 404,
  method_not_allowed: 405,
  taken: 409,
  not_possible: 409,
  on_hold: 409,
  wrong_code: 409,
  already_approved: 409,
  last_super_admin: 409,
  elsewhere: 409,
  last_factor: 409,
  busy: 409,
  host: 409,
  open: 409,
  nobody_else: 409,
  idempotency_in_progress: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media_type: 415,
  policy: 422,
  not_yours: 422,
  unreadable: 422,
  client_metadata: 422,
  address_refused: 422,
  idempotency_key_reused: 422,
  precondition_required: 428,
  too_soon: 429,
  too_often: 429,
  rate_limited: 429,
  server: 500,
  unavailable: 503,
} as const

export type ApiReason = keyof typeof apiProblems

/** What of the input is wrong, by its place; never a value, which may be a secret. */
export interface InputFault {
  path: string
  message: string
}

/** A request that isn't carried out, with nothing changed. */
export class ApiRefusal extends Error {
  readonly reason: ApiReason
  readonly more: { errors?: InputFault[]; until?: number; left?: number }
  readonly headers: { [name: string]: string }
  constructor(reason: ApiReason, more: ApiRefusal['more'] = {}, headers: ApiRefusal['headers'] = {}) {
    super(reason)
    this.name = 'ApiRefusal'
    this.reason = reason
    this.more = more
    this.headers = headers
  }
}

/** A refusal for good of a use-case becomes one of the request. */
export function carriedOut<T extends { ok: true }>(
  outcome: T | { ok: false; reason: ApiReason },
): asserts outcome is T {
  if (!outcome.ok) throw new ApiRefusal(outcome.reason)
}
