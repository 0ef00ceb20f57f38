import { expect } from 'chai'
import { type ApiRequest, acmeAndOther, apiClient, call, programToken } from '../support/api.ts'
import { casesOf, requestReset } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { isSigned, WebhookReceiver } from '../support/webhook-receiver.ts'

const scope = 'webhooks.manage cases.deny cases.read audit.read people.manage'

story(
  'Webhooks',
  (rekey) => {
    let admin: Person
    let member: Person
    let token: string
    const receiver = new WebhookReceiver()
    const api = (method: string, path: string, more: ApiRequest = {}) =>
      call(rekey, method, `/api/v1${path}`, { token, ...more })
    const url = () => `http://localhost:${receiver.port}/`
    const typesOf = () => receiver.got.map(({ body }) => body.type)

    before(async () => {
      await receiver.listen()
      await acmeAndOther(rekey)
      admin = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      member = await rekey.person({ memberships: [{ organization: 'acme' }] })
    })
    beforeEach(async () => {
      token = await programToken(rekey, 'acme-program')
      receiver.answer = 204
    })
    afterEach(async () => {
      for (const { id } of (await api('GET', '/webhooks')).body.items) await api('DELETE', `/webhooks/${id}`)
      await rekey.work()
      receiver.got.length = 0
    })
    after(() => receiver.stop())

    const make = async (body: object = {}) => {
      const made = await api('POST', '/webhooks', { body: { url: url(), ...body } })
      expect(made.status, JSON.stringify(made.body)).to.equal(201)
      await rekey.work()
      receiver.got.length = 0
      return made.body as { id: string; key: string }
    }

    it('are told what happens to a case, signed with the key that was told once', async () => {
      const { id, key } = await make({ events: ['recovery.awaiting_admin', 'recovery.denied'] })
      expect((await api('GET', `/webhooks/${id}`)).body.key).to.equal(undefined)
      await requestReset(rekey, member, admin)
      const one = (await casesOf(rekey, member)).at(-1)!
      await api('POST', `/cases/${one.id}/deny`, { body: { reason: 'Nobody called.' } })
      await rekey.work()
      expect(typesOf()).to.deep.equal(['recovery.awaiting_admin', 'recovery.denied'])
      const [first] = receiver.got
      expect(first!.body.data).to.include({ organization: 'acme', person: member.id, case: one.id })
      expect(receiver.got.every((got) => isSigned(key, got))).to.equal(true)
      expect(isSigned(`whsec_${Buffer.alloc(32).toString('base64')}`, first!)).to.equal(false)
      expect(receiver.got.map(({ text }) => text).join()).not.to.contain(one.code.hash)
    })

    it('of one organization are told nothing of another', async () => {
      await make()
      const stranger = await rekey.person({ memberships: [{ organization: 'other' }] })
      const theirs = await rekey.person({ memberships: [{ organization: 'other', role: 'super_admin' }] })
      await requestReset(rekey, stranger, theirs)
      await rekey.work()
      expect(receiver.got).to.deep.equal([])
    })

    it('that do not answer are tried again, and then have it once', async () => {
      const { id } = await make()
      receiver.answer = 503
      const sent = await api('POST', `/webhooks/${id}/test`)
      await rekey.work()
      const state = async () => (await api('GET', `/webhooks/${id}/messages`)).body.items[0]
      expect(await state()).to.include({ id: sent.body.id, state: 'waiting', lastAnswer: '503' })
      receiver.answer = 204
      // The operator is told as well, by the log.
      expect(rekey.logged.splice(0).map((line) => JSON.parse(line).error)).to.deep.equal([
        'WebhookRefused 503',
      ])
      rekey.advance(10_000)
      await rekey.work()
      expect(await state()).to.include({ state: 'taken' })
      const ids = receiver.got.map(({ headers }) => headers['webhook-id'])
      expect(ids.length).to.be.at.least(2)
      expect(new Set(ids).size).to.equal(1)
      const tries = receiver.got.length
      await rekey.work()
      expect(receiver.got).to.have.length(tries)
    })

    it('are sent a message again when asked, under the same id', async () => {
      const { id } = await make()
      const { body } = await api('POST', `/webhooks/${id}/test`)
      await rekey.work()
      expect((await api('POST', `/webhooks/${id}/messages/${body.id}/replay`)).status).to.equal(202)
      await rekey.work()
      expect(receiver.got.map(({ headers }) => headers['webhook-id'])).to.deep.equal([body.id, body.id])
      expect((await api('POST', `/webhooks/${id}/messages/none/replay`)).status).to.equal(404)
    })

    it('never are on a private network, when made or when changed', async () => {
      for (const address of [
        'http://127.0.0.1:8080/',
        'https://10.1.2.3/',
        'http://example.com/',
        'https://[::1]/',
      ]) {
        const { status, body } = await api('POST', '/webhooks', { body: { url: address } })
        expect([status, body.reason], address).to.deep.equal([422, 'address_refused'])
      }
      const { id } = await make()
      const seen = (await api('GET', `/webhooks/${id}`)).headers.get('etag')!
      const moved = await api('PUT', `/webhooks/${id}`, {
        body: { url: 'https://169.254.169.254/latest' },
        headers: { 'if-match': seen },
      })
      expect([moved.status, moved.body.reason]).to.deep.equal([422, 'address_refused'])
    })

    it('get another key, and for a day are signed with both', async () => {
      const { id, key } = await make()
      const { body: rolled } = await api('POST', `/webhooks/${id}/roll_key`)
      await rekey.work()
      receiver.got.length = 0
      await api('POST', `/webhooks/${id}/test`)
      await rekey.work()
      const [both] = receiver.got
      expect([isSigned(key, both!), isSigned(rolled.key, both!)]).to.deep.equal([true, true])
      rekey.advance(86_400_000)
      token = await programToken(rekey, 'acme-program')
      await api('POST', `/webhooks/${id}/test`)
      await rekey.work()
      const last = receiver.got.at(-1)!
      expect([isSigned(key, last), isSigned(rolled.key, last)]).to.deep.equal([false, true])
    })

    it('of one organization are nobody else’s to see or change', async () => {
      const { id } = await make()
      token = await programToken(rekey, 'other-program')
      expect((await api('GET', '/webhooks')).body.items).to.deep.equal([])
      expect((await api('GET', '/webhooks?organization=acme')).status).to.equal(404)
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/roll_key'],
        ['POST', '/test'],
        ['GET', '/messages'],
      ] as const)
        expect((await api(method, `/webhooks/${id}${path}`)).status, path).to.equal(404)
      const made = await api('POST', '/webhooks', { body: { url: url(), organization: 'acme' } })
      expect(made.status).to.equal(404)
      token = await programToken(rekey, 'acme-program')
    })

    it('keep their keys sealed in the store', async () => {
      const { key } = await make()
      expect(await rekey.dump()).not.to.contain(key.slice('whsec_'.length))
    })
  },
  {
    clients: [
      apiClient('acme-program', scope, { organization: 'acme' }),
      apiClient('other-program', scope, { organization: 'other' }),
    ],
  },
)
