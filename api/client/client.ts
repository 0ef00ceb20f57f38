import { type ApiOperations, type ApiProblem, apiPaths } from './operations.ts'

export type * from './operations.ts'

/** What an operation came to: what it answers, or why it wasn't carried out. */
export type ApiOutcome<O extends keyof ApiOperations> =
  | {
      ok: true
      status: number
      body: ApiOperations[O]['answer']
      /** The `ETag`, for `ifMatch`. */
      version: string | undefined
    }
  | { ok: false; problem: ApiProblem }

export interface ApiClientOptions {
  /** The issuer: `https://id.example.com`. */
  url: string
  /** An access token, or where to get one that hasn't expired. */
  token: string | (() => Promise<string>)
  fetch?: typeof fetch
  /** BCP 47: what is said to people. */
  language?: string
}

export interface ApiClient {
  /** One operation, by its name in the OpenAPI document. A program that repeats itself gives an `idempotencyKey`. */
  call<O extends keyof ApiOperations>(
    operation: O,
    given: ApiOperations[O]['given'],
    more?: { idempotencyKey?: string },
  ): Promise<ApiOutcome<O>>
}

interface Given {
  path?: { [name: string]: string }
  query?: { [name: string]: unknown }
  body?: unknown
  ifMatch?: string
}

/** The admin API as the OpenAPI document says it, with its types. */
export function apiClient({ url, token, fetch: send = fetch, language }: ApiClientOptions): ApiClient {
  return {
    call: async (operation, given, { idempotencyKey } = {}) => {
      const { path = {}, query = {}, body, ifMatch } = given as Given
      const [method, pattern] = apiPaths[operation]
      const filled = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(path[name] ?? ''),
      )
      const asked = Object.entries(query).filter(([, value]) => value !== undefined)
      const search = new URLSearchParams(
        asked.map(([name, value]): [string, string] => [name, String(value)]),
      ).toString()
      const response = await send(`${url.replace(/\/$/, '')}/api/v1${filled}${search && `?${search}`}`, {
        method,
        headers: defined({
          accept: 'application/json',
          authorization: `Bearer ${typeof token === 'string' ? token : await token()}`,
          'accept-language': language,
          'content-type': body === undefined ? undefined : 'application/json',
          'if-match': ifMatch,
          'idempotency-key': idempotencyKey,
        }),
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      return outcomeOf(response)
    },
  }
}

const defined = (headers: { [name: string]: string | undefined }): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )

async function outcomeOf<O extends keyof ApiOperations>(response: Response): Promise<ApiOutcome<O>> {
  const text = await response.text()
  const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined
  if (response.ok)
    return {
      ok: true,
      status: response.status,
      body: json,
      version: response.headers.get('etag') ?? undefined,
    }
  if (json?.reason !== undefined) return { ok: false, problem: json }
  throw new Error(`the API answered ${response.status}`)
}
