import { expect } from 'chai'
import { eventsSupported, eventTypes } from '../../rules/signals.ts'
import { pollMethod, pushMethod } from '../../rules/stream.ts'
import { signIn } from '../support/journeys.ts'
import { eventIn, Receiver, receiverClient, setStatus, subOf, typesOf } from '../support/receiver.ts'
import { story } from '../support/story.ts'

const clients = [
  receiverClient('receiver'),
  receiverClient('other'),
  receiverClient('reader', 'ssf.read'),
  { ...receiverClient('stranger'), scope: undefined },
]

story(
  'Streams of security events',
  (rekey) => {
    const receiver = new Receiver('receiver')
    const other = new Receiver('other')
    const reader = new Receiver('reader')

    before(async () => {
      for (const one of [receiver, other, reader]) (await one.listen()).attach(rekey)
    })
    beforeEach(() => receiver.reset())
    after(async () => {
      for (const one of [receiver, other, reader]) await one.stop()
    })

    it('are announced by the transmitter, with every endpoint where it says', async () => {
      const { status, headers, body } = await receiver.call(
        'GET',
        '/.well-known/ssf-configuration',
        undefined,
        '',
      )
      expect(status).to.equal(200)
      expect(headers.get('content-type')).to.match(/^application\/json/)
      const at = (path: string) => `${rekey.issuer}${path}`
      expect(body).to.deep.equal({
        spec_version: '1_0',
        issuer: rekey.issuer,
        jwks_uri: at('/jwks'),
        delivery_methods_supported: [pushMethod, pollMethod],
        configuration_endpoint: at('/ssf/stream'),
        status_endpoint: at('/ssf/status'),
        add_subject_endpoint: at('/ssf/subjects/add'),
        remove_subject_endpoint: at('/ssf/subjects/remove'),
        verification_endpoint: at('/ssf/verification'),
        authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
        default_subjects: 'ALL',
      })
      expect(
        (await receiver.call('GET', body.jwks_uri, undefined, '')).body.keys.map(
          (key: { alg: string }) => key.alg,
        ),
      ).to.include('RS256')
    })

    it('are created with what the receiver wants, and say what it gets', async () => {
      const asked = [eventTypes.sessionRevoked, 'https://example.com/of-another-kind']
      const { status, body } = await receiver.call('POST', '/ssf/stream', {
        delivery: { ...receiver.push, authorization_header: 'Bearer of the receiver' },
        events_requested: asked,
        description: 'Our SIEM',
      })
      expect(status).to.equal(201)
      const { stream_id: id, ...said } = body
      expect(id).to.be.a('string')
      expect(said).to.deep.equal({
        iss: rekey.issuer,
        aud: 'receiver',
        events_supported: [...eventsSupported],
        events_requested: asked,
        events_delivered: [eventTypes.sessionRevoked],
        delivery: receiver.push,
        min_verification_interval: 60,
        description: 'Our SIEM',
      })
    })

    it('are polled when the receiver names no delivery', async () => {
      const { body } = await receiver.call('POST', '/ssf/stream', {})
      expect(body.delivery).to.deep.equal({
        method: pollMethod,
        endpoint_url: `${rekey.issuer}/ssf/poll/${body.stream_id}`,
      })
      expect(body.inactivity_timeout).to.equal(30 * 86_400)
      expect(body.events_delivered).to.deep.equal([...eventsSupported])
    })

    it('are one a receiver, even of two requests at once', async () => {
      const replies = await Promise.all([1, 2].map(() => receiver.call('POST', '/ssf/stream', {})))
      expect(replies.map(({ status }) => status).sort()).to.deep.equal([201, 409])
    })

    it('are read by their id, or all at once', async () => {
      expect((await receiver.call('GET', '/ssf/stream')).body).to.deep.equal([])
      const id = await receiver.stream()
      const one = await receiver.call('GET', `/ssf/stream?stream_id=${id}`)
      expect([one.status, one.body.stream_id]).to.deep.equal([200, id])
      expect((await receiver.call('GET', '/ssf/stream')).body).to.deep.equal([one.body])
    })

    it('keep what a PATCH leaves out', async () => {
      const id = await receiver.stream({ delivery: receiver.push, description: 'old', events_requested: [] })
      const { status, body } = await receiver.call('PATCH', '/ssf/stream', {
        stream_id: id,
        events_requested: [eventTypes.credentialChange],
      })
      expect(status).to.equal(200)
      expect(body).to.deep.include({
        description: 'old',
        delivery: receiver.push,
        events_delivered: [eventTypes.credentialChange],
      })
    })

    it('lose what a PUT leaves out', async () => {
      const id = await receiver.stream({ delivery: receiver.push, description: 'old', events_requested: [] })
      const { status, body } = await receiver.call('PUT', '/ssf/stream', {
        stream_id: id,
        delivery: receiver.push,
      })
      expect(status).to.equal(200)
      expect(body).to.not.have.any.keys('description', 'events_requested')
      expect(body.events_delivered).to.deep.equal([...eventsSupported])
    })

    it('take back what was read, but not with another word in what the transmitter said', async () => {
      const id = await receiver.stream()
      const { body } = await receiver.call('GET', `/ssf/stream?stream_id=${id}`)
      for (const method of ['PATCH', 'PUT'])
        expect((await receiver.call(method, '/ssf/stream', body)).status).to.equal(200)
      for (const [name, value] of [
        ['iss', 'https://elsewhere.example'],
        ['aud', 'other'],
        ['events_delivered', []],
        ['min_verification_interval', 0],
      ] as const) {
        const reply = await receiver.call('PATCH', '/ssf/stream', { ...body, [name]: value })
        expect(reply.status, name).to.equal(400)
      }
    })

    it('keep the header of pushes secret, and keep it while the address stays', async () => {
      const authorization_header = 'Bearer of the receiver'
      const id = await receiver.stream({ delivery: { ...receiver.push, authorization_header } })
      expect(await rekey.dump()).to.not.include(authorization_header)
      const { body } = await receiver.call('GET', `/ssf/stream?stream_id=${id}`)
      await receiver.call('PUT', '/ssf/stream', body)
      await receiver.call('POST', '/ssf/verification', { stream_id: id })
      const [first] = await receiver.seen(1)
      expect(first!.headers.authorization).to.equal(authorization_header)
      const bare = { ...body, delivery: { ...receiver.push, authorization_header: '' } }
      await receiver.call('PUT', '/ssf/stream', bare)
      rekey.advance(61_000)
      await receiver.call('POST', '/ssf/verification', { stream_id: id })
      expect((await receiver.seen(2))[1]!.headers.authorization).to.equal(undefined)
    })

    it('are deleted with all that waits on them', async () => {
      const id = await receiver.stream({ delivery: receiver.poll })
      await setStatus(rekey, await rekey.person(), 'deactivated')
      const { status, body } = await receiver.call('DELETE', `/ssf/stream?stream_id=${id}`)
      expect([status, body]).to.deep.equal([204, ''])
      expect(await rekey.store.signals.find('stream', id)).to.deep.equal([])
      for (const [method, path, sent] of everyWay(id))
        expect((await receiver.call(method, path, sent)).status, `${method} ${path}`).to.equal(404)
    })

    it('of another receiver do not exist', async () => {
      const id = await receiver.stream()
      for (const [method, path, sent] of everyWay(id))
        expect((await other.call(method, path, sent)).status, `${method} ${path}`).to.equal(404)
      expect((await receiver.call('GET', `/ssf/stream?stream_id=${id}`)).status).to.equal(200)
      expect((await other.call('GET', '/ssf/stream')).body).to.deep.equal([])
    })

    it('need an access token, and take no other', async () => {
      const id = await receiver.stream()
      const token = await receiver.token()
      const person = await rekey.person()
      const { tokens } = await rekey.rp.finish(await signIn(rekey, person, { scope: 'openid ssf.manage' }))
      for (const [method, path, sent] of everyWay(id)) {
        const none = await receiver.call(method, path, sent, '')
        expect([none.status, none.headers.get('www-authenticate')], path).to.deep.equal([401, 'Bearer'])
        for (const forged of ['x', `${token}x`, tokens.access_token]) {
          const reply = await receiver.call(method, path, sent, forged)
          expect([reply.status, reply.headers.get('www-authenticate')], path).to.deep.equal([
            401,
            'Bearer error="invalid_token"',
          ])
        }
      }
      const inQuery = await receiver.call('GET', `/ssf/stream?access_token=${token}`, undefined, '')
      expect(inQuery.status).to.equal(401)
    })

    it('take no token that is too old, or was revoked', async () => {
      const token = await receiver.token()
      expect((await receiver.call('GET', '/ssf/stream', undefined, token)).status).to.equal(200)
      const revoked = await receiver.token()
      const { client_id, client_secret } = receiverClient('receiver')
      await fetch(`${rekey.issuer}/token/revocation`, {
        method: 'POST',
        body: new URLSearchParams({ token: revoked }),
        headers: {
          authorization: `Basic ${Buffer.from(`${client_id}:${encodeURIComponent(client_secret)}`).toString('base64')}`,
        },
      })
      expect((await receiver.call('GET', '/ssf/stream', undefined, revoked)).status).to.equal(401)
      rekey.advance(601_000)
      expect((await receiver.call('GET', '/ssf/stream', undefined, token)).status).to.equal(401)
    })

    it('are only read with ssf.read', async () => {
      const id = await receiver.stream({ delivery: receiver.poll })
      const token = await receiver.token('ssf.read')
      const reading = (method: string, path: string) => method === 'GET' || path.startsWith('/ssf/poll')
      for (const [method, path, sent] of everyWay(id)) {
        const reply = await receiver.call(method, path, sent, token)
        expect(reply.status, `${method} ${path}`).to.equal(reading(method, path) ? 200 : 403)
        if (reply.status === 403)
          expect(reply.headers.get('www-authenticate')).to.equal(
            'Bearer error="insufficient_scope", scope="ssf.manage"',
          )
      }
    })

    it('are for apps whose registration allows it, whatever their token says', async () => {
      const stranger = new Receiver('stranger').attach(rekey)
      expect((await stranger.call('GET', '/ssf/stream')).status).to.equal(403)
      const refused = await reader.token('ssf.manage').catch((error: Error) => error.message)
      expect(refused).to.equal('no token: invalid_scope')
    })

    it('refuse what is not as it should be, and say where', async () => {
      const id = await receiver.stream()
      const faulty: [method: string, path: string, body: unknown][] = [
        ['POST', '/ssf/stream', '{"delivery":'],
        ['POST', '/ssf/stream', '[]'],
        ['POST', '/ssf/stream', { delivery: { method: 'urn:example:pigeon' } }],
        ['POST', '/ssf/stream', { delivery: { method: pushMethod } }],
        ['POST', '/ssf/stream', { delivery: { ...receiver.push, authorization_header: 'a\r\nb: c' } }],
        ['POST', '/ssf/stream', { events_requested: 'all' }],
        ['PATCH', '/ssf/stream', {}],
        ['GET', '/ssf/status', undefined],
        ['POST', '/ssf/status', { stream_id: id, status: 'asleep' }],
        ['POST', '/ssf/subjects/add', { stream_id: id, subject: { format: 'email' } }],
        ['POST', '/ssf/subjects/remove', { stream_id: id, subject: { format: 'unheard-of', x: 1 } }],
        ['POST', '/ssf/verification', { stream_id: id, state: 7 }],
      ]
      for (const [method, path, body] of faulty) {
        const reply = await receiver.call(method, path, body)
        expect(reply.status, `${method} ${path} ${JSON.stringify(body)}`).to.equal(400)
        expect(reply.body).to.have.keys('err', 'description')
      }
    })

    it('are asked not to tell of someone, and asked to again', async () => {
      const id = await receiver.stream({ delivery: receiver.poll })
      const [silent, heard] = [await rekey.person(), await rekey.person()]
      const named = [
        { format: 'iss_sub', iss: rekey.issuer, sub: silent.id },
        { format: 'email', email: silent.email.toUpperCase() },
        { format: 'complex', user: { format: 'iss_sub', iss: rekey.issuer, sub: silent.id } },
        { format: 'aliases', identifiers: [{ format: 'email', email: silent.email }] },
      ]
      for (const subject of named) {
        const removed = await receiver.call('POST', '/ssf/subjects/remove', { stream_id: id, subject })
        expect([removed.status, removed.body]).to.deep.equal([204, ''])
        await setStatus(rekey, silent, 'deactivated')
        await setStatus(rekey, heard, 'deactivated')
        const { events, jtis } = await receiver.polled(id)
        expect(events.map(subOf), subject.format).to.deep.equal([heard.id, heard.id])
        const added = await receiver.call('POST', '/ssf/subjects/add', {
          stream_id: id,
          subject,
          verified: true,
        })
        expect([added.status, added.body]).to.deep.equal([200, ''])
        await setStatus(rekey, silent, 'active')
        await setStatus(rekey, heard, 'active')
        const after = await receiver.polled(id, { returnImmediately: true, ack: jtis })
        expect(after.events.map(subOf), subject.format).to.deep.equal([silent.id, heard.id])
        await receiver.polled(id, { maxEvents: 0, ack: after.jtis })
      }
    })

    it('do not tell whether anyone is known', async () => {
      const id = await receiver.stream()
      for (const subject of [
        { format: 'email', email: 'nobody@people.example' },
        { format: 'iss_sub', iss: 'https://elsewhere.example', sub: 'x' },
        { format: 'phone_number', phone_number: '+4791234567' },
      ]) {
        expect(
          (await receiver.call('POST', '/ssf/subjects/add', { stream_id: id, subject })).status,
        ).to.equal(200)
        expect(
          (await receiver.call('POST', '/ssf/subjects/remove', { stream_id: id, subject })).status,
        ).to.equal(204)
      }
    })

    it('are verified on request, but not too often', async () => {
      const id = await receiver.stream({ delivery: receiver.poll, events_requested: [] })
      const state = 'VGhpcyBpcyBhbiBleGFtcGxlIHN0YXRl'
      const first = await receiver.call('POST', '/ssf/verification', { stream_id: id, state })
      expect([first.status, first.body]).to.deep.equal([204, ''])
      const again = await receiver.call('POST', '/ssf/verification', { stream_id: id, state })
      expect(again.status).to.equal(429)
      expect(Number(again.headers.get('retry-after'))).to.be.within(1, 60)
      rekey.advance(61_000)
      expect((await receiver.call('POST', '/ssf/verification', { stream_id: id })).status).to.equal(204)
      const { events } = await receiver.polled(id)
      expect(events.map(eventIn)).to.deep.equal([
        { type: 'verification', claims: { state } },
        { type: 'verification', claims: {} },
      ])
      for (const { sub_id } of events) expect(sub_id).to.deep.equal({ format: 'opaque', id })
    })

    it('say what state they are in, and are paused, disabled and enabled', async () => {
      const id = await receiver.stream({ delivery: receiver.poll })
      const path = `/ssf/status?stream_id=${id}`
      expect((await receiver.call('GET', path)).body).to.deep.equal({ stream_id: id, status: 'enabled' })
      for (const wanted of [
        { stream_id: id, status: 'paused', reason: 'Maintenance' },
        { stream_id: id, status: 'disabled' },
        { stream_id: id, status: 'enabled' },
      ]) {
        const { status, body } = await receiver.call('POST', '/ssf/status', wanted)
        expect([status, body]).to.deep.equal([200, wanted])
        expect((await receiver.call('GET', path)).body).to.deep.equal(wanted)
      }
    })

    it('keep what happens while they are paused, and drop it while they are disabled', async () => {
      const id = await receiver.stream({ delivery: receiver.poll })
      const person = await rekey.person()
      const become = (status: string) => receiver.call('POST', '/ssf/status', { stream_id: id, status })
      await become('paused')
      await setStatus(rekey, person, 'deactivated')
      expect((await receiver.polled(id)).events).to.deep.equal([])
      await become('enabled')
      const kept = await receiver.polled(id)
      expect(typesOf(kept.events)).to.deep.equal(['account-disabled', 'session-revoked'])
      await become('disabled')
      await setStatus(rekey, person, 'active')
      await become('enabled')
      expect((await receiver.polled(id)).events).to.deep.equal([])
      await setStatus(rekey, person, 'deactivated')
      expect(typesOf((await receiver.polled(id)).events)).to.deep.equal([
        'account-disabled',
        'session-revoked',
      ])
    })

    it('are not verified while they are disabled', async () => {
      const id = await receiver.stream()
      await receiver.call('POST', '/ssf/status', { stream_id: id, status: 'disabled' })
      expect((await receiver.call('POST', '/ssf/verification', { stream_id: id })).status).to.equal(400)
    })

    it('are paused when nobody polls them, and the receiver hears of it first', async () => {
      const id = await receiver.stream({ delivery: receiver.poll })
      await setStatus(rekey, await rekey.person(), 'deactivated')
      await receiver.polled(id)
      rekey.advance(13 * 86_400_000)
      await setStatus(rekey, await rekey.person(), 'deactivated')
      rekey.advance(10 * 86_400_000)
      await rekey.work()
      expect((await receiver.call('GET', `/ssf/status?stream_id=${id}`)).body.status).to.equal('enabled')
      await receiver.polled(id)
      rekey.advance(31 * 86_400_000)
      await setStatus(rekey, await rekey.person(), 'deactivated')
      await rekey.work()
      const { events } = await receiver.polled(id)
      expect(events.map(eventIn)).to.deep.equal([
        { type: 'stream-updated', claims: { status: 'paused', reason: 'inactive' } },
      ])
      const said = (await receiver.call('GET', `/ssf/status?stream_id=${id}`)).body
      expect(said).to.deep.equal({ stream_id: id, status: 'paused', reason: 'inactive' })
      await receiver.call('POST', '/ssf/status', { stream_id: id, status: 'enabled' })
      expect(typesOf((await receiver.polled(id)).events)).to.deep.equal([
        'stream-updated',
        'account-disabled',
        'session-revoked',
      ])
    })
  },
  { clients },
)

/** Every request that names a stream. */
function everyWay(id: string): [method: string, path: string, body?: object][] {
  const subject = { format: 'email', email: 'someone@people.example' }
  return [
    ['GET', `/ssf/stream?stream_id=${id}`],
    ['GET', `/ssf/status?stream_id=${id}`],
    ['PATCH', '/ssf/stream', { stream_id: id }],
    ['PUT', '/ssf/stream', { stream_id: id }],
    ['POST', '/ssf/status', { stream_id: id, status: 'enabled' }],
    ['POST', '/ssf/subjects/add', { stream_id: id, subject }],
    ['POST', '/ssf/subjects/remove', { stream_id: id, subject }],
    ['POST', '/ssf/verification', { stream_id: id }],
    ['POST', `/ssf/poll/${id}`, { returnImmediately: true }],
    ['DELETE', `/ssf/stream?stream_id=${id}`],
  ]
}
