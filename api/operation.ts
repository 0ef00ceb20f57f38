import type { z } from 'zod'
import type { ApiScope } from '../rules/api-scopes.ts'
import type { Caller } from './caller.ts'
import type { ApiReason } from './problems.ts'
import type { ApiServices } from './services.ts'

/** A request that was let in and understood. */
export interface Call<P = object, Q = object, B = unknown> {
  services: ApiServices
  caller: Caller
  params: P
  query: Q
  body: B
  /** The version that the caller has seen; always there where the operation insists on it. */
  ifMatch?: string | undefined
}

export interface ApiAnswer {
  status?: number
  body?: unknown
  /** Names what is answered, so that a change of it can say what it was made for. */
  version?: string | undefined
  location?: string | undefined
}

/** One line of the table that routes, validation and the OpenAPI document come from. */
export interface Operation {
  id: string
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Below /api/v1, with `{name}` for each parameter. */
  path: string
  tag: string
  scope: ApiScope
  summary: string
  says?: string | undefined
  /** Only for programs of the operator's. */
  operator?: true | undefined
  /** A person's alone, with a second factor of the last five minutes. */
  decision?: true | undefined
  /** Only for what the caller has seen: `If-Match`. 'may' is where the caller may say so, and needn't. */
  conditional?: true | 'may' | undefined
  params?: z.ZodObject | undefined
  query?: z.ZodObject | undefined
  body?: z.ZodType | undefined
  status: number
  answer?: z.ZodType | undefined
  /** What the operation itself may refuse; the frame adds its own. */
  reasons?: readonly ApiReason[] | undefined
  handle(call: Call<never, never, never>): Promise<ApiAnswer>
}

type Read<T> = T extends z.ZodType ? z.output<T> : object

/** An operation, with what its handler gets told by its schemas. */
export function operation<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  one: Omit<Operation, 'params' | 'query' | 'body' | 'handle'> & {
    params?: P
    query?: Q
    body?: B
    handle(call: Call<Read<P>, Read<Q>, Read<B>>): Promise<ApiAnswer>
  },
): Operation {
  return one as Operation
}

/** What every operation may refuse, as far as it has the part that is looked at. */
export function reasonsOf(one: Operation): ApiReason[] {
  const reasons: (ApiReason | false)[] = [
    ...(one.reasons ?? []),
    'no_token',
    'invalid_token',
    'insufficient_scope',
    'step_up',
    'rate_limited',
    (one.params ?? one.query ?? one.body) !== undefined && 'invalid_request',
    one.body !== undefined && 'bad_request',
    one.body !== undefined && 'unsupported_media_type',
    one.body !== undefined && 'too_large',
    one.path.includes('{') && 'unknown',
    (one.decision ?? false) && 'person_needed',
    one.conditional === true && 'precondition_required',
    one.conditional !== undefined && 'precondition_failed',
    one.method === 'post' && 'idempotency_in_progress',
    one.method === 'post' && 'idempotency_key_reused',
  ]
  return [...new Set(reasons.filter((reason) => reason !== false))]
}
