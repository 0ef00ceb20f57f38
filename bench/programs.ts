import { apiScopes } from '../rules/api-scopes.ts'
import { aim, isSlow, organization, scaleOf, timed, withMembers } from './members.ts'

/**
 * `npm run bench:programs -- [--people 100000] [--rounds 20]`: what programs ask of one organization with as many members.
 * Listing and searching by the API, what a directory does when it syncs by SCIM, and all of the members read once, by both.
 * The aim is 100 ms for whatever reads; what writes waits for the disk, and a new person for a slow hash.
 */
const { people, rounds } = scaleOf()

const program = {
  client_id: 'program',
  client_secret: 'a secret of the bench, long enough',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  scope: Object.keys(apiScopes).join(' '),
  organization,
}

await withMembers(people, { clients: [program], api: { requestsPerMinute: 100_000_000 } }, async (issuer) => {
  const token = await tokenOf(issuer)
  const ask = (path: string, method = 'GET', body?: object): Promise<Response> =>
    fetch(issuer + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  console.log('| Request | p50 ms | most ms |\n| --- | ---: | ---: |')
  const slow: string[] = []
  for (const [name, method, path, body] of requests()) {
    const times = await timed(rounds, (round) => ask(path(round), method, body?.(round)))
    if (isSlow(name, times) && method === 'GET') slow.push(name)
  }
  await all('API, 200 a page', () => everyPerson(ask))
  await all('SCIM, 100 a page', () => everyUser(ask))
  if (slow.length > 0) throw new Error(`over ${aim} ms: ${slow.join(', ')}`)
})

type Ask = (path: string) => Promise<Response>
type Request = [
  name: string,
  method: string,
  path: (round: number) => string,
  body?: (round: number) => object,
]

function requests(): Request[] {
  const api = (query: string) => () => `/api/v1/organizations/${organization}/people${query}`
  const scim = (rest: string) => () => `/scim/v2/${organization}/${rest}`
  const someone = (round: number) => `person${(round * 37) % people}`
  const by = (filter: string) => `Users?filter=${encodeURIComponent(filter)}`
  return [
    ['API: the first page', 'GET', api('?limit=200')],
    ['API: by name', 'GET', api('?order=name')],
    ['API: search, a common name', 'GET', api('?q=tanaka')],
    ['API: search, an address', 'GET', api('?q=person777')],
    ['API: one method only', 'GET', api('?methods=one')],
    ['API: one person', 'GET', (round) => api(`/${someone(round)}`)()],
    ['API: what happened', 'GET', () => `/api/v1/organizations/${organization}/audit`],
    ['API: readiness', 'GET', () => `/api/v1/organizations/${organization}/readiness`],
    ['SCIM: the first page', 'GET', scim('Users?count=100')],
    ['SCIM: a page in the middle', 'GET', scim(`Users?count=100&startIndex=${people >> 1}`)],
    ['SCIM: by userName', 'GET', (round) => scim(by(`userName eq "${someone(round)}@example.com"`))()],
    ['SCIM: by externalId', 'GET', scim(by('externalId eq "nobody"'))],
    ['SCIM: super admins', 'GET', scim('Groups/super_admin')],
    [
      'SCIM: a new user',
      'POST',
      scim('Users'),
      (round) => ({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: `new${round}@example.com`,
        externalId: `new${round}`,
        name: { givenName: 'New', familyName: `Person ${round}` },
        active: true,
      }),
    ],
    [
      'SCIM: a name is changed',
      'PATCH',
      (round) => scim(`Users/${someone(round + 5)}`)(),
      (round) => ({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'displayName', value: `Renamed ${round}` }],
      }),
    ],
    [
      'SCIM: somebody leaves',
      'PATCH',
      (round) => scim(`Users/${someone(round + 5)}`)(),
      () => ({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
      }),
    ],
  ]
}

async function tokenOf(issuer: string): Promise<string> {
  const secret = Buffer.from(`program:${encodeURIComponent(program.client_secret)}`).toString('base64')
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${secret}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: `${issuer}/api/v1` }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

async function all(name: string, read: () => Promise<number>): Promise<void> {
  const began = performance.now()
  const count = await read()
  const seconds = (performance.now() - began) / 1000
  console.log(
    `\nAll ${count} by the ${name}: ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second`,
  )
}

async function everyPerson(ask: Ask): Promise<number> {
  let count = 0
  for (let cursor = ''; ; ) {
    const response = await ask(`/api/v1/organizations/${organization}/people?limit=200${cursor}`)
    const { items, next } = (await response.json()) as { items: unknown[]; next?: string }
    count += items.length
    if (next === undefined) return count
    cursor = `&cursor=${next}`
  }
}

async function everyUser(ask: Ask): Promise<number> {
  let count = 0
  for (;;) {
    const response = await ask(`/scim/v2/${organization}/Users?count=100&startIndex=${count + 1}`)
    const { Resources = [], totalResults } = (await response.json()) as {
      Resources?: unknown[]
      totalResults: number
    }
    count += Resources.length
    if (Resources.length === 0 || count >= totalResults) return count
  }
}
