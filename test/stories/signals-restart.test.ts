import { expect } from 'chai'
import { Receiver, receiverClient, setStatus, typesOf } from '../support/receiver.ts'
import { type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

const keys = [{ id: 'test', key: Buffer.alloc(32, 7).toString('base64url') }]
const options = { keys, clients: [receiverClient('receiver')] }

describeEachEngine('Pushed security events of a process that stops', (engine) => {
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

  it('survive a process that stops right after the change', async () => {
    await receiver.stream()
    const person = await rekey.person()
    await setStatus(rekey, person, 'deactivated', { settle: false })
    expect((await rekey.store.people.get(person.id))?.effects).to.not.deep.equal([])
    await rekey.stop()
    await start()
    await later()
    expect(typesOf(await receiver.received(2))).to.deep.equal(['account-disabled', 'session-revoked'])
  })

  it('survive a process that stops between two streams, and come once', async () => {
    await receiver.stream()
    const person = await rekey.person()
    await setStatus(rekey, person, 'deactivated', { settle: false })
    const { effects } = (await rekey.store.people.get(person.id))!
    await rekey.app.services.effects.settle('people', person.id)
    await receiver.received(2)
    // As a crash leaves it that came after publishing and before the effects were struck off.
    await rekey.store.people.update(person.id, (current) => [
      { ...current!, effects, effectsDue: 'yes' },
      undefined,
    ])
    await rekey.stop()
    await start()
    await later()
    expect(receiver.events).to.have.lengthOf(2)
  })

  it('survive a process that stops with events waiting that nobody pushes', async () => {
    await receiver.stream()
    receiver.answers = [{ status: 503 }]
    await setStatus(rekey, await rekey.person(), 'deactivated')
    await receiver.seen(1)
    await rekey.stop()
    await opened.store.outbox.removeBy('state', 'queued')
    await start()
    await later()
    expect(typesOf(await receiver.received(2))).to.deep.equal(['account-disabled', 'session-revoked'])
  })
})
