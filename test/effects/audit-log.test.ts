import { expect } from 'chai'
import type { Store } from '../../adapters/store/store.ts'
import { times } from '../conformance/subject.ts'
import { gated } from '../support/gates.ts'
import { mortalStore } from '../support/mortal-store.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { watchedStore } from '../support/watched-store.ts'
import { fact, indexes, type Log, openLog } from './audit-scene.ts'

describeEachEngine('The audit log', (engine) => {
  let opened: Opened
  let store: Store
  let log: Log

  before(async () => {
    opened = await engine.open()
    store = opened.store
    log = await openLog(store)
  })
  afterEach(() => log.empty())
  after(() => opened.dispose())

  it('says who did what to whom and when, each entry chained to the one before', async () => {
    await log.write(3)
    const all = await log.entries()
    const said = all.map(({ event, actor, subject, detail, at }) => ({ event, actor, subject, detail, at }))
    expect(said).to.deep.equal(
      times(3, (i) => ({
        event: 'recovery.granted',
        actor: 'bob',
        subject: 'ada',
        detail: { index: i + 1, route: 'admin' },
        at: log.now,
      })),
    )
    expect(all.map(({ previous }) => previous)).to.deep.equal(['', all[0]!.mac, all[1]!.mac])
    expect(all.map(({ place }) => place)).to.deep.equal([1, 2, 3])
    expect(await log.verify()).to.deep.include({ entries: 3, chains: 1 })
  })

  it('is whole when it is empty', async () => {
    expect(await log.verify()).to.deep.equal({ entries: 0, chains: 0, checkpoints: 0, tooOld: 0 })
  })

  it('is verified to its end, however long it is', async function () {
    this.timeout(60_000)
    const audit = log.open()
    await Promise.all(times(701, (i) => audit.append(fact(i))))
    expect((await log.verify()).entries).to.equal(701)
    const [last] = await store.audit.find('log', 'all', { limit: 1, backwards: true })
    await log.change(last!, (entry) => ({ ...entry, actor: 'eve' }))
    expect(await log.verify()).to.deep.include({
      entries: 700,
      fault: { chain: last!.chain, place: 701, fault: 'changed' },
    })
  })

  it('is written in groups: what is asked meanwhile goes together', async () => {
    const writes: string[] = []
    const watched = watchedStore(store, (asked, perform) => {
      writes.push(`${asked.collection}.${asked.operation}`)
      return perform()
    })
    const audit = log.open(watched)
    await audit.append(fact(0))
    writes.length = 0
    await Promise.all(times(50, (i) => audit.append(fact(i))))
    expect(writes).to.deep.equal(['audit.insertAll', 'audit.insertAll'])
  })

  describe('goes on', () => {
    it('in a chain for each process, in the order of time', async () => {
      const processes = times(3, () => log.open())
      for (const index of times(30, (i) => i)) {
        await processes[index % 3]!.append(fact(index))
        log.now += 1
      }
      expect(await log.verify()).to.deep.include({ entries: 30, chains: 3 })
      expect(indexes(await log.entries())).to.deep.equal(times(30, (i) => i))
    })

    it('while processes write at the same time and wait for nobody', async () => {
      const processes = times(3, () => log.open())
      await Promise.all(times(30, (i) => processes[i % 3]!.append(fact(i))))
      expect(await log.verify()).to.deep.include({ entries: 30, chains: 3 })
      expect(indexes(await log.entries()).toSorted((a, b) => a - b)).to.deep.equal(times(30, (i) => i))
    })

    it('in the order in which one process was asked, however slow the store is for the first', async () => {
      const gates = gated(store)
      const audit = log.open(gates.store)
      const gate = gates.hold(1, {
        collection: 'audit',
        operation: 'insertAll',
        id: '',
        when: 'before',
      })
      const asked = times(3, (i) => audit.append(fact(i + 1)))
      await gate.reached
      gate.open()
      await Promise.all(asked)
      expect(indexes(await log.entries())).to.deep.equal([1, 2, 3])
    })

    it('in a new chain after an append that failed, as nobody knows where that one ended', async () => {
      let down = false
      const fragile = watchedStore(store, async ({ operation }, perform) => {
        const done = await perform()
        if (down && operation === 'insertAll') throw new Error('the store is away')
        return done
      })
      const audit = log.open(fragile)
      await log.write(1, audit)
      down = true
      const failed = await audit.append(fact(1)).then(
        () => 'written',
        ({ message }) => message,
      )
      expect(failed).to.equal('the store is away')
      down = false
      await log.write(2, audit)
      expect(await log.verify()).to.deep.include({ entries: 4, chains: 2 })
    })

    it('after a process that died in the middle', async () => {
      const mortal = mortalStore(store, 2)
      const dying = log.open(mortal.store)
      await dying.append(fact(1))
      await dying.append({ ...fact(2), cause: 'effect' }).catch(() => {})
      expect(mortal.dead()).to.equal(true)
      log.now += 1
      await log.open().append({ ...fact(2), cause: 'effect' })
      expect(indexes(await log.entries())).to.deep.equal([1, 2])
      expect((await log.verify()).fault).to.equal(undefined)
    })

    it('in a new chain after a day, so that the one before can be closed', async () => {
      const audit = log.open()
      await log.write(1, audit)
      log.now += 86_400_001
      await log.write(1, audit)
      expect(await log.verify()).to.deep.include({ entries: 2, chains: 2 })
    })

    it('in order when its clock is put back', async () => {
      const audit = log.open()
      await audit.append(fact(1))
      log.now -= 3_600_000
      await audit.append(fact(2))
      expect(indexes(await log.entries())).to.deep.equal([1, 2])
      expect((await log.verify()).fault).to.equal(undefined)
    })
  })

  describe('writes what has the same cause once', () => {
    const caused = { ...fact(1), cause: 'case:2:audit' }

    it('one time after the other', async () => {
      const audit = log.open()
      await audit.append(caused)
      await audit.append(caused)
      await log.open().append({ ...caused, event: 'recovery.denied' })
      expect(await log.entries()).to.have.length(1)
    })

    it('by many processes at the same time', async () => {
      await Promise.all(times(12, () => log.open().append(caused)))
      expect(await log.entries()).to.have.length(1)
      expect((await log.verify()).fault).to.equal(undefined)
    })

    it('and whatever was asked together with it', async () => {
      await log.open().append(caused)
      const audit = log.open()
      const asked = [fact(2), caused, fact(3), { ...fact(4), cause: 'another' }, caused, fact(5)]
      await Promise.all([audit.append(fact(0)), ...asked.map((one) => audit.append(one))])
      expect(indexes(await log.entries()).toSorted()).to.deep.equal([0, 1, 2, 3, 4, 5])
      expect((await log.verify()).fault).to.equal(undefined)
    })

    it('and all that has no cause', async () => {
      const audit = log.open()
      await audit.append(fact(1))
      await audit.append(fact(1))
      expect(await log.entries()).to.have.length(2)
    })
  })

  describe('counts refusals of one kind in a row', () => {
    const refused = (address: string, reason = 'wrong') => ({
      event: 'sign_in.code_refused' as const,
      subject: 'ada',
      detail: { method: 'totp', reason, address },
    })
    const timesOf = async () => (await log.entries()).map(({ times: count = 1 }) => count)

    it('after the first, which is written at once', async () => {
      const audit = log.open()
      for (const _ of times(40, () => 0)) await audit.append(refused('192.0.2.7'))
      expect(await timesOf()).to.deep.equal([1])
      log.now += 60_001
      await audit.flush()
      expect(await timesOf()).to.deep.equal([1, 39])
      expect((await log.verify()).fault).to.equal(undefined)
    })

    it('for a minute, and then says how many there were', async () => {
      const audit = log.open()
      for (const _ of times(5, () => 0)) await audit.append(refused('192.0.2.7'))
      log.now += 60_001
      for (const _ of times(5, () => 0)) await audit.append(refused('192.0.2.7'))
      await audit.flush('all')
      expect(await timesOf()).to.deep.equal([1, 5, 4])
    })

    it('until something else happens to the person', async () => {
      const audit = log.open()
      for (const _ of times(3, () => 0)) await audit.append(refused('192.0.2.7'))
      await audit.append({ event: 'sign_in.succeeded', subject: 'bob' })
      expect(await timesOf()).to.deep.equal([1, 1])
      await audit.append({ event: 'sign_in.succeeded', subject: 'ada' })
      expect(await timesOf()).to.deep.equal([1, 1, 2, 1])
    })

    it('for each network and each reason', async () => {
      const audit = log.open()
      const networks = ['192.0.2.7', '192.0.2.8', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']
      for (const network of networks) await audit.append(refused(network))
      await audit.append(refused('192.0.2.7', 'used'))
      await audit.flush('all')
      expect(await timesOf()).to.deep.equal([1, 1, 1, 1, 1, 1])
      expect((await log.entries()).map(({ detail }) => detail['address'])).to.include('2001:db8::2')
    })
  })

  it('is listed by person, by case, and without what was only tried', async () => {
    const audit = log.open()
    await audit.append(fact(1))
    await audit.append({ event: 'sign_in.succeeded', subject: 'eve', detail: { index: 2 } })
    await audit.append({ event: 'sign_in.password_wrong', subject: 'ada', detail: { index: 3 } })
    await audit.append(fact(4))
    const of = async (index: 'subject' | 'case' | 'done', value: string) =>
      indexes(await store.audit.find(index, value))
    expect(await of('subject', 'ada')).to.deep.equal([1, 3, 4])
    expect(await of('subject', 'eve')).to.deep.equal([2])
    expect(await of('case', 'case')).to.deep.equal([1, 4])
    expect(await of('done', 'ada')).to.deep.equal([1, 4])
  })
})
