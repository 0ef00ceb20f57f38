import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Message, Undeliverable } from '../../adapters/delivery/delivery.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Outgoing } from '../../adapters/store/documents.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createOutbox, type Outbox, type OutboxOptions } from '../../effects/outbox.ts'
import type { Parcel } from '../../effects/parcel.ts'
import { createSend } from '../../effects/send.ts'
import { sendingId } from '../../rules/sending.ts'
import { times, unique } from '../conformance/subject.ts'
import { gated } from '../support/gates.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { watchedStore } from '../support/watched-store.ts'

const minute = 60_000
const hour = 60 * minute
const ring = createKeyRing([{ id: 'test', key: randomBytes(32).toString('base64url') }])

const message = (id: string, to = 'ada@example.com'): Parcel => ({
  kind: 'message',
  message: { id, channel: 'mail', to, subject: 'Hello', text: `Your code is 123456, ${id}`, links: [] },
})
const idOf = (parcel: Parcel): string => (parcel.kind === 'message' ? parcel.message.id : '')

describeEachEngine('The outbox', (engine) => {
  let opened: Opened
  let store: Store
  let now = Date.now()
  const open: Outbox[] = []
  /** Takes what is to leave, and sends nothing. */
  let resting: Outbox

  before(async () => {
    opened = await engine.open(() => now)
    store = opened.store
    resting = start().outbox
    await resting.stop()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((outbox) => outbox.stop()))
    for (const state of ['queued', 'sent', 'dead', 'dropped']) await store.outbox.removeBy('state', state)
  })
  after(() => opened.dispose())

  /** An outbox of a process of its own, and what left through it. */
  function start(deliver: OutboxOptions['deliver'] = async () => {}, over = store) {
    const delivered: string[] = []
    const told: Parameters<OutboxOptions['failed']>[0][] = []
    const outbox = createOutbox({
      store: over,
      ring,
      clock: () => now,
      deliver: async (parcel) => {
        await deliver(parcel)
        delivered.push(idOf(parcel))
      },
      failed: (outgoing) => told.push(outgoing),
    })
    open.push(outbox)
    return { outbox, delivered, told }
  }

  /** One of a process that ends while it delivers: what it has begun comes to no end. */
  function hanging() {
    const begun = Promise.withResolvers<void>()
    const outbox = createOutbox({
      store,
      ring,
      clock: () => now,
      deliver: () => {
        begun.resolve()
        return new Promise(() => {})
      },
      failed: () => {},
    })
    return { outbox, begun }
  }

  const failing = (which: (id: string) => boolean) => async (parcel: Parcel) => {
    if (which(idOf(parcel)))
      throw Object.assign(new Error(`550 no such user: ${idOf(parcel)}`), { code: 'EENVELOPE' })
  }
  const stored = async (id: string) => (await store.outbox.get(id)) as Outgoing
  const queueAll = async (outbox: Outbox, recipient: string, ids: string[]) => {
    for (const id of ids) await outbox.queue(id, recipient, message(id))
  }

  describe('delivers', () => {
    it('what was queued, and then remembers that it did but not what it was', async () => {
      const { outbox, delivered } = start()
      const id = unique('mail')
      await outbox.queue(id, 'ada', message(id))
      await outbox.drain()
      expect(delivered).to.deep.equal([id])
      const { state, tries, sealed, due, queue } = await stored(id)
      expect({ state, tries, sealed, due, queue }).to.deep.equal({
        state: 'sent',
        tries: 1,
        sealed: undefined,
        due: undefined,
        queue: undefined,
      })
    })

    it('each id once, however often and whenever it is queued', async () => {
      const { outbox, delivered } = start()
      const id = unique('mail')
      await Promise.all(times(20, () => outbox.queue(id, 'ada', message(id))))
      await outbox.drain()
      now += hour
      await outbox.queue(id, 'ada', message(id))
      await outbox.drain()
      expect(delivered).to.deep.equal([id])
    })

    it('in the order in which it was queued, for each recipient', async () => {
      const recipients = fc.array(fc.constantFrom('ada', 'bob', 'cleo'), { maxLength: 30 })
      await fc.assert(
        fc.asyncProperty(recipients, async (all) => {
          const { outbox, delivered } = start()
          const queued: { [recipient: string]: string[] } = {}
          for (const recipient of all) {
            const id = `${recipient}|${unique('mail')}`
            queued[recipient] = [...(queued[recipient] ?? []), id]
            await outbox.queue(id, recipient, message(id))
          }
          await outbox.drain()
          for (const [recipient, ids] of Object.entries(queued))
            expect(delivered.filter((id) => id.startsWith(`${recipient}|`))).to.deep.equal(ids)
        }),
        { numRuns: 10 },
      )
    })

    it('in order also when a thousand are queued in the same millisecond', async () => {
      const { outbox, delivered } = start()
      await outbox.queue('first', 'eve', message('first'))
      await Promise.all(times(996, () => outbox.queue('first', 'eve', message('first'))))
      const ids = times(4, (i) => `${i}|${unique('mail')}`)
      await queueAll(outbox, 'ada', ids)
      await outbox.drain()
      expect(delivered.filter((id) => ids.includes(id))).to.deep.equal(ids)
    })

    it('what is new without a look past all that waits for a host that hangs', async () => {
      const asked: number[] = []
      for (const waiting of [1, 150]) {
        let finds = 0
        const counted = watchedStore(store, ({ operation, id }, perform) => {
          if (operation === 'find' && id !== 'due') finds += 1
          return perform()
        })
        const app = unique('app')
        const news = unique('mail')
        const left = Promise.withResolvers<void>()
        const { outbox } = start(async (parcel) => {
          if (parcel.kind === 'logout') return new Promise(() => {})
          left.resolve()
        }, counted)
        const queue = (id: string) => outbox.queue(id, id, { kind: 'logout', client: app, account: 'ada' })
        await Promise.all(times(waiting, () => queue(unique('logout'))))
        finds = 0
        await outbox.queue(news, news, message(news))
        await left.promise
        asked.push(finds)
      }
      expect(asked).to.deep.equal([1, 1])
    })

    it('what is queued by a delivery, before it rests', async () => {
      const [one, two] = [unique('mail'), unique('mail')]
      const { outbox, delivered } = start(async (parcel) => {
        if (idOf(parcel) === one) await outbox.queue(two, 'ada', message(two))
      })
      await outbox.queue(one, 'ada', message(one))
      await outbox.drain()
      expect(delivered).to.deep.equal([one, two])
    })

    it('what is queued while it plans its next look', async () => {
      const gates = gated(store)
      const { outbox, delivered } = start(undefined, gates.store)
      const look = { collection: 'outbox', operation: 'find', id: 'due', when: 'after' } as const
      const found = gates.hold(1, look)
      const drained = outbox.drain()
      await found.reached
      const planned = gates.hold(1, look)
      found.open()
      await planned.reached
      const id = unique('mail')
      await outbox.queue(id, 'ada', message(id))
      planned.open()
      await drained
      expect(delivered).to.deep.equal([id])
    })
  })

  describe('that can not deliver', () => {
    it('tries again with growing waits, an hour at most, and gives up in the end', async () => {
      const { outbox, told } = start(failing(() => true))
      const id = unique('mail')
      await outbox.queue(id, 'ada', message(id))
      const waits: number[] = []
      for (;;) {
        await outbox.drain()
        const { state, nextAt } = await stored(id)
        if (state === 'dead') break
        waits.push(nextAt - now)
        now = nextAt - 1
        await outbox.drain()
        expect((await stored(id)).tries).to.equal(waits.length)
        now = nextAt
      }
      expect(waits.slice(0, 4)).to.deep.equal([5_000, 10_000, 20_000, 40_000])
      expect(waits).to.deep.equal(waits.toSorted((a, b) => a - b))
      expect(waits.at(-1)).to.equal(hour)
      expect(waits.reduce((sum, one) => sum + one, 0)).to.be.greaterThan(60 * hour)
      expect(told).to.have.length(waits.length + 1)
    })

    it('shows what it gave up, and why, and never what it says', async () => {
      const id = unique('mail')
      await resting.queue(id, 'ada', message(id))
      await store.outbox.update(id, (current) => [current && { ...current, tries: 79 }, undefined])
      const { outbox, told } = start(failing(() => true))
      await outbox.drain()
      const [dead] = await store.outbox.find('state', 'dead')
      expect(dead).to.include({ id, state: 'dead', tries: 80, lastError: 'Error EENVELOPE' })
      expect(dead?.sealed).to.be.a('string')
      expect(JSON.stringify([dead, told]))
        .to.not.include('123456')
        .and.to.not.include('no such user')
      now += 365 * 24 * hour
      await outbox.drain()
      expect(told).to.have.length(1)
    })

    it('goes on with the next of the recipient when it has given up one', async () => {
      const [one, two] = [unique('mail'), unique('mail')]
      await resting.queue(one, 'ada', message(one))
      await store.outbox.update(one, (current) => [current && { ...current, tries: 79 }, undefined])
      const { outbox, delivered } = start(failing((id) => id === one))
      await outbox.queue(two, 'ada', message(two))
      await outbox.drain()
      expect(delivered).to.deep.equal([two])
    })

    it('lets nothing overtake, and holds up no other recipient', async () => {
      let down = true
      const { outbox, delivered } = start(failing((id) => down && id.startsWith('ada')))
      const [ada, bob] = [times(3, () => `ada|${unique('mail')}`), times(3, () => `bob|${unique('mail')}`)]
      for (const [index, id] of ada.entries()) {
        await outbox.queue(id, 'ada', message(id))
        await outbox.queue(bob[index]!, 'bob', message(bob[index]!))
      }
      await outbox.drain()
      expect(delivered).to.deep.equal(bob)
      down = false
      await outbox.drain()
      expect(delivered).to.deep.equal(bob)
      now += 5_000
      await outbox.drain()
      expect(delivered).to.deep.equal([...bob, ...ada])
    })

    it('holds up no other recipient however many wait behind the first', async () => {
      const { outbox, delivered } = start(failing((id) => id.startsWith('app')))
      await outbox.stop()
      await queueAll(
        outbox,
        'app',
        times(80, () => `app|${unique('logout')}`),
      )
      const id = unique('mail')
      await outbox.queue(id, 'ada', message(id))
      const again = start(failing((one) => one.startsWith('app')))
      await again.outbox.drain()
      expect([...delivered, ...again.delivered]).to.deep.equal([id])
    })

    it('waits for no moment that a clock named which was ahead and was put right', async () => {
      let down = true
      const first = start(failing(() => down))
      const [tried, held, behind] = [unique('mail'), unique('mail'), unique('mail')]
      const present = now
      now += 30 * 24 * hour
      await first.outbox.queue(tried, 'ada', message(tried))
      await first.outbox.drain()
      await first.outbox.stop()
      const { outbox: dying, begun } = hanging()
      await dying.queue(held, 'bob', message(held))
      await begun.promise
      await resting.queue(behind, 'bob', message(behind))
      now = present
      down = false
      // So many wait for their moment that the others are on no page of a look.
      const many = times(40, () => unique('mail'))
      for (const id of many) {
        await resting.queue(id, id, message(id))
        await store.outbox.update(id, (current) => [
          current && { ...current, nextAt: now + minute },
          undefined,
        ])
      }
      const next = start()
      await next.outbox.drain()
      expect(next.delivered.filter((id) => !many.includes(id))).to.have.members([tried, held, behind])
    })

    it('loses nothing when the mail server is down for an hour', async () => {
      let down = true
      const { outbox, delivered } = start(failing(() => down))
      const ids: string[] = []
      for (const end = now + hour; now < end; now += 5 * minute) {
        ids.push(unique('mail'))
        await outbox.queue(ids.at(-1)!, 'ada', message(ids.at(-1)!))
        await outbox.drain()
      }
      down = false
      now += hour
      await outbox.drain()
      expect(delivered).to.deep.equal(ids)
    })
  })

  describe('that never can deliver', () => {
    it('drops it at once, says why, forgets what it says, and goes on with the next', async () => {
      const [lost, next] = [unique('text'), unique('text')]
      const { outbox, delivered, told } = start(async (parcel) => {
        if (idOf(parcel) === lost) throw new Undeliverable('21211')
      })
      await queueAll(outbox, 'ada', [lost, next])
      await outbox.drain()
      expect(delivered).to.deep.equal([next])
      const { state, tries, lastError, sealed, due, queue } = await stored(lost)
      expect([state, tries, lastError]).to.deep.equal(['dropped', 1, 'Undeliverable 21211'])
      expect([sealed, due, queue]).to.deep.equal([undefined, undefined, undefined])
      expect(told.map((one) => one.state)).to.deep.equal(['dropped'])
    })

    it('sends a code no more that waited until it was worthless', async () => {
      let down = true
      const left: string[] = []
      const carrier = {
        send: async ({ id }: Message) => {
          if (down) throw new Error('away')
          left.push(id)
        },
        close: async () => {},
      }
      const send = createSend({ delivery: carrier, store, clock: () => now, gone: async () => {} })
      const { outbox } = start(async (parcel) => {
        if (parcel.kind === 'message') await send(parcel.message)
      })
      const code = (id: string, expiresAt: number): Parcel => {
        const parcel = message(id) as Parcel & { kind: 'message' }
        return { ...parcel, message: { ...parcel.message, channel: 'sms', expiresAt } }
      }
      const [old, fresh] = [unique('code'), unique('code')]
      await outbox.queue(old, 'ada', code(old, now + 10 * minute))
      await outbox.drain()
      now += 10 * minute
      down = false
      await outbox.queue(fresh, 'ada', code(fresh, now + 10 * minute))
      await outbox.drain()
      expect(left).to.deep.equal([fresh])
      expect(await stored(old)).to.include({ state: 'dropped', lastError: 'Undeliverable expired' })
    })

    it('tells whoever waits for it why', async () => {
      const refusing = {
        send: async () => {
          throw new Undeliverable('21614')
        },
        close: async () => {},
      }
      const send = createSend({ delivery: refusing, store, clock: () => now, gone: async () => {} })
      const { message: awaited } = message(unique('code')) as Parcel & { kind: 'message' }
      const failed = await send({ ...awaited, expiresAt: now + minute }).catch((error) => error)
      expect(failed).to.be.instanceOf(Undeliverable)
      const known = await store.sendings.get(sendingId(awaited.id))
      expect(known).to.include({ state: 'failed', reason: '21614' })
    })
  })

  it('keeps what it holds sealed', async () => {
    const { outbox } = start(failing(() => true))
    const id = unique('mail')
    await outbox.queue(id, 'ada', message(id))
    await outbox.drain()
    expect(JSON.stringify(await stored(id)))
      .to.not.include('123456')
      .and.to.not.include('ada@example.com')
    expect(await opened.dump()).to.not.include(`Your code is 123456, ${id}`)
  })

  it('survives a store that fails for a moment, also when nobody waits for it', async () => {
    const failed = Promise.withResolvers<void>()
    let down = true
    const fragile = watchedStore(store, async ({ operation }, perform) => {
      if (!down || operation !== 'find') return perform()
      failed.resolve()
      throw new Error('the store is away')
    })
    const { outbox, delivered } = start(undefined, fragile)
    const id = unique('mail')
    // A rejection that nobody handles ends the process, but for mocha, which does not even mention it.
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    await outbox.queue(id, 'ada', message(id))
    await failed.promise
    await setImmediate()
    process.off('unhandledRejection', note)
    expect(unhandled).to.deep.equal([])
    const outcome = await outbox.drain().then(
      () => 'drained',
      ({ message: said }) => said,
    )
    expect(outcome).to.equal('the store is away')
    down = false
    await outbox.drain()
    expect(delivered).to.deep.equal([id])
  })

  describe('in a process that ends', () => {
    it('between queueing and delivering: another one delivers', async () => {
      const first = start()
      await first.outbox.stop()
      const ids = times(3, () => unique('mail'))
      await queueAll(first.outbox, 'ada', ids)
      expect(first.delivered).to.deep.equal([])
      const second = start()
      await second.outbox.drain()
      expect(second.delivered).to.deep.equal(ids)
    })

    it('while delivering: another one delivers it again, in order, when the lease is over', async () => {
      const { outbox: dying, begun } = hanging()
      const ids = times(3, () => unique('mail'))
      await queueAll(dying, 'ada', ids)
      await begun.promise
      const next = start()
      await next.outbox.drain()
      now += minute - 1
      await next.outbox.drain()
      expect(next.delivered).to.deep.equal([])
      now += 1_001
      await next.outbox.drain()
      expect(next.delivered).to.deep.equal(ids)
    })

    it('stops only after what it is delivering has left', async () => {
      const [begun, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const { outbox } = start(() => {
        begun.resolve()
        return answered.promise
      })
      const id = unique('mail')
      await outbox.queue(id, 'ada', message(id))
      await begun.promise
      const stopped = outbox.stop()
      answered.resolve()
      await stopped
      expect((await stored(id)).state).to.equal('sent')
    })
  })

  describe('in two processes', () => {
    it('delivers each parcel once, in order, and never two of one recipient at the same time', async () => {
      const underWay = new Set<string>()
      let overlaps = 0
      const order: string[] = []
      const deliver = async (parcel: Parcel) => {
        const recipient = idOf(parcel).split('|')[0]!
        if (underWay.has(recipient)) overlaps += 1
        underWay.add(recipient)
        // Something else gets its turn, as with a mail server that answers.
        await store.settings.get('nothing')
        underWay.delete(recipient)
        order.push(idOf(parcel))
      }
      const both = [start(deliver), start(deliver)]
      await Promise.all(both.map(({ outbox }) => outbox.stop()))
      const queued = times(24, (i) => `${['ada', 'bob', 'cleo'][i % 3]}|${unique('mail')}`)
      for (const id of queued) await both[0]!.outbox.queue(id, id.split('|')[0]!, message(id))
      const working = [start(deliver), start(deliver), start(deliver)]
      // What waits behind a parcel that another one is sending comes a second later.
      while ((await store.outbox.find('due', 'yes', { limit: 1 })).length > 0) {
        await Promise.all(working.map(({ outbox }) => outbox.drain()))
        now += 1_000
      }
      expect(overlaps).to.equal(0)
      expect(order.toSorted()).to.deep.equal(queued.toSorted())
      for (const recipient of ['ada', 'bob', 'cleo']) {
        const mine = (ids: string[]) => ids.filter((id) => id.startsWith(`${recipient}|`))
        expect(mine(order)).to.deep.equal(mine(queued))
      }
    })

    it('leaves alone what the other one has sent since it was found', async () => {
      const gates = gated(store)
      const slow = start(undefined, gates.store)
      const id = unique('mail')
      const other = start()
      await other.outbox.stop()
      await other.outbox.queue(id, 'ada', message(id))
      const gate = gates.hold(1, { collection: 'outbox', operation: 'update', id, when: 'before' })
      const drained = slow.outbox.drain()
      await gate.reached
      const quick = start()
      await quick.outbox.drain()
      const sent = await stored(id)
      gate.open()
      await drained
      expect([slow.delivered, quick.delivered]).to.deep.equal([[], [id]])
      expect(await stored(id)).to.deep.equal(sent)
    })

    it('makes nobody wait for a minute because the other one was just sending', async () => {
      const [begun, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const [one, two] = [unique('mail'), unique('mail')]
      const first = start(() => {
        begun.resolve()
        return answered.promise
      })
      await first.outbox.queue(one, 'ada', message(one))
      await begun.promise
      const second = start()
      await second.outbox.queue(two, 'ada', message(two))
      await second.outbox.drain()
      answered.resolve()
      await first.outbox.stop()
      now += 1_000
      await second.outbox.drain()
      expect(second.delivered).to.deep.equal([two])
    })

    it('does not count the failure of one that was too slow against the other', async () => {
      const [begun, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const id = unique('mail')
      const slow = start(() => {
        begun.resolve()
        return answered.promise.then(() => Promise.reject(new Error('too late')))
      })
      await slow.outbox.queue(id, 'ada', message(id))
      await begun.promise
      now += minute
      const [again, taken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const next = start(() => {
        taken.resolve()
        return again.promise
      })
      const drained = next.outbox.drain()
      await taken.promise
      answered.resolve()
      await slow.outbox.stop()
      expect(slow.told).to.deep.equal([])
      expect((await stored(id)).lease).to.not.equal(undefined)
      again.resolve()
      await drained
      expect((await stored(id)).state).to.equal('sent')
    })
  })
})
