import { expect } from 'chai'
import { subjectBudget } from '../../rules/stream.ts'
import { eventIn, Receiver, receiverClient, setStatus, subOf, typesOf } from '../support/receiver.ts'
import { story } from '../support/story.ts'
import { inOneMoment } from '../support/time.ts'

story(
  'Streams of security events, as they go on and pause',
  (rekey) => {
    const receiver = new Receiver('receiver')

    before(async () => {
      for (const one of [receiver]) (await one.listen()).attach(rekey)
    })
    beforeEach(() => receiver.reset())
    after(async () => {
      for (const one of [receiver]) await one.stop()
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

    it('take so many subjects at once, and say when more', async () => {
      const id = await receiver.stream()
      const subject = { format: 'email', email: 'nobody@people.example' }
      const change = (path: string) =>
        receiver.call('POST', `/ssf/subjects/${path}`, { stream_id: id, subject })
      const [first, second, refused] = await inOneMoment(async () => {
        const spent = { failures: subjectBudget.capacity - 2, lastAt: rekey.now() }
        await rekey.store.streams.update(id, (current) => [{ ...current!, subjectChanges: spent }, undefined])
        return [await change('add'), await change('remove'), await change('add')]
      })
      expect([first!.status, second!.status]).to.deep.equal([200, 204])
      expect([refused!.status, refused!.body.err]).to.deep.equal([429, 'too_many_requests'])
      expect(Number(refused!.headers.get('retry-after'))).to.equal(1)
      rekey.advance(60_000)
      expect((await change('add')).status).to.equal(200)
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
  { clients: [receiverClient('receiver')] },
)
