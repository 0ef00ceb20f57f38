import { type ApiClient, type ApiOutcome, apiClient } from '../../api/client/client.ts'
import type { ApiOperations } from '../../api/client/operations.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import type { RemotePlace } from './remote-place.ts'
import { renewed, signInByDevice } from './remote-sign-in.ts'
import { type KeptToken, keepToken, keptToken, tokensFile } from './remote-tokens.ts'

/** The API at that place, for REKEY_TOKEN, or for the person at this terminal, who signs in where that is needed. */
export function connect(place: RemotePlace): ApiClient {
  const given = process.env['REKEY_TOKEN']
  if (given !== undefined) return apiClient({ url: place.url, token: given })
  return apiClient({ url: place.url, token: () => tokenFor(place), fetch: signingInAgain(place) })
}

async function tokenFor(place: RemotePlace): Promise<string> {
  const found = await keptToken(tokensFile(process.env), nameOf(place))
  if (found !== undefined && found.expiresAt > Date.now()) return found.token
  const next = found?.refresh === undefined ? undefined : await renewed(place, found.refresh)
  return next === undefined ? signIn(place) : kept(place, next)
}

const signIn = async (place: RemotePlace): Promise<string> =>
  kept(place, await signInByDevice(place, (line) => process.stderr.write(`${line}\n`)))

async function kept(place: RemotePlace, one: KeptToken): Promise<string> {
  await keepToken(tokensFile(process.env), nameOf(place), one)
  return one.token
}

const nameOf = ({ url, client }: RemotePlace): string => `${url} ${client}`

/** A second factor that was proven too long ago is proven again, once (RFC 9470). */
function signingInAgain(place: RemotePlace): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const challenge = response.headers.get('www-authenticate') ?? ''
    if (response.status !== 401 || !challenge.includes('insufficient_user_authentication')) return response
    const headers = { ...(init?.headers as object), authorization: `Bearer ${await signIn(place)}` }
    return fetch(input, { ...init, headers })
  }
}

/** What was answered; a refusal in the words of the API. */
export function answeredBody<O extends keyof ApiOperations>(
  outcome: ApiOutcome<O>,
): ApiOperations[O]['answer'] {
  if (outcome.ok) return outcome.body
  const { title, reason, errors = [] } = outcome.problem
  const details = errors.map(({ path, message }) => `\n  ${path}: ${message}`).join('')
  throw new ExplainedRefusal(`${title} (${reason})${details}`)
}

/** Every page of a list. */
export async function* everyItem<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next?: string | undefined }>,
): AsyncGenerator<T> {
  let next: string | undefined
  do {
    const found = await page(next)
    yield* found.items
    next = found.next
  } while (next !== undefined)
}
