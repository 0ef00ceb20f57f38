import { acrMultiFactor } from '../../rules/assurance.ts'
import { Browser } from './browser.ts'
import { signIn } from './journeys.ts'
import type { Person, Rekey } from './rekey.ts'

export interface ApiReply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the tests look into
  body: any
}

export interface ApiRequest {
  body?: unknown
  token?: string | undefined
  headers?: { [name: string]: string }
}

const secret = 'a secret of the tests, long enough'

/**
 * Two organizations, neither of which may see anything of the other.
 *
 * @param claimed whether each has the domain of its name, so that accounts there are its own.
 */
export async function acmeAndOther(rekey: Rekey, { claimed = false } = {}): Promise<void> {
  for (const id of ['acme', 'other'])
    await rekey.store.organizations.insert({
      id,
      name: id,
      policy: {},
      createdAt: rekey.now(),
      domains: claimed ? [`${id}.example`] : undefined,
    })
}

/** What a program of the API is registered as. */
export const apiClient = (
  id: string,
  scope: string,
  tied: { organization: string } | { operator: true },
) => ({
  client_id: id,
  client_secret: secret,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  scope,
  ...tied,
})

/** An access token of a program's own. */
export async function programToken(
  rekey: Pick<Rekey, 'issuer'>,
  client: string,
  scope?: string,
): Promise<string> {
  const response = await fetch(`${rekey.issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client}:${encodeURIComponent(secret)}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      resource: `${rekey.issuer}/api/v1`,
      ...(scope === undefined ? {} : { scope }),
    }),
  })
  const reply = (await response.json()) as { access_token: string; error?: string }
  if (response.status !== 200) throw new Error(`no token: ${reply.error}`)
  return reply.access_token
}

/** An access token that an app gets for a person who signs in with a second factor. */
export async function personToken(
  rekey: Rekey,
  person: Person,
  client: string,
  scope: string,
  browser = new Browser(),
): Promise<string> {
  const params = {
    scope: `openid ${scope}`,
    resource: `${rekey.issuer}/api/v1`,
    acr_values: acrMultiFactor,
  }
  const app = rekey.others[client]!
  const { tokens } = await app.finish(await signIn(rekey, person, params, browser, app))
  return tokens.access_token
}

/** One request of a program's. */
export async function call(
  rekey: Pick<Rekey, 'issuer'>,
  method: string,
  path: string,
  { body, token, headers = {} }: ApiRequest = {},
): Promise<ApiReply> {
  const response = await fetch(`${rekey.issuer}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
}
