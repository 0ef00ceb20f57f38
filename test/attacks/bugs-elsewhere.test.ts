import { expect } from 'chai'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { apiOperations } from '../../api/table.ts'
import { apiScopes } from '../../rules/api-scopes.ts'
import { createMetrics } from '../../standalone/observe/metrics.ts'
import { withoutBaggage } from '../../standalone/observe/requests.ts'
import { methodLabel, routeLabel } from '../../standalone/observe/routes.ts'
import { type ApiRequest, acmeAndOther, apiClient, call, personToken, programToken } from '../support/api.ts'
import { attack } from '../support/attack.ts'
import { sendRaw } from '../support/raw.ts'
import type { Person } from '../support/rekey.ts'

const all = Object.keys(apiScopes).join(' ')
const { privateKey, publicKey } = await generateKeyPair('ES256')
const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'k1' }
const because = { reason: 'A test.' }

// Nine kinds of bugs that administration elsewhere had in 2026: one test for each.
attack(
  'What went wrong elsewhere',
  (rekey) => {
    let ann: Person
    let bob: Person
    const tokens: { [who: string]: string } = {}
    const api = (method: string, path: string, more: ApiRequest = {}) =>
      call(rekey, method, `/api/v1${path}`, { token: tokens.operator, ...more })
    const acme = (path: string) => `/organizations/acme${path}`
    const role = async (person: Person) => (await rekey.store.memberships.get(`acme:${person.id}`))!.role

    before(async () => {
      await acmeAndOther(rekey, { claimed: true })
      ann = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      bob = await rekey.person({ memberships: [{ organization: 'acme' }] })
      tokens.operator = await programToken(rekey, 'operator-program')
      tokens.apps = await programToken(rekey, 'apps-program')
      tokens.other = await programToken(rekey, 'other-program')
      tokens.directory = await programToken(rekey, 'directory')
      tokens.ann = await personToken(rekey, ann, 'help-desk', all)
    })

    const app = { client_name: 'App', redirect_uris: ['https://app.example/callback'] }

    /** What would make of a right over apps one over people. */
    const powers = [
      { organization: 'acme' },
      { operator: true },
      { scope: 'openid people.manage' },
      { grant_types: ['client_credentials'] },
      { require_consent: false },
      { claims: { role: 'super_admin' } },
      { allowed_people: ['eve'] },
      { client_secret: 'known to whoever sets it' },
      { token_endpoint_auth_method: 'client_secret_basic' },
    ]

    // keycloak CVE-2026-4629, CVE-2026-3121, CVE-2026-9795.
    it('a right over apps gives none over people', async () => {
      const as = { token: tokens.apps }
      const { body } = await api('POST', '/clients', { ...as, body: app })
      for (const power of powers) {
        const what = JSON.stringify(power)
        const made = await api('POST', '/clients', { ...as, body: { ...app, ...power } })
        expect([made.status, made.body.reason], what).to.deep.equal([400, 'invalid_request'])
        const headers = { 'if-match': '*' }
        const path = `/clients/${body.client_id}`
        const changed = await api('PUT', path, { ...as, headers, body: { ...app, ...power } })
        expect([changed.status, changed.body.reason], what).to.deep.equal([400, 'invalid_request'])
      }
      for (const one of apiOperations.filter(({ scope }) => scope !== 'clients.manage')) {
        const path = one.path.replace('{organization}', 'acme').replace('{person}', bob.id)
        const reply = await api(one.method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'none'), as)
        expect([reply.status, reply.body.reason], one.id).to.deep.equal([403, 'insufficient_scope'])
      }
    })

    // keycloak CVE-2026-15572.
    it('a change is held to what a creation is held to', async () => {
      const url = 'https://hooks.example/'
      const hook = (await api('POST', '/webhooks', { body: { url, enabled: false } })).body
      const { body } = await api('POST', '/clients', { body: app })
      const pairs: [string, string, object, object[]][] = [
        [
          '/webhooks',
          `/webhooks/${hook.id}`,
          { url },
          [{ url: 'https://10.0.0.1/' }, { url: 'file:///etc/passwd' }],
        ],
        [
          '/clients',
          `/clients/${body.client_id}`,
          app,
          [
            { redirect_uris: ['javascript:alert(1)'] },
            { backchannel_logout_uri: 'https://169.254.169.254/' },
            { jwks_uri: 'https://[::1]/', token_endpoint_auth_method: 'private_key_jwt' },
            { id_token_signed_response_alg: 'none' },
          ],
        ],
      ]
      for (const [creates, changes, good, wrongs] of pairs)
        for (const wrong of wrongs) {
          const said = { ...good, ...wrong }
          const [made, changed] = [
            await api('POST', creates, { body: said }),
            await api('PUT', changes, { body: said, headers: { 'if-match': '*' } }),
          ]
          expect(made.status, JSON.stringify(wrong)).to.be.oneOf([400, 422])
          expect([changed.status, changed.body.reason]).to.deep.equal([made.status, made.body.reason])
        }
    })

    // keycloak CVE-2026-18201, CVE-2026-12388.
    it('a general change does nothing that has a way of its own', async () => {
      const path = acme(`/people/${bob.id}`)
      for (const more of [
        { role: 'super_admin' },
        { status: 'removed' },
        { email: 'eve@acme.example' },
        { suspended: false },
        { operator: true },
        { supportAgent: true },
        { password: 'quiet-harbour-of-eve' },
        { memberships: [] },
      ]) {
        const body = { name: 'Bob', ...more }
        const reply = await api('PATCH', path, { body, headers: { 'if-match': '*' } })
        expect([reply.status, reply.body.reason], JSON.stringify(more)).to.deep.equal([
          400,
          'invalid_request',
        ])
      }
      const groups = [{ value: 'super_admin' }]
      const said = { groups, roles: groups, operator: true, supportAgent: true, role: 'super_admin' }
      const directory = (method: string, of: string, body: unknown) =>
        call(rekey, method, `/scim/v2/acme${of}`, { token: tokens.directory, body })
      const steps = Object.entries(said).map(([name, value]) => ({ op: 'replace', path: name, value }))
      await directory('PUT', `/Users/${bob.id}`, said)
      await directory('PATCH', `/Users/${bob.id}`, { Operations: [...steps, { op: 'add', value: said }] })
      const made = await directory('POST', '/Users', { userName: 'new@acme.example', ...said })
      expect(
        (
          await directory('PATCH', '/Groups/super_admin', {
            Operations: [{ op: 'add', path: 'members', value: [{ value: bob.id }] }],
          })
        ).status,
      ).to.equal(403)
      expect(await role(bob)).to.equal('member')
      expect((await rekey.store.memberships.get(`acme:${made.body.id}`))!.role).to.equal('member')
      for (const id of [bob.id, made.body.id]) {
        const kept = await rekey.store.protections.get(id)
        expect([kept?.operator, kept?.supportAgent]).to.deep.equal([undefined, undefined])
      }
    })

    // keycloak CVE-2026-4630, CVE-2026-2366, CVE-2026-14209.
    it('an id of another organization opens nothing', async () => {
      const factor = (await rekey.account(bob)).factors[0]!.id
      const mine = apiOperations.filter(
        ({ path }) => path.includes('{organization}') && path.includes('{person}'),
      )
      expect(mine.length).to.be.above(10)
      const bodies: { [id: string]: object } = {
        renamePerson: { name: 'Bob' },
        changeSignInAddress: { ...because, email: 'bob@other.example' },
      }
      for (const one of mine.filter(({ decision }) => decision !== true)) {
        const path = one.path.replace('{organization}', 'other').replace('{person}', bob.id)
        const said = bodies[one.id] ?? (one.body === undefined ? undefined : because)
        const at = path.replace('{factor}', factor).replaceAll(/\{\w+\}/g, 'none')
        const asked = { token: tokens.other, body: said, headers: { 'if-match': '*' } }
        const reply = await api(one.method.toUpperCase(), at, asked)
        expect([reply.status, reply.body.reason], one.id).to.deep.equal([404, 'unknown'])
      }
      for (const q of [bob.id, `id:${bob.id}`, bob.email, bob.name]) {
        const found = await api('GET', `/organizations/other/people?q=${encodeURIComponent(q)}`, {
          token: tokens.other,
        })
        expect([found.status, found.body.items], q).to.deep.equal([200, []])
      }
    })

    // keycloak CVE-2026-17526.
    it('whoever looks after an organization does nothing to an operator whose account isn’t its own', async () => {
      const olga = await rekey.person({
        operator: true,
        memberships: [{ organization: 'acme' }, { organization: 'other' }],
      })
      const path = acme(`/people/${olga.id}`)
      const as = { token: tokens.ann }
      for (const verb of ['deactivate', 'restore', 'reactivate'])
        expect((await api('POST', `${path}/${verb}`, { ...as, body: because })).status, verb).to.equal(409)
      const [factor] = (await rekey.account(olga)).factors
      expect((await api('DELETE', `${path}/factors/${factor!.id}`, as)).body.reason).to.equal('elsewhere')
      const renamed = await api('PATCH', path, { ...as, body: { name: 'Eve' }, headers: { 'if-match': '*' } })
      expect(renamed.body.reason).to.equal('elsewhere')
      for (const staff of ['operator', 'agent'])
        expect((await api('PUT', `/staff/${staff}/${ann.id}`, as)).status).to.be.oneOf([403, 404])
      expect((await rekey.account(ann)).operator).to.equal(undefined)
    })

    // keycloak CVE-2026-16100.
    it('figures have no label that a request has chosen', async () => {
      const metrics = createMetrics()
      const odd = [
        '/x1',
        '/%2e%2e/x2',
        '//x3',
        '/auth/x4',
        '/interaction/x5/x6',
        '/api/v1/x7?x8',
        '/.well-known/x9',
      ]
      for (const path of odd)
        metrics.answered({
          route: routeLabel(path, ''),
          method: methodLabel(`M${path}`),
          status: 404,
          seconds: 0,
        })
      const { body } = await metrics.text()
      expect(body)
        .to.include('route="other"')
        .and.to.include('method="other"')
        .and.not.match(/"[^"]*x\d/)
    })

    // keycloak CVE-2026-15573.
    it('a path that is written in another way is another path, or asks for the same', async () => {
      const guarded = [
        '/operator',
        '/operator/keys',
        '/administration/acme',
        '/api/v1/organizations',
        '/scim/v2/acme/Users',
      ]
      const written = (path: string) => [
        `/assets/..${path}`,
        `/assets/%2e%2e${path}`,
        `/assets/..%2f${path.slice(1)}`,
        `/healthz/..;${path}`,
        `/${path}`,
        `/.${path}`,
        `${path}/.`,
        `${path}//`,
        `${path};x=/assets`,
        `${path}%00`,
        `${path}%2f`,
        path.replace('/', '/%00'),
        path.replace('/', '\\'),
        path.toUpperCase(),
      ]
      for (const path of guarded.flatMap(written)) {
        const { status, headers } = await sendRaw(rekey.issuer, path)
        // Nobody is signed in: nothing there is, or one is sent to sign in.
        expect(status, path).to.be.oneOf([301, 302, 303, 307, 308, 400, 401, 403, 404, 405])
        const to = String(headers.location ?? '')
        if (to !== '') expect(new URL(to, rekey.issuer).origin, path).to.equal(new URL(rekey.issuer).origin)
      }
    })

    // keycloak CVE-2026-9793.
    it('a request object is signed as its app says, whatever is wrapped around it', async () => {
      const claims = {
        client_id: 'signing',
        redirect_uri: 'https://signing.example/callback',
        response_type: 'code',
        scope: 'openid',
      }
      const base64 = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
      const signed = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer('signing')
        .setAudience(rekey.issuer)
        .setExpirationTime('5m')
        .sign(privateKey)
      const none = `${base64({ alg: 'none' })}.${base64({ ...claims, iss: 'signing', aud: rekey.issuer })}.`
      const wrapped = (alg: string, inner: string) =>
        [
          base64({ alg, enc: 'A128GCM', cty: 'JWT' }),
          '',
          base64({}),
          Buffer.from(inner).toString('base64url'),
          'AAAA',
        ].join('.')
      const ask = async (request: string) => {
        const query = new URLSearchParams({
          client_id: 'signing',
          response_type: 'code',
          scope: 'openid',
          request,
        })
        return fetch(`${rekey.issuer}/auth?${query}`, { redirect: 'manual' })
      }
      for (const request of [
        none,
        wrapped('dir', none),
        wrapped('RSA-OAEP', signed),
        `${none}x`,
        wrapped('none', none),
      ]) {
        const answer = await ask(request)
        expect(answer.headers.get('location') ?? '', request.slice(0, 40)).to.not.include('/interaction/')
      }
      expect((await ask(signed)).headers.get('location')).to.include('/interaction/')
    })

    // CVE-2026-45292.
    it('what a header wants carried along is not kept', () => {
      const baggage = Array.from({ length: 500 }, (_, index) => `key${index}=${'x'.repeat(20)}`).join(',')
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
      expect(withoutBaggage({ baggage, traceparent, tracestate: 'a=b' })).to.deep.equal({
        traceparent,
        tracestate: 'a=b',
      })
    })
  },
  {
    others: {
      'help-desk': { operator: true, scope: `openid ${all}` },
      signing: {
        jwks: { keys: [jwk] },
        request_object_signing_alg: 'ES256',
        redirect_uris: ['https://signing.example/callback'],
      },
    },
    clients: [
      apiClient('operator-program', all, { operator: true }),
      apiClient('apps-program', 'clients.manage', { operator: true }),
      apiClient('other-program', all, { organization: 'other' }),
      apiClient('directory', 'scim', { organization: 'acme' }),
    ],
    config: { api: { requestsPerMinute: 1_000_000 } },
  },
)
