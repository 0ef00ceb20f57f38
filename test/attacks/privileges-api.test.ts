import { expect } from 'chai'
import fc from 'fast-check'
import { openApiDocument } from '../../api/openapi.ts'
import type { Operation } from '../../api/operation.ts'
import { scimRequests } from '../../api/scim/dispatch.ts'
import { apiOperations } from '../../api/table.ts'
import { apiScopes } from '../../rules/api-scopes.ts'
import { acrRecovered } from '../../rules/assurance.ts'
import { allowedBy, type Document } from '../api/document.ts'
import { type ApiReply, acmeAndOther, apiClient, call, personToken, programToken } from '../support/api.ts'
import type { Person, Rekey } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { kindsOfCallers } from './privileges/callers.ts'

const all = Object.keys(apiScopes).join(' ')

/** Everybody who may hold an access token, or none. What begins with `program` is no person. */
const kindsOfTokens = [
  ...kindsOfCallers,
  'program',
  'program_elsewhere',
  'program_of_operator',
  'program_without_scope',
] as const

type Kind = (typeof kindsOfTokens)[number]

/** Who acts for the organization, and who for the operator; the scope of each token is the widest there is. */
const forOrganization: readonly Kind[] = ['super_admin', 'operator', 'program', 'program_of_operator']
const forOperator: readonly Kind[] = ['operator', 'program_of_operator']
/** With a second factor proven lately. */
const inPerson: readonly Kind[] = ['member', 'super_admin', 'elsewhere', 'agent', 'operator']
const withToken: readonly Kind[] = kindsOfTokens.filter(
  (kind) => !['nobody', 'recovered', 'stale', 'program_without_scope'].includes(kind),
)

/** Those that say themselves what whoever asks may see. */
const judgesItself = new Set(['listOrganizations', 'listWebhooks', 'createWebhook', 'listSupportCases'])

/** Who gets further than to be told that there is nothing for them. */
function letsIn(one: Operation): readonly Kind[] {
  const base = one.operator ? forOperator : judgesItself.has(one.id) ? withToken : forOrganization
  return one.decision ? base.filter((kind) => inPerson.includes(kind)) : base
}

story(
  'Privileges at the API',
  (rekey) => {
    const document = openApiDocument(apiOperations, {
      base: 'https://id.example',
      issuer: 'https://id.example',
    }) as unknown as Document
    const tokens: { [kind in Kind]?: string } = {}
    let member: Person
    let webhook: string
    let opened: string

    before(async () => {
      await acmeAndOther(rekey, { claimed: true })
      const admin = () => rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      member = await rekey.person({ memberships: [{ organization: 'acme' }] })
      const token = (person: Person) => personToken(rekey, person, 'help-desk', all)
      const suspended = await admin()
      tokens.suspended = await token(suspended)
      await rekey.store.memberships.update(`acme:${suspended.id}`, (current) => [
        { ...current!, suspended: { at: rekey.now(), by: 'someone', reason: 'Left.' } },
        undefined,
      ])
      tokens.member = await token(await rekey.person({ memberships: [{ organization: 'acme' }] }))
      tokens.super_admin = await token(await admin())
      tokens.elsewhere = await token(
        await rekey.person({ memberships: [{ organization: 'other', role: 'super_admin' }] }),
      )
      tokens.agent = await token(await rekey.person({ supportAgent: true }))
      tokens.operator = await token(await rekey.person({ operator: true }))
      tokens.recovered = await changed(rekey, await token(await admin()), { acr: acrRecovered })
      const longAgo = Math.floor(rekey.now() / 1000) - 9 * 3600
      tokens.stale = await changed(rekey, await token(await admin()), { auth_time: longAgo })
      tokens.program = await programToken(rekey, 'acme-program')
      tokens.program_elsewhere = await programToken(rekey, 'other-program')
      tokens.program_of_operator = await programToken(rekey, 'operator-program')
      tokens.program_without_scope = await programToken(rekey, 'narrow-program')
      webhook = (
        await api('POST', '/webhooks', tokens.program, {
          // Paused: nobody is there to be told.
          body: { url: 'https://hooks.example/', organization: 'acme', enabled: false },
        })
      ).body.id
      opened = (
        await api('POST', `/organizations/acme/people/${member.id}/cases`, tokens.super_admin, {
          body: { reason: 'A test.' },
        })
      ).body.id
    })

    const api = (
      method: string,
      path: string,
      token: string | undefined,
      more: Parameters<typeof call>[3] = {},
    ) => call(rekey, method.toUpperCase(), `/api/v1${path}`, { token, ...more })

    const pathOf = ({ path }: Operation): string =>
      path
        .replace('{organization}', 'acme')
        .replace('{person}', member.id)
        .replace('{webhook}', webhook)
        .replace('{case}', opened)
        .replace('{role}', 'operator')
        .replace('{client}', 'app')
        .replaceAll(/\{\w+\}/g, 'none')

    /** A request that is understood: whoever may would be let in. */
    const ask = (one: Operation, kind: Kind): Promise<ApiReply> => {
      const described = document.paths[one.path]![one.method]!
      const schema = described.requestBody?.content['application/json'].schema
      const body = schema && fc.sample(allowedBy(document, schema), { numRuns: 1, seed: 7 })[0]
      return api(one.method, pathOf(one), tokens[kind], { body, headers: { 'if-match': '"none"' } })
    }

    const refused = ({ status }: ApiReply): boolean => [401, 403, 404].includes(status)

    // Seen failing without `operator` looked at in `serve` (api/serve.ts), and with `reaches` for whoever belongs there.
    for (const kind of kindsOfTokens)
      it(`let none in who may not: ${kind}`, async () => {
        const wrong: string[] = []
        for (const one of apiOperations.filter((each) => !letsIn(each).includes(kind))) {
          const reply = await ask(one, kind)
          if (!refused(reply)) wrong.push(`${one.id}: ${reply.status} ${JSON.stringify(reply.body)}`)
        }
        expect(wrong).to.deep.equal([])
      })

    for (const kind of withToken)
      it(`let in who may look: ${kind}`, async () => {
        const wrong: string[] = []
        const looks = apiOperations.filter((one) => one.method === 'get' && letsIn(one).includes(kind))
        for (const one of looks) {
          if (judgesItself.has(one.id) || /\{(client|invitation|message|session)\}/.test(one.path)) continue
          const reply = await ask(one, kind)
          if (reply.status !== 200) wrong.push(`${one.id}: ${reply.status} ${JSON.stringify(reply.body)}`)
        }
        expect(wrong).to.deep.equal([])
      })

    it('show everybody who asks for organizations, webhooks or cases of the desk their own', async () => {
      const seen = async (kind: Kind, path: string): Promise<string[] | string> => {
        const { body } = await api('GET', path, tokens[kind])
        return body.items?.map(({ id }: { id: string }) => id).sort() ?? body.reason
      }
      for (const kind of withToken) {
        const everywhere = forOperator.includes(kind)
        const here = forOrganization.includes(kind)
        const there = kind === 'elsewhere' || kind === 'program_elsewhere'
        expect(await seen(kind, '/organizations'), kind).to.deep.equal(
          everywhere ? ['acme', 'other'] : here ? ['acme'] : there ? ['other'] : [],
        )
        expect(await seen(kind, '/webhooks?organization=acme'), kind).to.deep.equal(
          here ? [webhook] : 'unknown',
        )
        expect(await seen(kind, '/support/cases'), kind).to.deep.equal(
          everywhere || kind === 'agent' ? [] : 'insufficient_scope',
        )
      }
    })

    // Seen failing without the look at `caller.person`, and without `reaches`, in `serve` (api/scim/routes.ts).
    it('let programs of the organization provision its people, and nobody else', async () => {
      const wrong: string[] = []
      const provisions: readonly Kind[] = ['program', 'program_of_operator']
      for (const request of scimRequests)
        for (const kind of kindsOfTokens) {
          const [method, path] = request.split(' ') as [string, string]
          const at = `/scim/v2/acme/${path.replace(':id', method === 'GET' ? 'super_admin' : 'none')}`
          const body = method === 'GET' || method === 'DELETE' ? undefined : {}
          const { status } = await call(rekey, method, at, { token: tokens[kind], body })
          const mayAs = provisions.includes(kind)
          const isIn = mayAs ? ![401, 403].includes(status) : ![401, 403, 404].includes(status)
          if (isIn !== mayAs) wrong.push(`${kind} ${request}: ${status}`)
        }
      expect(wrong).to.deep.equal([])
    })
  },
  {
    config: { api: { requestsPerMinute: 1_000_000 } },
    clients: [
      apiClient('acme-program', all, { organization: 'acme' }),
      apiClient('other-program', all, { organization: 'other' }),
      apiClient('operator-program', all, { operator: true }),
      apiClient('narrow-program', 'readiness.read', { organization: 'other' }),
    ],
    others: { 'help-desk': { operator: true, scope: `openid ${all}` } },
  },
)

/** The token as another sign-in would have left it. */
async function changed({ store }: Rekey, token: string, extra: object): Promise<string> {
  await store.tokens.update(`AccessToken:${token}`, (current) => {
    const payload = JSON.parse(current!.payload)
    return [
      { ...current!, payload: JSON.stringify({ ...payload, extra: { ...payload.extra, ...extra } }) },
      undefined,
    ]
  })
  return token
}
