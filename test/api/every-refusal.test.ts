import { expect } from 'chai'
import { openApiDocument } from '../../api/openapi.ts'
import type { ApiReason } from '../../api/problems.ts'
import { apiOperations } from '../../api/table.ts'
import { apiScopes } from '../../rules/api-scopes.ts'
import {
  type ApiReply,
  type ApiRequest,
  acmeAndOther,
  apiClient,
  call,
  personToken,
  programToken,
} from '../support/api.ts'
import { ask, askSupport } from '../support/cases.ts'
import { startHost } from '../support/host.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { type Document, operationsOf } from './document.ts'

const all = Object.keys(apiScopes).join(' ')
const nowhere = { base: 'https://id.example', issuer: 'https://id.example' }

/** What the OpenAPI document says that an operation may refuse, all of them together. */
const documented = (): ApiReason[] => {
  const document = openApiDocument(apiOperations, nowhere) as unknown as Document
  const problems = operationsOf(document).flatMap(({ responses }) =>
    Object.values(responses).map(({ content }) => content?.['application/problem+json']?.schema),
  )
  const reasons = problems.flatMap(
    (schema) =>
      (schema as { allOf?: [unknown, { properties: { reason: { enum: ApiReason[] } } }] })?.allOf?.[1]
        .properties.reason.enum ?? [],
  )
  return [...new Set(reasons)].sort()
}

type Ask = (method: string, path: string, more?: ApiRequest) => Promise<ApiReply>
const refused = (reason: ApiReason, { status, body }: ApiReply) =>
  expect(body.reason, `${status} ${JSON.stringify(body)}`).to.equal(reason)

story(
  'Every refusal that the OpenAPI document names',
  (rekey) => {
    let ann: Person
    let bob: Person
    let eve: Person
    let sam: Person
    let old: Person
    let api: Ask
    const tokens: { [name: string]: string } = {}
    const because = { reason: 'A test.' }
    const member = (person: Person, organization = 'acme') =>
      `/organizations/${organization}/people/${person.id}`
    const opens = (person: Person, token: string, organization = 'acme') =>
      api('POST', `${member(person, organization)}/cases`, { body: because, token })
    const fresh = (person: Person) => personToken(rekey, person, 'help-desk', all)

    before(async () => {
      await acmeAndOther(rekey, { claimed: true })
      const here = { organization: 'acme' }
      const admin = { organization: 'acme', role: 'super_admin' as const }
      ann = await rekey.person({ memberships: [admin] })
      await rekey.person({ memberships: [admin] })
      bob = await rekey.person({ memberships: [here] })
      sam = await rekey.person({ memberships: [here, { organization: 'other' }] })
      eve = await rekey.person({ memberships: [{ organization: 'other', role: 'super_admin' }] })
      old = await rekey.person({ memberships: [admin], supportAgent: true })
      tokens.operator = await programToken(rekey, 'operator-program')
      tokens.scim = await programToken(rekey, 'scim-program')
      tokens.ann = await fresh(ann)
      api = (method, path, more = {}) =>
        call(rekey, method, `/api/v1${path}`, { token: tokens.operator, ...more })
    })

    /** One that opens the case of a member; `code` is not the one that they were sent. */
    const caseOfBob = async (): Promise<string> => {
      const { body } = await api('GET', '/organizations/acme/cases?open=true')
      const found = body.items.find(({ person }: { person: string }) => person === bob.id)
      return found?.id ?? (await opens(bob, tokens.ann!)).body.id
    }

    /** How each is met. One that the document names, and that is missing here, fails. */
    const ways: { readonly [reason in ApiReason]?: () => Promise<ApiReply> } = {
      no_token: () => api('GET', '/organizations', { token: undefined }),
      invalid_token: () => api('GET', '/organizations', { token: 'forged' }),
      insufficient_scope: () => api('GET', '/organizations', { token: tokens.scim }),
      person_needed: () => opens(bob, tokens.operator!),
      unknown: () => api('GET', '/organizations/nowhere'),
      invalid_request: () => api('GET', '/organizations?limit=0'),
      bad_request: () => api('POST', '/organizations', { body: '{' }),
      unsupported_media_type: () =>
        api('POST', '/organizations', { body: 'x', headers: { 'content-type': 'text/plain' } }),
      too_large: () => api('POST', '/organizations', { body: { id: 'x', name: 'x'.repeat(1_100_000) } }),
      precondition_required: () => api('PATCH', member(bob), { body: { name: 'Bob' } }),
      precondition_failed: () =>
        api('PATCH', member(bob), { body: { name: 'Bob' }, headers: { 'if-match': '"another"' } }),
      idempotency_key_reused: async () => {
        const headers = { 'idempotency-key': 'one' }
        await api('POST', '/outbox/retry', { headers })
        await api('POST', '/organizations', { headers, body: { id: 'first', name: 'First' } })
        return api('POST', '/organizations', { headers, body: { id: 'second', name: 'Second' } })
      },
      taken: () => api('POST', '/organizations', { body: { id: 'acme', name: 'Acme' } }),
      unreadable: () => api('PUT', '/organizations/acme/domains', { body: { domains: ['none'] } }),
      not_yours: () =>
        api('POST', '/organizations/acme/people', { body: { email: 'x@other.example', name: 'X' } }),
      policy: async () => {
        const { body } = await api('GET', '/installation/policy')
        return api('PUT', '/installation/policy', { body: { ...body, methods: [] } })
      },
      client_metadata: () =>
        api('POST', '/clients', {
          body: {
            client_name: 'App',
            redirect_uris: ['https://app.example/callback'],
            token_endpoint_auth_method: 'private_key_jwt',
          },
        }),
      address_refused: () => api('POST', '/webhooks', { body: { url: 'https://10.0.0.1/hook' } }),
      oneself: () => api('POST', `${member(ann)}/suspend`, { body: because, token: tokens.ann }),
      last_super_admin: () => api('POST', `${member(eve, 'other')}/suspend`, { body: because }),
      not_possible: () => api('POST', `${member(bob)}/reactivate`, { body: because }),
      // The account goes by its domain, which is neither's: each ends what is its own.
      elsewhere: () => api('POST', `${member(sam)}/deactivate`, { body: because }),
      last_factor: async () => {
        const [factor] = (await rekey.account(bob)).factors
        return api('DELETE', `${member(bob)}/factors/${factor!.id}`, { token: tokens.ann })
      },
      own_case: () => opens(ann, tokens.ann!),
      open: async () => {
        await caseOfBob()
        return opens(bob, tokens.ann!)
      },
      wrong_code: async () =>
        api('POST', `/cases/${await caseOfBob()}/approve`, {
          body: { ...because, code: '000000' },
          token: tokens.ann,
        }),
      not_asked: async () => {
        const late = await rekey.person({ operator: true })
        const token = await fresh(late)
        return api('POST', `/cases/${await caseOfBob()}/deny`, { body: because, token })
      },
      already_approved: async () => {
        const { body, headers } = await api('GET', '/organizations/acme/policy')
        await api('PUT', '/organizations/acme/policy', {
          body: { ...body, roleApprovals: 2 },
          headers: { 'if-match': headers.get('etag')! },
        })
        const role = { ...because, role: 'super_admin' }
        const proposed = await api('PUT', `${member(bob)}/role`, { body: role, token: tokens.ann })
        expect([proposed.status, proposed.body.outcome]).to.deep.equal([202, 'proposed'])
        return api('POST', `${member(bob)}/role_proposal`, { body: { agree: true }, token: tokens.ann })
      },
      nobody_else: async () => api('POST', '/organizations/other/drill', { token: await fresh(eve) }),
      too_soon: async () => {
        const first = await api('POST', '/organizations/acme/drill', { token: tokens.ann })
        expect([first.status, first.body.asked]).to.deep.equal([201, 2])
        return api('POST', '/organizations/acme/drill', { token: tokens.ann })
      },
      too_often: async () => {
        const body = { email: 'often@elsewhere.example' }
        const { id } = (await api('POST', '/organizations/acme/invitations', { body })).body
        for (let sent = 1; sent < 5; sent += 1)
          expect((await api('POST', `/organizations/acme/invitations/${id}/resend`)).status).to.equal(204)
        return api('POST', `/organizations/acme/invitations/${id}/resend`)
      },
      recent_change: async () => {
        const token = await fresh(old)
        await rekey.store.protections.update(old.id, (current) => [
          { ...current!, factorsChangedAt: rekey.now(), lastReset: 'another' },
          undefined,
        ])
        return opens(sam, token)
      },
      on_hold: async () => {
        const agent = await rekey.person({ supportAgent: true })
        const alone = await rekey.person()
        const asked = await ask(rekey, { person: alone, admins: [] }).catch(() => undefined)
        if (asked !== undefined && (await rekey.store.cases.get(asked.id))?.status !== 'holding')
          await askSupport(asked.waiting)
        const one = (await rekey.store.cases.find('account', alone.id)).at(-1)!
        return api('POST', `/cases/${one.id}/approve`, { body: because, token: await fresh(agent) })
      },
      busy: async () => (await whileBusy()).find(({ body }) => body.reason === 'busy')!,
      idempotency_in_progress: async () => (await whileBusy()).find(({ body }) => body.reason !== 'busy')!,
      host: () => atHost(),
      rate_limited: async () => {
        const token = await programToken(rekey, 'hasty-program')
        const ask = () => api('GET', '/organizations', { token })
        for (;;) {
          const reply = await ask()
          if (reply.status !== 200) return reply
        }
      },
      // The last: time goes on.
      step_up: async () => {
        const token = await fresh(ann)
        rekey.advance(301_000)
        return opens(bob, token)
      },
    }

    /** Two of one key, while somebody else changes the same organization. */
    let both: Promise<ApiReply[]> | undefined
    const whileBusy = () => {
      both ??= (async () => {
        const turn = { id: 'turn:acme', value: `somebody|${rekey.now() + 14_000}` }
        await rekey.store.settings.insert(turn)
        const headers = { 'idempotency-key': 'two' }
        const asked = { body: because, headers }
        const replies = await Promise.all([1, 2].map(() => api('POST', `${member(bob)}/suspend`, asked)))
        await rekey.store.settings.remove(turn.id)
        return replies
      })()
      return both
    }

    it('has a way to it here', () => {
      expect(documented().filter((reason) => ways[reason] === undefined)).to.deep.equal([])
      const named = new Set(documented())
      expect(Object.keys(ways).filter((reason) => !named.has(reason as ApiReason))).to.deep.equal([])
    })

    const last: ApiReason[] = ['rate_limited', 'step_up']
    const inOrder = [...documented().filter((reason) => !last.includes(reason)), ...last]
    for (const reason of inOrder)
      it(`is met: ${reason}`, async () => {
        refused(reason, await ways[reason]!())
      })
  },
  {
    clients: [
      apiClient('operator-program', all, { operator: true }),
      apiClient('hasty-program', all, { operator: true }),
      apiClient('scim-program', 'scim', { organization: 'acme' }),
    ],
    others: { 'help-desk': { operator: true, scope: `openid ${all}` } },
    config: { api: { requestsPerMinute: 120 } },
  },
)

/** Where a host says who belongs where, nothing of that is changed here. */
async function atHost(): Promise<ApiReply> {
  const host = await startHost({
    mount: (provider) => provider.callback(),
    configuration: { clients: [apiClient('program', all, { operator: true })] } as never,
  })
  try {
    const token = await programToken(host, 'program')
    const body = { email: 'x@host.example', name: 'X' }
    const person = await call(host, 'POST', '/api/v1/organizations/host/people', { token, body })
    refused('host', person)
    return await call(host, 'POST', '/api/v1/organizations', { token, body: { id: 'new', name: 'New' } })
  } finally {
    await host.stop()
  }
}
