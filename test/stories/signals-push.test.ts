import { expect } from 'chai'
import { verdictOf } from '../../provider/signals/push.ts'
import { eventIn, Receiver, receiverClient, setStatus, subOf, typesOf } from '../support/receiver.ts'
import { type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

const keys = [{ id: 'test', key: Buffer.alloc(32, 7).toString('base64url') }]
const options = { keys, clients: [receiverClient('receiver')] }

describeEachEngine('Pushed security events', (engine) => {
  let opened: Opened
  let rekey: Rekey
  let receiver: Receiver
  const clock = { offset: 0 }

  const start = async () => {
    rekey = await startRekey(opened.store, { ...options, clock })
    receiver.attach(rekey)
  }
  /** Time enough for the next try. */
  const later = async (milliseconds = 3_600_000) => {
    rekey.advance(milliseconds)
    await rekey.work()
  }

  before(async () => {
    opened = await engine.open(() => Date.now() + clock.offset)
    receiver = await new Receiver('receiver').listen()
    await start()
  })
  beforeEach(() => receiver.reset())
  after(async () => {
    await receiver.stop()
    await rekey.stop()
    await opened.dispose()
  })

  it('come as RFC 8935 says, one token each', async () => {
    const authorization_header = 'Bearer of the receiver'
    await receiver.stream({ delivery: { ...receiver.push, authorization_header } })
    const person = await rekey.person()
    await setStatus(rekey, person, 'deactivated')
    const [disabled, revoked] = await receiver.received(2)
    for (const { headers, body } of receiver.pushed) {
      expect(headers['content-type']).to.equal('application/secevent+jwt')
      expect(headers.accept).to.equal('application/json')
      expect(headers.authorization).to.equal(authorization_header)
      expect(body.split('.')).to.have.lengthOf(3)
    }
    expect(typesOf([disabled!, revoked!])).to.deep.equal(['account-disabled', 'session-revoked'])
    expect(disabled!.txn).to.be.a('string').and.equal(revoked!.txn)
    expect(disabled!.jti).to.not.equal(revoked!.jti)
    expect(disabled!.sub_id).to.deep.equal({ format: 'iss_sub', iss: rekey.issuer, sub: person.id })
    expect(disabled!.iat).to.be.closeTo(rekey.now() / 1000, 5)
  })

  it('bring only what was asked for', async () => {
    const [type] = ['https://schemas.openid.net/secevent/caep/event-type/session-revoked']
    await receiver.stream({ delivery: receiver.push, events_requested: [type] })
    const person = await rekey.person()
    await setStatus(rekey, person, 'deactivated')
    await setStatus(rekey, person, 'active')
    await rekey.work()
    expect(typesOf(receiver.events)).to.deep.equal(['session-revoked'])
  })

  it('come in order for each person, however many happen at once', async () => {
    await receiver.stream()
    const people = await Promise.all([1, 2, 3, 4, 5].map(() => rekey.person()))
    await Promise.all(
      people.map(async (person) => {
        for (const status of ['deactivated', 'active', 'deactivated'] as const)
          await setStatus(rekey, person, status)
      }),
    )
    await rekey.work()
    await receiver.received(25)
    for (const person of people) {
      const about = receiver.events.filter((event) => subOf(event) === person.id)
      expect(typesOf(about)).to.deep.equal([
        'account-disabled',
        'session-revoked',
        'account-enabled',
        'account-disabled',
        'session-revoked',
      ])
    }
  })

  it('wait for a receiver that is away, and come in order when it is back', async () => {
    await receiver.stream()
    const { port } = receiver
    await receiver.stop()
    const person = await rekey.person()
    await setStatus(rekey, person, 'deactivated')
    await rekey.work()
    await setStatus(rekey, person, 'active')
    await later()
    expect(receiver.events).to.deep.equal([])
    expect(rekey.logged.join()).to.include('not delivered')
    const back = await new Receiver('receiver').listen(port)
    back.attach(rekey)
    await later()
    expect(typesOf(back.events)).to.deep.equal(['account-disabled', 'session-revoked', 'account-enabled'])
    await receiver.stop()
    receiver = back
  })

  it('are tried again after an answer that may get better, and wait for each other', async () => {
    await receiver.stream()
    receiver.answers = [{ status: 503 }, { status: 429 }, { status: 401 }, { status: 404 }]
    await setStatus(rekey, await rekey.person(), 'deactivated')
    for (let tries = 0; tries < 5; tries += 1) await later()
    expect(typesOf(receiver.events)).to.deep.equal(['account-disabled', 'session-revoked'])
    expect(receiver.pushed).to.have.lengthOf(6)
    const [first] = receiver.pushed
    for (const { body } of receiver.pushed.slice(0, 5)) expect(idOf(body)).to.equal(idOf(first!.body))
  })

  it('are not tried again when the receiver will never take them, and the next ones come', async () => {
    const id = await receiver.stream()
    const description = 'No such thing'
    receiver.answers = [{ status: 400, body: { err: 'invalid_request', description } }]
    await setStatus(rekey, await rekey.person(), 'deactivated')
    await rekey.work()
    await later()
    expect(receiver.pushed).to.have.lengthOf(2)
    expect(typesOf(receiver.events)).to.deep.equal(['session-revoked'])
    const [refused] = await rekey.store.signals.find('stream', id)
    expect(refused!.refused).to.equal('invalid_request: No such thing')
  })

  it('get five chances with a receiver that doubts their key', async () => {
    await receiver.stream({
      delivery: receiver.push,
      events_requested: ['https://schemas.openid.net/secevent/risc/event-type/account-disabled'],
    })
    receiver.answers = Array.from({ length: 9 }, () => ({ status: 400, body: { err: 'invalid_key' } }))
    await setStatus(rekey, await rekey.person(), 'deactivated')
    for (let tries = 0; tries < 8; tries += 1) await later()
    expect(receiver.pushed).to.have.lengthOf(5)
  })

  it('are judged by their answer', () => {
    const taken = { outcome: 'taken' }
    for (const status of [200, 202, 204]) expect(verdictOf(status, '', 0)).to.deep.equal(taken)
    for (const status of [301, 307, 401, 403, 404, 429, 500, 503])
      expect(verdictOf(status, '', 99)).to.deep.equal({ outcome: 'later', code: String(status) })
    for (const err of [
      'invalid_request',
      'invalid_issuer',
      'invalid_audience',
      'access_denied',
      'invalid_state',
    ])
      expect(verdictOf(400, JSON.stringify({ err }), 0)).to.deep.equal({ outcome: 'refused', why: err })
    for (const body of ['', 'no JSON', '{}', '{"err":7}', '{"err":"authentication_failed"}']) {
      expect(verdictOf(400, body, 0).outcome, body).to.equal('later')
      expect(verdictOf(400, body, 4).outcome, body).to.equal('refused')
    }
  })

  it('are not sent on by a redirect', async () => {
    await receiver.stream()
    receiver.answers = [{ status: 307, headers: { location: `${receiver.url}/elsewhere` } }]
    await setStatus(rekey, await rekey.person(), 'deactivated')
    await rekey.work()
    expect(receiver.pushed).to.have.lengthOf(1)
    await later()
    expect(receiver.events).to.have.lengthOf(2)
  })

  it('are held while the stream is paused, and come in order before what happens then', async () => {
    const id = await receiver.stream()
    const become = (status: string) => receiver.call('POST', '/ssf/status', { stream_id: id, status })
    const person = await rekey.person()
    await become('paused')
    await setStatus(rekey, person, 'deactivated')
    await later()
    expect(receiver.pushed).to.deep.equal([])
    await become('enabled')
    await setStatus(rekey, person, 'active')
    await rekey.work()
    expect(typesOf(receiver.events)).to.deep.equal(['account-disabled', 'session-revoked', 'account-enabled'])
  })

  it('go on when a polled stream becomes a pushed one', async () => {
    const id = await receiver.stream({ delivery: receiver.poll })
    await setStatus(rekey, await rekey.person(), 'deactivated')
    expect((await receiver.polled(id)).events).to.have.lengthOf(2)
    await receiver.call('PATCH', '/ssf/stream', { stream_id: id, delivery: receiver.push })
    expect(typesOf(await receiver.received(2))).to.deep.equal(['account-disabled', 'session-revoked'])
    expect((await receiver.call('POST', `/ssf/poll/${id}`, {})).status).to.equal(404)
  })

  it('verify the stream, with the state that the receiver gave', async () => {
    const id = await receiver.stream()
    await receiver.call('POST', '/ssf/verification', { stream_id: id, state: 'xyz' })
    const [event] = await receiver.received(1)
    expect(eventIn(event!)).to.deep.equal({ type: 'verification', claims: { state: 'xyz' } })
  })

  it('are too old after two weeks', async () => {
    const id = await receiver.stream()
    await receiver.call('POST', '/ssf/status', { stream_id: id, status: 'paused' })
    await setStatus(rekey, await rekey.person(), 'deactivated')
    rekey.advance(15 * 86_400_000)
    await receiver.call('POST', '/ssf/status', { stream_id: id, status: 'enabled' })
    await rekey.work()
    expect(receiver.pushed).to.deep.equal([])
  })

  it('leave no secret in the log', async () => {
    const authorization_header = 'Bearer never-to-be-logged'
    await receiver.stream({ delivery: { ...receiver.push, authorization_header } })
    receiver.answers = [{ status: 500 }, { status: 400, body: { err: 'invalid_request' } }]
    await setStatus(rekey, await rekey.person(), 'deactivated')
    await later()
    await later()
    expect(rekey.logged.join()).to.include('a receiver refused a security event')
    expect(rekey.logged.join()).to.not.include('never-to-be-logged').and.not.include(receiver.url)
  })
})

const idOf = (set: string): string =>
  JSON.parse(Buffer.from(set.split('.')[1]!, 'base64url').toString('utf8')).jti
