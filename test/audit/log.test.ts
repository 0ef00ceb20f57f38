import { expect } from 'chai'
import fc from 'fast-check'
import type { AuditEntry } from '../../adapters/store/documents.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createAudit, entryHash, entryId, type Fact, verifyAudit } from '../../effects/audit.ts'
import { times } from '../conformance/subject.ts'
import { gated } from '../support/gates.ts'
import { mortalStore } from '../support/mortal-store.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { watchedStore } from '../support/watched-store.ts'

describeEachEngine('The audit log', (engine) => {
  let opened: Opened
  let store: Store
  const now = Date.now()

  before(async () => {
    opened = await engine.open()
    store = opened.store
  })
  afterEach(async () => {
    await store.audit.removeBy('log', 'all')
    await store.settings.remove('audit-head')
  })
  after(() => opened.dispose())

  /** The log as another process sees it. */
  const open = (over = store) => createAudit(over, () => now)
  const fact = (index: number): Fact => ({
    event: `recovery.step-${index}`,
    actor: 'bob',
    subject: 'ada',
    case: 'case',
    detail: { index, route: 'admin' },
  })
  const write = async (count: number, audit = open()) => {
    for (const index of times(count, (i) => i)) await audit.append(fact(index + 1))
  }
  const entries = () => store.audit.find('log', 'all', { limit: 500 })
  const fault = async () => (await verifyAudit(store)).fault
  const change = (sequence: number, changed: (entry: AuditEntry) => AuditEntry) =>
    store.audit.update(entryId(sequence), (entry) => [changed(entry!), undefined])
  /** As someone does who knows how the hash is made. */
  const rehashed = ({ hash: _, ...said }: AuditEntry): AuditEntry => ({ ...said, hash: entryHash(said) })

  it('says who did what to whom and when, each entry chained to the one before', async () => {
    await write(3)
    const all = await entries()
    expect(
      all.map(({ sequence, event, actor, subject, detail, at }) => ({
        sequence,
        event,
        actor,
        subject,
        detail,
        at,
      })),
    ).to.deep.equal(
      times(3, (i) => ({
        sequence: i + 1,
        event: `recovery.step-${i + 1}`,
        actor: 'bob',
        subject: 'ada',
        detail: { index: i + 1, route: 'admin' },
        at: now,
      })),
    )
    expect(all.map(({ previous }) => previous)).to.deep.equal(['', all[0]!.hash, all[1]!.hash])
    expect(await verifyAudit(store)).to.deep.equal({ entries: 3 })
  })

  it('is whole when it is empty', async () => {
    expect(await verifyAudit(store)).to.deep.equal({ entries: 0 })
  })

  it('is verified to its end, however long it is', async function () {
    this.timeout(60_000)
    await write(501)
    expect(await verifyAudit(store)).to.deep.equal({ entries: 501 })
    await change(501, (entry) => ({ ...entry, actor: 'eve' }))
    expect(await verifyAudit(store)).to.deep.equal({
      entries: 500,
      fault: { sequence: 501, fault: 'changed' },
    })
  })

  describe('finds an entry that was', () => {
    const changes: { [what: string]: (entry: AuditEntry) => AuditEntry } = {
      'given another actor': (entry) => ({ ...entry, actor: 'eve' }),
      'given no actor': ({ actor: _, ...entry }) => entry,
      'given another time': (entry) => ({ ...entry, at: entry.at + 1 }),
      'given another detail': (entry) => ({ ...entry, detail: { ...entry.detail, route: 'support' } }),
      'given a further detail': (entry) => ({ ...entry, detail: { ...entry.detail, more: true } }),
      'given another cause': (entry) => ({ ...entry, cause: 'something else' }),
      'given another hash': (entry) => ({ ...entry, hash: entry.previous }),
    }
    for (const [what, changed] of Object.entries(changes))
      it(what, async () => {
        await write(4)
        await change(3, changed)
        expect(await verifyAudit(store)).to.deep.equal({
          entries: 2,
          fault: { sequence: 3, fault: 'changed' },
        })
      })

    it('changed and hashed again, by what is chained to it', async () => {
      await write(4)
      await change(2, (entry) => rehashed({ ...entry, actor: 'eve' }))
      expect(await fault()).to.deep.equal({ sequence: 3, fault: 'unchained' })
    })

    it('taken away, wherever it was', async () => {
      for (const sequence of [1, 2, 4]) {
        await store.audit.removeBy('log', 'all')
        await store.settings.remove('audit-head')
        await write(4)
        await store.audit.remove(entryId(sequence))
        expect(await fault(), `${sequence}`).to.deep.equal({ sequence, fault: 'missing' })
      }
    })

    it('exchanged with another', async () => {
      await write(4)
      const [, two, three] = (await entries()) as [AuditEntry, AuditEntry, AuditEntry]
      const place = ({ id, sequence }: AuditEntry) => ({ id, sequence })
      await change(2, () => ({ ...three, ...place(two) }))
      await change(3, () => ({ ...two, ...place(three) }))
      expect(await fault()).to.deep.equal({ sequence: 2, fault: 'changed' })
      await change(2, (entry) => rehashed(entry))
      await change(3, (entry) => rehashed(entry))
      expect(await fault()).to.deep.equal({ sequence: 2, fault: 'unchained' })
    })

    it('changed in any way, at the place where it was', async () => {
      await write(6)
      const before = await entries()
      const value = fc.oneof(fc.string(), fc.integer(), fc.boolean())
      const member = fc.constantFrom('event', 'actor', 'subject', 'case', 'at', 'previous', 'hash', 'cause')
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 6 }), member, value, async (sequence, name, changed) => {
          const entry = before[sequence - 1]!
          fc.pre(entry[name as keyof AuditEntry] !== changed)
          await change(sequence, () => ({ ...entry, [name]: changed }))
          const found = await fault()
          await change(sequence, () => entry)
          expect(found).to.deep.equal({ sequence, fault: 'changed' })
        }),
        { numRuns: 40 },
      )
    })
  })

  describe('goes on', () => {
    it('in one chain when several processes write at the same time', async () => {
      const processes = times(3, () => open())
      await Promise.all(times(30, (i) => processes[i % 3]!.append(fact(i))))
      expect(await verifyAudit(store)).to.deep.equal({ entries: 30 })
      const written = (await entries()).map(({ detail }) => Number(detail['index']))
      expect(written.toSorted((a, b) => a - b)).to.deep.equal(times(30, (i) => i))
    })

    it('in the order in which one process was asked, however slow the store is for the first', async () => {
      const gates = gated(store)
      const audit = open(gates.store)
      const gate = gates.hold(1, {
        collection: 'settings',
        operation: 'get',
        id: 'audit-head',
        when: 'before',
      })
      const asked = times(3, (i) => audit.append(fact(i + 1)))
      await gate.reached
      await open().append(fact(9))
      gate.open()
      await Promise.all(asked)
      expect((await entries()).map(({ detail }) => detail['index'])).to.deep.equal([9, 1, 2, 3])
    })

    it('after an append that failed', async () => {
      let down = true
      const fragile = watchedStore(store, async (_asked, perform) => {
        if (down) throw new Error('the store is away')
        return perform()
      })
      const audit = open(fragile)
      const failed = await audit.append(fact(1)).then(
        () => 'written',
        ({ message }) => message,
      )
      expect(failed).to.equal('the store is away')
      down = false
      await write(2, audit)
      expect(await verifyAudit(store)).to.deep.equal({ entries: 2 })
    })

    it('after a process that died between the entry and the note where the log ends', async () => {
      await write(2)
      const mortal = mortalStore(store, 1)
      await open(mortal.store)
        .append({ ...fact(3), cause: 'effect' })
        .catch(() => {})
      expect(mortal.dead()).to.equal(true)
      const next = open()
      await next.append({ ...fact(3), cause: 'effect' })
      await next.append(fact(4))
      expect((await entries()).map(({ detail }) => detail['index'])).to.deep.equal([1, 2, 3, 4])
      expect(await verifyAudit(store)).to.deep.equal({ entries: 4 })
    })

    it('without the note where it ends', async () => {
      await write(3)
      await store.settings.remove('audit-head')
      await write(1)
      expect(await verifyAudit(store)).to.deep.equal({ entries: 4 })
    })

    it('when somebody took its end away, and shows what is missing', async () => {
      await write(3)
      await store.audit.remove(entryId(3))
      await store.audit.remove(entryId(2))
      await write(1)
      expect((await entries()).map(({ sequence }) => sequence)).to.deep.equal([1, 4])
      expect(await verifyAudit(store)).to.deep.equal({ entries: 1, fault: { sequence: 2, fault: 'missing' } })
    })
  })

  describe('writes what has the same cause once', () => {
    const caused = { ...fact(1), cause: 'case:2:audit' }

    it('one time after the other', async () => {
      const audit = open()
      await audit.append(caused)
      await audit.append(caused)
      await open().append({ ...caused, event: 'told in other words' })
      expect(await entries()).to.have.length(1)
    })

    it('by many processes at the same time', async () => {
      await Promise.all(times(12, () => open().append(caused)))
      expect(await entries()).to.have.length(1)
      expect(await verifyAudit(store)).to.deep.equal({ entries: 1 })
    })

    it('and all that has no cause', async () => {
      const audit = open()
      await audit.append(fact(1))
      await audit.append(fact(1))
      expect(await entries()).to.have.length(2)
    })
  })

  it('is listed by person and by case', async () => {
    const audit = open()
    await audit.append(fact(1))
    await audit.append({ event: 'sign_in', subject: 'eve' })
    await audit.append(fact(2))
    const of = async (index: 'subject' | 'case', value: string) =>
      (await store.audit.find(index, value)).map(({ sequence }) => sequence)
    expect([await of('subject', 'ada'), await of('subject', 'eve'), await of('case', 'case')]).to.deep.equal([
      [1, 3],
      [2],
      [1, 3],
    ])
  })
})
