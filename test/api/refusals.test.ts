import { expect } from 'chai'
import { apiScopes } from '../../rules/api-scopes.ts'
import { type ApiRequest, acmeAndOther, apiClient, call, personToken, programToken } from '../support/api.ts'
import { casesOf } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'

const all = Object.keys(apiScopes).join(' ')
const clients = [apiClient('program', all, { operator: true })]

story(
  'What the API refuses',
  (rekey) => {
    let ann: Person
    let bob: Person
    let token: string
    let fresh: string
    const api = (method: string, path: string, more: ApiRequest = {}) =>
      call(rekey, method, `/api/v1${path}`, { token, ...more })
    const reason = async (...asked: Parameters<typeof api>) => {
      const { status, body } = await api(...asked)
      return [status, body.reason]
    }

    before(async () => {
      await acmeAndOther(rekey)
      ann = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      bob = await rekey.person({ memberships: [{ organization: 'acme' }] })
      token = await programToken(rekey, 'program')
      fresh = await personToken(rekey, ann, 'help-desk', all)
    })

    it('is what can’t be read, or is too much', async () => {
      const body = JSON.stringify({ id: 'one', name: 'One' })
      const text = { 'content-type': 'text/plain' }
      expect(await reason('POST', '/organizations', { body, headers: text })).to.deep.equal([
        415,
        'unsupported_media_type',
      ])
      expect(await reason('POST', '/organizations', { body: '{' })).to.deep.equal([400, 'bad_request'])
      const long = JSON.stringify({ id: 'one', name: 'x'.repeat(1_100_000) })
      expect(await reason('POST', '/organizations', { body: long })).to.deep.equal([413, 'too_large'])
    })

    it('never repeats what was sent', async () => {
      const { status, body } = await api('POST', '/organizations', {
        body: { id: 'one', name: 'One', 'a-secret-name': 'a secret value' },
      })
      expect([status, body.reason]).to.deep.equal([400, 'invalid_request'])
      expect(JSON.stringify(body)).not.to.match(/secret/)
    })

    it('is the last second factor of somebody, and one’s own', async () => {
      const factorOf = async (person: Person) => (await rekey.account(person)).factors[0]!.id
      const path = async (person: Person) =>
        `/organizations/acme/people/${person.id}/factors/${await factorOf(person)}`
      expect(await reason('DELETE', await path(bob))).to.deep.equal([403, 'person_needed'])
      expect(await reason('DELETE', await path(bob), { token: fresh })).to.deep.equal([409, 'last_factor'])
      expect(await reason('DELETE', await path(ann), { token: fresh })).to.deep.equal([403, 'oneself'])
    })

    it('is another role by a program, or of the last super admin', async () => {
      const body = { role: 'super_admin', reason: 'Mine' }
      const role = ({ id }: Person) => `/organizations/acme/people/${id}/role`
      expect(await reason('PUT', role(bob), { body })).to.deep.equal([403, 'person_needed'])
      expect(
        await reason('PUT', role(ann), { body: { ...body, role: 'member' }, token: fresh }),
      ).to.deep.equal([409, 'last_super_admin'])
    })

    it('is a program that opens a case; a super admin opens one for somebody else, once', async () => {
      const path = (person: Person) => `/organizations/acme/people/${person.id}/cases`
      const body = { reason: 'Spoke on the phone.' }
      expect(await reason('POST', path(bob), { body })).to.deep.equal([403, 'person_needed'])
      expect(await reason('POST', path(ann), { body, token: fresh })).to.deep.equal([403, 'own_case'])
      const opened = await api('POST', path(bob), { body, token: fresh })
      expect([opened.status, opened.body.status]).to.deep.equal([201, 'awaiting_admin'])
      expect((await casesOf(rekey, bob)).map(({ id }) => id)).to.deep.equal([opened.body.id])
      expect(await reason('POST', path(bob), { body, token: fresh })).to.deep.equal([409, 'open'])
    })

    it('is to take over an app that is tied to the API, or to tie one to it', async () => {
      const app = { client_name: 'App', redirect_uris: ['https://app.example/callback'] }
      const headers = { 'if-match': '*' }
      expect(await reason('PUT', '/clients/program', { body: app, headers })).to.deep.equal([
        409,
        'not_possible',
      ])
      for (const more of [{ organization: 'acme' }, { operator: true }, { scope: 'people.manage' }])
        expect(await reason('POST', '/clients', { body: { ...app, ...more } })).to.deep.equal([
          400,
          'invalid_request',
        ])
      const made = await api('POST', '/clients', { body: app })
      expect(made.status, JSON.stringify(made.body)).to.equal(201)
      const client = await rekey.app.services.provider.Client.find(made.body.client_id)
      expect([client!.require_consent, client!.clientSecret]).to.deep.equal([true, undefined])
    })

    it('is the token of somebody whose membership was suspended since', async () => {
      const eve = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      const theirs = await personToken(rekey, eve, 'help-desk', all)
      expect((await api('GET', '/organizations/acme', { token: theirs })).status).to.equal(200)
      const done = await api('POST', `/organizations/acme/people/${eve.id}/suspend`, {
        body: { reason: 'Left' },
      })
      expect(done.status).to.equal(204)
      expect((await api('GET', '/organizations/acme', { token: theirs })).status).to.be.oneOf([401, 404])
    })
  },
  { clients, others: { 'help-desk': { operator: true, scope: `openid ${all}` } } },
)

story(
  'A client that asks too often',
  (rekey) => {
    it('is told when to ask again', async () => {
      const token = await programToken(rekey, 'program')
      const ask = () => call(rekey, 'GET', '/api/v1/organizations', { token })
      expect([(await ask()).status, (await ask()).status]).to.deep.equal([200, 200])
      const { status, body, headers } = await ask()
      expect([status, body.reason]).to.deep.equal([429, 'rate_limited'])
      expect(Number(headers.get('retry-after'))).to.be.within(1, 60)
      rekey.advance(60_000)
      expect((await ask()).status).to.equal(200)
    })
  },
  { clients, config: { api: { requestsPerMinute: 2 } } },
)
