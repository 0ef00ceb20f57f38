import { randomBytes, randomUUID } from 'node:crypto'
import type { LookupFunction } from 'node:net'
import { expect } from 'chai'
import type { Delivery, Message } from '../../adapters/delivery/delivery.ts'
import { createWebPushDelivery } from '../../adapters/delivery/webpush/delivery.ts'
import { createGuardedFetch, endpointFault } from '../../adapters/guarded-fetch.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { type VapidKeys, vapidKeys } from '../../adapters/secrets/vapid-keys.ts'
import { PushDevice, PushService, verifyVapid } from '../support/push-service.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

const now = Date.UTC(2026, 10, 1)

describeEachEngine('Delivery by Web Push', (engine) => {
  let opened: Opened
  let service: PushService
  let keys: VapidKeys
  const ring = createKeyRing([{ id: 'test', key: randomBytes(32).toString('base64url') }])
  const device = new PushDevice()

  before(async () => {
    opened = await engine.open()
    service = await new PushService().listen()
    keys = await vapidKeys(opened.store, ring)
  })
  beforeEach(() => {
    service.pushes.length = 0
    service.answers = []
  })
  after(async () => {
    await service.stop()
    await opened.dispose()
  })

  function open(
    given: { allowed?: string[]; issuer?: string; lookup?: LookupFunction; keys?: VapidKeys } = {},
  ): Delivery {
    const { allowed = ['localhost'], issuer = 'https://id.example.com', lookup } = given
    return createWebPushDelivery({
      keys: given.keys ?? keys,
      issuer,
      fetch: createGuardedFetch({ allowed, ...(lookup === undefined ? {} : { lookup }) }),
      refuses: (endpoint) => endpointFault(endpoint, allowed),
      clock: () => now,
    })
  }

  const wakeUp = (given: Partial<Message> = {}): Message => ({
    id: `prompt:${randomUUID()}`,
    channel: 'push',
    to: `${service.origin}/push/abc`,
    subject: '',
    text: '{"wake":"up"}',
    links: [],
    expiresAt: now + 120_000,
    push: { ...device.keys, urgency: 'high', topic: 'prompt' },
    ...given,
  })

  describe('a push', () => {
    it('can be read by the device that it is for, and by no other', async () => {
      await open().send(wakeUp())
      const [push] = service.pushes
      expect(push!.path).to.equal('/push/abc')
      expect(device.read(push!)).to.equal('{"wake":"up"}')
      expect(push!.body.includes('wake')).to.equal(false)
      expect(() => new PushDevice().read(push!)).to.throw()
    })

    it('is signed for the push service, by the key that subscriptions are made with', async () => {
      await open().send(wakeUp())
      const { claims, key } = await verifyVapid(service.pushes[0]!, service.origin)
      expect(claims.sub).to.equal('https://id.example.com')
      expect(key).to.equal(keys.publicKey)
      const failed = await verifyVapid(service.pushes[0]!, 'https://push.example').catch((error) => error)
      expect(failed).to.have.property('claim', 'aud')
    })

    it('names a mailbox where the issuer is not https', async () => {
      await open({ issuer: 'http://localhost:3000' }).send(wakeUp())
      const { claims } = await verifyVapid(service.pushes[0]!, service.origin)
      expect(claims.sub).to.equal('mailto:postmaster@localhost')
    })

    it('is kept for as long as it is worth something, and says how it is to be treated', async () => {
      await open().send(wakeUp())
      await open().send(wakeUp({ expiresAt: now - 1, push: device.keys }))
      const headers = service.pushes.map(({ headers: { ttl, urgency, topic } }) => ({ ttl, urgency, topic }))
      expect(headers).to.deep.equal([
        { ttl: '120', urgency: 'high', topic: 'prompt' },
        { ttl: '0', urgency: 'normal', topic: undefined },
      ])
    })
  })

  describe('the keys', () => {
    it('stay the same, also when two processes make them at once, and are sealed', async () => {
      const other = await engine.open()
      const made = await Promise.all([1, 2, 3].map(() => vapidKeys(other.store, ring)))
      expect(new Set(made.map(({ publicKey }) => publicKey)).size).to.equal(1)
      expect(await vapidKeys(other.store, ring)).to.deep.equal(made[0])
      expect(await other.dump()).to.not.include(made[0]!.privateKey)
      await other.dispose()
    })
  })

  describe('an answer', () => {
    for (const [status, name, code] of [
      [404, 'Gone', 'gone'],
      [410, 'Gone', 'gone'],
      [400, 'Undeliverable', '400'],
      [403, 'Undeliverable', '403'],
      [413, 'Undeliverable', '413'],
      [429, 'NotSent', '429'],
      [503, 'NotSent', '503'],
    ] as const) {
      it(`of ${status} makes it ${name}`, async () => {
        service.answers = [{ status }]
        expect(await failure(open().send(wakeUp()))).to.include({ name, code })
      })
    }

    it('that leads elsewhere is not followed', async () => {
      service.answers = [{ status: 307, headers: { location: `${service.origin}/elsewhere` } }]
      expect(await failure(open().send(wakeUp()))).to.include({ name: 'Undeliverable', code: '307' })
      expect(service.pushes.map(({ path }) => path)).to.deep.equal(['/push/abc'])
    })
  })

  describe('an endpoint', () => {
    const port = () => new URL(service.origin).port
    for (const [what, endpoint] of [
      ['on this machine', () => `https://localhost:${port()}/`],
      ['on this machine by address', () => `https://127.0.0.1:${port()}/`],
      ['on this machine by IPv6', () => `https://[::1]:${port()}/`],
      ['of the cloud’s metadata', () => 'https://169.254.169.254/latest'],
      ['on a private network', () => 'https://10.0.0.7/'],
      ['without TLS', () => 'http://push.example/'],
      ['of another scheme', () => 'file:///etc/passwd'],
      ['with credentials', () => 'https://user:secret@push.example/'],
    ] as const) {
      it(`${what} is refused`, async () => {
        const error = await failure(open({ allowed: [] }).send(wakeUp({ to: endpoint() })))
        expect(error).to.include({ name: 'Undeliverable', code: 'refused_address' })
        expect(service.pushes).to.deep.equal([])
      })
    }

    it('whose name turns to a private address when it is connected to is refused', async () => {
      const lookup: LookupFunction = (_name, _options, found) =>
        found(null, [{ address: '127.0.0.1', family: 4 }])
      const to = `https://push.example:${port()}/`
      const error = await failure(open({ allowed: [], lookup }).send(wakeUp({ to })))
      expect(error).to.include({ name: 'Undeliverable', code: 'refused_address' })
      expect(service.pushes).to.deep.equal([])
    })

    it('without good keys is refused', async () => {
      for (const push of [
        undefined,
        { p256dh: 'short', auth: device.keys.auth },
        { p256dh: device.keys.p256dh, auth: 'short' },
        { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: device.keys.auth },
      ]) {
        const { push: _, ...bare } = wakeUp()
        const error = await failure(open().send(push === undefined ? bare : { ...bare, push }))
        expect(error).to.include({ name: 'Undeliverable', code: 'bad_subscription' })
      }
    })
  })

  async function failure(sending: Promise<void>): Promise<Error> {
    try {
      await sending
    } catch (error) {
      return error as Error
    }
    throw new Error('it was sent')
  }
})
