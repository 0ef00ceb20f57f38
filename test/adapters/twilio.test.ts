import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import type { Delivery, Message } from '../../adapters/delivery/delivery.ts'
import { createTwilioDelivery } from '../../adapters/delivery/twilio/delivery.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { deliveryRoutes } from '../../interactions/http/carriers.ts'
import { sendingId } from '../../rules/sending.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { listen, Twilio } from '../support/twilio.ts'

const number = '+819012345678'
const minute = 60_000

describeEachEngine('Delivery by Twilio', (engine) => {
  let opened: Opened
  let twilio: Twilio
  let delivery: Delivery
  let issuer: string
  let now = Date.now()
  const ring = createKeyRing([{ id: 'test', key: randomBytes(32).toString('base64url') }])
  const server = createServer()

  before(async () => {
    opened = await engine.open(() => now)
    twilio = await new Twilio().listen()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    issuer = `http://localhost:${(server.address() as AddressInfo).port}`
    const { store } = opened
    delivery = createTwilioDelivery({ settings: twilio.settings, issuer, store, ring, clock: () => now })
    const koa = new Koa()
    koa.use(deliveryRoutes(delivery).routes() as never)
    koa.silent = true
    server.on('request', koa.callback())
  })
  after(async () => {
    server.close()
    server.closeAllConnections()
    await delivery.close()
    await twilio.stop()
    await opened.dispose()
  })

  const text = (given: Partial<Message> = {}): Message => ({
    id: `phone_code:${randomUUID()}`,
    channel: 'sms',
    to: number,
    subject: '',
    text: '481532 is your code',
    links: [],
    expiresAt: now + 10 * minute,
    ...given,
  })
  const call = (given: Partial<Message> = {}): Message => ({
    ...text(),
    channel: 'voice',
    speech: {
      locale: 'ja',
      ask: '4、7 を押してください',
      keys: '47',
      again: 'もう一度 4、7 を押してください',
      say: 'コードは 4、8、1、5、3、2 です',
    },
    ...given,
  })
  const last = () => twilio.requests.at(-1)!
  const sending = async ({ id }: Message) => opened.store.sendings.get(sendingId(id))
  const status = ({ id }: Message) => `${issuer}/delivery/twilio/status/${sendingId(id)}`
  const voice = ({ id }: Message) => `${issuer}/delivery/twilio/voice/${sendingId(id)}`
  const basic = () => `Basic ${Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64')}`

  describe('a text', () => {
    it('is one request with everything that Twilio wants, and nothing else', async () => {
      const message = text()
      await delivery.send(message)
      const { method, path, headers, fields } = last()
      expect([method, path]).to.deep.equal([
        'POST',
        `/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`,
      ])
      expect(headers.authorization).to.equal(basic())
      expect(headers['content-type']).to.match(/^application\/x-www-form-urlencoded/)
      expect(fields).to.deep.equal({
        To: number,
        From: twilio.from,
        Body: '481532 is your code',
        ValidityPeriod: '600',
        StatusCallback: status(message),
      })
    })

    it('comes from the messaging service where there is one', async () => {
      const settings = { ...twilio.settings, messagingServiceSid: `MG${randomBytes(16).toString('hex')}` }
      const { store } = opened
      const other = createTwilioDelivery({ settings, issuer, store, ring, clock: () => now })
      await other.send(text())
      expect(last().fields).to.include({ MessagingServiceSid: settings.messagingServiceSid })
      expect(last().fields).to.not.have.property('From')
    })

    it('can not be delivered when Twilio says that the request is wrong, and the error holds neither number nor code', async () => {
      twilio.answers = [{ status: 400, body: { code: 21_211, message: `'To' ${number} is not valid` } }]
      const error = await failure(delivery.send(text()))
      expect(error).to.include({ name: 'Undeliverable', code: '21211' })
      expectNoSecrets(error)
    })

    for (const [code, answer] of [
      ['20003', { status: 401, body: { code: 20_003, message: 'Authenticate' } }],
      ['20429', { status: 429, body: { code: 20_429, message: 'Too many requests' } }],
      ['503', { status: 503, body: { message: number } }],
    ] as const) {
      it(`may be tried again after ${code}`, async () => {
        twilio.answers = [answer]
        const error = await failure(delivery.send(text()))
        expect(error).to.include({ name: 'NotSent', code })
        expectNoSecrets(error)
      })
    }

    it('may be tried again when nobody is there', async () => {
      const settings = { ...twilio.settings, baseUrl: 'http://127.0.0.1:1' }
      const { store } = opened
      const other = createTwilioDelivery({ settings, issuer, store, ring, clock: () => now })
      const error = await failure(other.send(text()))
      expect(error).to.include({ name: 'NotSent', code: 'ECONNREFUSED' })
      expectNoSecrets(error)
    })
  })

  describe('a call', () => {
    it('asks for keys, in the person’s language, and has nothing of the code in it', async () => {
      const message = call()
      await delivery.send(message)
      const { method, path, headers, fields } = last()
      expect([method, path]).to.deep.equal(['POST', `/2010-04-01/Accounts/${twilio.accountSid}/Calls.json`])
      expect(headers.authorization).to.equal(basic())
      const { Twiml = '', ...others } = fields
      expect(others).to.deep.equal({
        To: number,
        From: twilio.from,
        Timeout: '25',
        TimeLimit: '120',
        StatusCallback: status(message),
      })
      expect(listen(Twiml)).to.deep.equal({
        language: 'ja-JP',
        said: Array(3).fill('4、7 を押してください'),
        action: voice(message),
        digits: 2,
        verbs: ['gather', 'hangup'],
      })
      expect(Twiml).to.not.match(/4.?8.?1.?5.?3.?2/)
      expect(JSON.stringify(await sending(message))).to.not.match(/4.?8.?1.?5.?3.?2/)
    })

    it('says the code twice once the keys are pressed, and hangs up', async () => {
      const message = call()
      await delivery.send(message)
      const { status, xml } = await twilio.tell(voice(message), { Digits: '47', CallSid: 'CA1' })
      expect(status).to.equal(200)
      expect(listen(xml)).to.deep.equal({
        language: 'ja-JP',
        said: Array(2).fill('コードは 4、8、1、5、3、2 です'),
        verbs: ['say', 'hangup'],
      })
    })

    it('says the code once: the same signed request again is refused', async () => {
      const message = call()
      await delivery.send(message)
      const replies = await Promise.all(
        Array.from({ length: 4 }, () => twilio.tell(voice(message), { Digits: '47' })),
      )
      expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 410, 410, 410])
      expect(replies.filter(({ xml }) => xml.includes('コードは'))).to.have.length(1)
      expect(await twilio.tell(voice(message), { Digits: '47' })).to.deep.equal({ status: 410, xml: '' })
    })

    it('asks again after other keys, and gives up after three', async () => {
      const message = call()
      await delivery.send(message)
      for (const _ of [1, 2]) {
        const { xml } = await twilio.tell(voice(message), { Digits: '11' })
        expect(listen(xml)).to.include({ action: voice(message) })
        expect(listen(xml).said[0]).to.match(/^もう一度/)
      }
      expect((await twilio.tell(voice(message), { Digits: '11' })).status).to.equal(410)
      expect((await twilio.tell(voice(message), { Digits: '47' })).status).to.equal(410)
      expect(await sending(message)).to.include({ state: 'failed', reason: 'wrong_keys' })
    })

    it('that nobody listened to failed, though it was completed', async () => {
      const message = call()
      await delivery.send(message)
      await twilio.tell(status(message), { CallStatus: 'completed' })
      expect(await sending(message)).to.include({ state: 'failed', reason: 'not_heard' })
      expect((await twilio.tell(voice(message), { Digits: '47' })).status).to.equal(410)
    })

    it('keeps its code no longer than the code is good for', async () => {
      const message = call()
      await delivery.send(message)
      now += 10 * minute
      expect((await twilio.tell(voice(message), { Digits: '47' })).status).to.equal(410)
    })

    it('is made again after a crash in between, and says its code then', async () => {
      const message = call()
      await delivery.send(message)
      await delivery.send(message)
      const { xml } = await twilio.tell(voice(message), { Digits: '47' })
      expect(listen(xml).said).to.have.length(2)
    })
  })

  describe('what came of it', () => {
    it('is known once Twilio says so; the first final word stands', async () => {
      const message = text()
      await delivery.send(message)
      for (const [said, known] of [
        ['sent', 'sent'],
        ['undelivered', 'failed'],
        ['delivered', 'failed'],
      ] as const) {
        const fields = {
          MessageSid: 'SM1',
          MessageStatus: said,
          ...(said === 'undelivered' ? { ErrorCode: '30005' } : {}),
        }
        expect((await twilio.tell(status(message), fields)).status).to.equal(204)
        expect((await sending(message))!.state).to.equal(known)
      }
      expect((await sending(message))!.reason).to.equal('30005')
    })

    for (const [said, reason] of [
      ['busy', 'busy'],
      ['no-answer', 'no-answer'],
      ['failed', 'failed'],
    ] as const) {
      it(`is a failure of a call that was ${said}`, async () => {
        const message = call()
        await delivery.send(message)
        await twilio.tell(status(message), { CallStatus: said })
        const { state, reason: known, speech } = (await sending(message))!
        expect([state, known, speech]).to.deep.equal(['failed', reason, undefined])
      })
    }
  })

  describe('a forged callback', () => {
    it('is refused, changes nothing and hears nothing', async () => {
      const message = call()
      await delivery.send(message)
      const before = await sending(message)
      const told = { CallStatus: 'failed' }
      const keys = { Digits: '47' }
      const elsewhere = voice(message).replace('localhost', 'rekey.example')
      for (const [url, fields, signature] of [
        [status(message), told, ''],
        [status(message), told, twilio.sign(status(message), told, 'another token')],
        [status(message), { ...told, More: 'x' }, twilio.sign(status(message), told)],
        [voice(message), keys, ''],
        [voice(message), keys, twilio.sign(voice(message), { Digits: '11' })],
        [voice(message), keys, twilio.sign(status(message), keys)],
        [voice(message), keys, twilio.sign(elsewhere, keys)],
        [voice(message), keys, twilio.sign(voice(call()), keys)],
      ] as const) {
        expect(await twilio.tell(url, fields, signature)).to.deep.equal({ status: 403, xml: '' })
      }
      expect(await sending(message)).to.deep.equal(before)
    })

    it('is not believed for coming to the host that it was signed for', async () => {
      const message = call()
      await delivery.send(message)
      const url = voice(message).replace('localhost', '127.0.0.1')
      expect((await twilio.tell(url, { Digits: '47' })).status).to.equal(403)
    })

    it('about something that does not exist is told nothing', async () => {
      const unknown = voice(call())
      expect((await twilio.tell(unknown, { Digits: '47' })).status).to.equal(410)
      expect((await twilio.tell(`${unknown}x`, {})).status).to.equal(404)
      expect((await twilio.tell(unknown.replace('voice', 'other'), {})).status).to.equal(404)
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

  function expectNoSecrets(error: Error): void {
    const everything = JSON.stringify(error, Object.getOwnPropertyNames(error))
    expect(everything).to.not.include('481532')
    expect(everything).to.not.include('9012345678')
    expect(everything).to.not.include(twilio.authToken)
  }
})
