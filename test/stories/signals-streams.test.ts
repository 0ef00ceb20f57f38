import { expect } from 'chai'
import { eventsSupported, eventTypes } from '../../rules/signals.ts'
import { pollMethod, pushMethod } from '../../rules/stream.ts'
import { everyWay, Receiver, receiverClient, setStatus } from '../support/receiver.ts'
import { story } from '../support/story.ts'

story(
  'Streams of security events',
  (rekey) => {
    const receiver = new Receiver('receiver')

    before(async () => {
      for (const one of [receiver]) (await one.listen()).attach(rekey)
    })
    beforeEach(() => receiver.reset())
    after(async () => {
      for (const one of [receiver]) await one.stop()
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
  },
  { clients: [receiverClient('receiver')] },
)
