import { expect } from 'chai'
import { signIn } from '../support/journeys.ts'
import { everyWay, Receiver, receiverClient } from '../support/receiver.ts'
import { story } from '../support/story.ts'

story(
  'Streams of security events, for those who may manage them',
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

    it('take no token for another API, or one that is bound to a key', async () => {
      const issued = async (more: object) => {
        const token = await receiver.token()
        await rekey.store.tokens.update(`ClientCredentials:${token}`, (current) => [
          { ...current!, payload: JSON.stringify({ ...JSON.parse(current!.payload), ...more }) },
          undefined,
        ])
        return token
      }
      const status = async (token: string) =>
        (await receiver.call('GET', '/ssf/stream', undefined, token)).status
      expect(await status(await issued({}))).to.equal(200)
      expect(await status(await issued({ aud: 'https://api.example' }))).to.equal(401)
      expect(await status(await issued({ jkt: 'thumbprint' }))).to.equal(401)
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
  },
  {
    clients: [
      receiverClient('receiver'),
      receiverClient('other'),
      receiverClient('reader', 'ssf.read'),
      { ...receiverClient('stranger'), scope: undefined },
    ],
  },
)
