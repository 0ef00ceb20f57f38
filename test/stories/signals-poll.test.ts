import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { createArrivals } from '../../effects/arrivals.ts'
import { Receiver, receiverClient, setStatus, subOf, typesOf } from '../support/receiver.ts'
import { startRekey } from '../support/rekey.ts'
import { story } from '../support/story.ts'

story(
  'Polled security events',
  (rekey) => {
    const receiver = new Receiver('receiver')
    const other = new Receiver('other')
    let stream: string
    /** Two events about somebody new. */
    const happen = async () => {
      const person = await rekey.person()
      await setStatus(rekey, person, 'deactivated')
      return person
    }

    before(async () => {
      for (const one of [receiver, other]) (await one.listen()).attach(rekey)
    })
    beforeEach(async () => {
      await receiver.reset()
      stream = await receiver.stream({ delivery: receiver.poll })
    })
    after(async () => {
      for (const one of [receiver, other]) await one.stop()
    })

    it('come with their ids, oldest first, and again until they are acknowledged', async () => {
      const person = await happen()
      const first = await receiver.polled(stream)
      expect(typesOf(first.events)).to.deep.equal(['account-disabled', 'session-revoked'])
      expect(first.events.map(subOf)).to.deep.equal([person.id, person.id])
      expect((await receiver.polled(stream)).jtis).to.deep.equal(first.jtis)
      const rest = await receiver.polled(stream, { returnImmediately: true, ack: [first.jtis[0]] })
      expect(rest.jtis).to.deep.equal([first.jtis[1]])
      expect((await receiver.polled(stream, { returnImmediately: true, ack: rest.jtis })).jtis).to.deep.equal(
        [],
      )
    })

    it('come in parts, and it is said that there are more', async () => {
      await happen()
      await happen()
      const seen: string[] = []
      for (const [maxEvents, come, more] of [
        [1, 1, true],
        [2, 2, true],
        [2, 1, false],
      ] as const) {
        const part = await receiver.polled(stream, {
          returnImmediately: true,
          maxEvents,
          ack: seen.slice(-2),
        })
        expect([part.jtis.length, part.more]).to.deep.equal([come, more])
        seen.push(...part.jtis)
      }
      expect(new Set(seen).size).to.equal(4)
    })

    it('are acknowledged without asking for others', async () => {
      await happen()
      const { jtis } = await receiver.polled(stream)
      const answer = await receiver.call('POST', `/ssf/poll/${stream}`, { maxEvents: 0, ack: jtis })
      expect(answer.body).to.deep.equal({ sets: {} })
      expect((await receiver.polled(stream)).events).to.deep.equal([])
    })

    it('that the receiver rejects do not come again', async () => {
      await happen()
      const [bad] = (await receiver.polled(stream)).jtis
      const setErrs = {
        [bad!]: { err: 'authentication_failed', description: 'The SET could not be authenticated' },
      }
      const { jtis } = await receiver.polled(stream, { returnImmediately: true, setErrs })
      expect(jtis).to.not.include(bad)
      const kept = await rekey.store.signals.get(bad!)
      expect(kept!.refused).to.equal('authentication_failed: The SET could not be authenticated')
      expect(rekey.logged.splice(0).join()).to.include('a receiver refused a security event')
    })

    it('of another stream are not acknowledged', async () => {
      await other.reset()
      const theirs = await other.stream({ delivery: other.poll })
      await happen()
      const { jtis } = await other.polled(theirs)
      await receiver.polled(stream, {
        returnImmediately: true,
        ack: jtis,
        setErrs: { [jtis[0]!]: { err: 'x' } },
      })
      expect((await other.polled(theirs)).jtis).to.deep.equal(jtis)
      await other.reset()
    })

    it('end a poll that waits for them', async () => {
      const waiting = receiver.polled(stream, {})
      expect(await Promise.race([waiting, sleep(300, 'still waiting')])).to.equal('still waiting')
      const person = await happen()
      const { events } = (await waiting) as Awaited<typeof waiting>
      expect(events.map(subOf)).to.include(person.id)
    })

    it('end a poll that waits for them at another process', async () => {
      const waiting = receiver.polled(stream, {})
      await sleep(200)
      // Straight into the store, as another process would.
      const claims = JSON.stringify({
        iss: rekey.issuer,
        jti: 'from-elsewhere',
        iat: 1,
        aud: 'receiver',
        sub_id: { format: 'opaque', id: stream },
        events: { 'https://example.com/event': {} },
      })
      await rekey.store.signals.insert({
        id: 'from-elsewhere',
        stream,
        waiting: stream,
        sequence: 1,
        claims,
        createdAt: rekey.now(),
        expiresAt: rekey.now() + 60_000,
      })
      expect((await waiting).jtis).to.deep.equal(['from-elsewhere'])
      await rekey.store.signals.remove('from-elsewhere')
    })

    it('that do not come end a poll after a while', async () => {
      const started = Date.now()
      expect((await receiver.polled(stream, {})).events).to.deep.equal([])
      expect(Date.now() - started).to.be.within(2_000, 5_000)
    })

    it('end a poll when the stream is deleted meanwhile', async () => {
      const waiting = receiver.polled(stream, {})
      await sleep(200)
      await receiver.call('DELETE', `/ssf/stream?stream_id=${stream}`)
      expect((await Promise.race([waiting, sleep(1_000)]))?.events).to.deep.equal([])
    })

    it('are refused to a poll that is not as it should be', async () => {
      for (const body of [{ maxEvents: -1 }, { maxEvents: 'all' }, { ack: 'x' }, { setErrs: [] }, '{', []])
        expect((await receiver.call('POST', `/ssf/poll/${stream}`, body)).status).to.equal(400)
    })

    it('are not answered for ever to someone who has gone', async () => {
      const token = await receiver.token()
      const left = new AbortController()
      const gone = fetch(`${rekey.issuer}/ssf/poll/${stream}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
        signal: left.signal,
      }).catch((error: Error) => error.name)
      await sleep(200)
      left.abort()
      expect(await gone).to.equal('AbortError')
      await happen()
      expect((await receiver.polled(stream)).events).to.have.lengthOf(2)
    })

    it('survive a process that stops, and wait at the next one', async () => {
      await happen()
      const second = await startRekey(rekey.store, {
        keys: rekey.app.services.config.keys,
        clients: [receiverClient('receiver')],
        clock: { offset: rekey.now() - Date.now() },
      })
      receiver.attach(second)
      try {
        expect(typesOf((await receiver.polled(stream)).events)).to.deep.equal([
          'account-disabled',
          'session-revoked',
        ])
      } finally {
        receiver.attach(rekey)
        await second.stop()
      }
    })
  },
  {
    clients: [receiverClient('receiver'), receiverClient('other')],
    config: { signals: { pollSeconds: 2 } },
  },
)

describe('Who waits for an arrival', () => {
  const never = new AbortController().signal

  it('is told at once, and nobody at another stream is', async () => {
    const arrivals = createArrivals()
    const here = arrivals.next('a', 60_000, never)
    const there = arrivals.next('b', 200, never)
    arrivals.tell('a')
    expect(await Promise.race([here.then(() => 'here'), there.then(() => 'there')])).to.equal('here')
    expect(await here).to.equal(true)
    await there
  })

  it('stops waiting when it has gone, or when the process stops', async () => {
    const arrivals = createArrivals()
    const left = new AbortController()
    const waiting = arrivals.next('a', 60_000, left.signal)
    left.abort()
    expect(await waiting).to.equal(false)
    const other = arrivals.next('a', 60_000, never)
    arrivals.close()
    expect(await other).to.equal(false)
    expect(await arrivals.next('a', 60_000, never)).to.equal(false)
  })
})
