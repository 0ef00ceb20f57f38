import { createHmac, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { auditKeys } from '../../adapters/secrets/audit-keys.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Store } from '../../adapters/store/store.ts'
import { pruneAudit } from '../../effects/audit-retention.ts'
import { verifyAudit } from '../../effects/audit-verify.ts'
import { type AuditEntry, chained, entryMac, sortedJson } from '../../rules/audit/chain.ts'
import { times } from '../conformance/subject.ts'
import { fact, type Log, openLog, ring } from '../effects/audit-scene.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

/** Whoever owns the store can do all of this. They have neither the key ring nor the checkpoints that have left. */
describeEachEngine('The audit log against whoever owns the store', (engine) => {
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

  const fault = async (given?: string[]) => (await log.verify(given)).fault
  const remove = async (entries: AuditEntry[]) => {
    for (const { id } of entries) await store.audit.remove(id)
  }
  /** As someone chains anew who has a key, but not the right one. */
  const rechain = async (entries: AuditEntry[], key: Buffer = Buffer.alloc(32)) => {
    let end = { chain: entries[0]!.chain, place: 0, mac: '', sequence: entries[0]!.sequence - 1 }
    for (const { mac: _, ...said } of entries) {
      const entry = chained(key, end, { ...said, actor: 'eve' })
      await store.audit.update(entry.id, () => [entry, undefined])
      end = entry
    }
  }

  describe('finds an entry that was', () => {
    const changes: { [what: string]: (entry: AuditEntry) => AuditEntry } = {
      'given another actor': (entry) => ({ ...entry, actor: 'eve' }),
      'given no actor': ({ actor: _, ...entry }) => entry,
      'given another time': (entry) => ({ ...entry, at: entry.at + 1 }),
      'given another detail': (entry) => ({ ...entry, detail: { ...entry.detail, route: 'support' } }),
      'given a further detail': (entry) => ({ ...entry, detail: { ...entry.detail, more: true } }),
      'given another cause': (entry) => ({ ...entry, cause: 'something else' }),
      'given another count': (entry) => ({ ...entry, times: 5 }),
      'hidden from the list of what was done': ({ done: _, ...entry }) => entry,
      'given the hash of another': (entry) => ({ ...entry, mac: entry.previous }),
      'hashed again without the key': ({ mac: _, ...said }) => ({
        ...said,
        actor: 'eve',
        mac: createHmac('sha256', '')
          .update(sortedJson({ ...said, actor: 'eve' }))
          .digest('base64url'),
      }),
    }
    for (const [what, changed] of Object.entries(changes))
      it(what, async () => {
        await log.write(4)
        const third = (await log.entries())[2]!
        await log.change(third, changed)
        const { chain } = third
        expect(await log.verify()).to.deep.include({
          entries: 2,
          fault: { chain, place: 3, fault: 'changed' },
        })
      })

    it('taken away, wherever it was but at the end', async () => {
      for (const place of [1, 2, 3]) {
        await log.empty()
        await log.write(4)
        const one = (await log.entries())[place - 1]!
        await remove([one])
        expect(await fault(), `${place}`).to.deep.equal({ chain: one.chain, place, fault: 'missing' })
      }
    })

    it('exchanged with another', async () => {
      await log.write(4)
      const [, two, three] = (await log.entries()) as [AuditEntry, AuditEntry, AuditEntry]
      const where = ({ id, place, sequence, previous }: AuditEntry) => ({ id, place, sequence, previous })
      await log.change(two, () => ({ ...three, ...where(two) }))
      await log.change(three, () => ({ ...two, ...where(three) }))
      expect(await fault()).to.deep.equal({ chain: two.chain, place: 2, fault: 'changed' })
    })

    it('moved to another chain', async () => {
      await log.write(3)
      const mine = (await log.entries()).at(-1)!
      await log.write(3)
      const theirs = (await log.entries()).filter(({ chain }) => chain !== mine.chain)
      const { chain, place, mac: previous } = theirs.at(-1)!
      await log.change(mine, (entry) => ({ ...entry, chain, place: place + 1, previous }))
      expect(await fault()).to.deep.include({ chain, fault: 'changed' })
    })

    it('copied, as if it had happened twice', async () => {
      await log.write(2)
      const [one] = await log.entries()
      await store.audit.insert({ ...one!, id: 'copy' })
      expect((await fault()) !== undefined).to.equal(true)
    })

    it('made up, in a chain that no process has', async () => {
      await log.write(2)
      const [one] = await log.entries()
      await store.audit.insert({ ...one!, id: 'forged', chain: 'forged', place: 1, previous: '' })
      expect(await fault()).to.deep.equal({ chain: 'forged', place: 1, fault: 'changed' })
    })

    it('changed in any way, at the place where it was', async () => {
      await log.write(6)
      const before = await log.entries()
      const value = fc.oneof(fc.string(), fc.integer(), fc.boolean())
      const member = fc.constantFrom('event', 'actor', 'subject', 'case', 'at', 'previous', 'mac', 'cause')
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 6 }), member, value, async (place, name, changed) => {
          const entry = before[place - 1]!
          fc.pre(entry[name as keyof AuditEntry] !== changed)
          await log.change(entry, () => ({ ...entry, [name]: changed }) as AuditEntry)
          const found = await fault()
          await log.change(entry, () => entry)
          expect(found).to.deep.equal({ chain: entry.chain, place, fault: 'changed' })
        }),
        { numRuns: 40 },
      )
    })
  })

  it('finds a log that was rewritten and chained anew from an entry on', async () => {
    await log.write(6)
    const all = await log.entries()
    await rechain(all)
    expect(await fault()).to.deep.equal({ chain: all[0]!.chain, place: 1, fault: 'changed' })
  })

  it('finds a log that was rewritten with the secret of another installation', async () => {
    await log.write(3)
    await log.checkpoint()
    const stolen = createKeyRing([{ id: 'eve', key: randomBytes(32).toString('base64url') }])
    await store.settings.remove('audit-keys')
    const made = await auditKeys(store, stolen, 'https://id.example')
    await rechain(await log.entries(), made.mac)
    expect((await verifyAudit(store, log.keys)).fault).to.deep.include({ fault: 'changed' })
    // The ring doesn't open what it hasn't sealed.
    const opened = await auditKeys(store, ring, 'https://id.example').then(
      () => 'opened',
      () => 'refused',
    )
    expect(opened).to.equal('refused')
    await store.settings.remove('audit-keys')
    log = await openLog(store)
  })

  describe('with checkpoints', () => {
    it('finds that the last five were cut off', async () => {
      await log.write(12)
      await log.checkpoint()
      const all = await log.entries()
      await remove(all.slice(-5))
      expect(await fault()).to.deep.equal({ chain: all[0]!.chain, place: 8, fault: 'missing' })
    })

    it('finds that the last five were cut off with the checkpoint, by the one that has left', async () => {
      await log.write(7)
      const early = await log.checkpoint()
      log.now += 1
      await log.write(5)
      const late = await log.checkpoint()
      const all = await log.entries()
      await remove(all.slice(-5))
      await store.auditCheckpoints.remove('000000000002')
      await store.auditChains.remove(all.at(-1)!.chain)
      expect(await fault()).to.equal(undefined)
      expect(await fault([early])).to.equal(undefined)
      expect(await fault([early, late])).to.deep.equal({ given: 1, fault: 'cut' })
    })

    it('finds that all of it was taken away, by the one that has left', async () => {
      await log.write(4)
      const left = await log.checkpoint()
      await log.empty()
      expect(await fault([left])).to.deep.equal({ given: 0, fault: 'cut' })
      await log.write(4)
      await log.checkpoint()
      expect(await fault([left])).to.deep.equal({ given: 0, fault: 'rewritten' })
    })

    it('finds even what its operator, who has the keys, has written anew', async () => {
      await log.write(4)
      const left = await log.checkpoint()
      await rechain(await log.entries(), log.keys.mac)
      expect(await fault()).to.deep.include({ place: 4, fault: 'changed' })
      await store.auditCheckpoints.removeBy('all', 'all')
      await store.auditChains.update((await log.entries())[0]!.chain, (one) => [
        { ...one!, checkpointed: 0 },
        undefined,
      ])
      await log.checkpoint()
      expect(await fault()).to.equal(undefined)
      expect(await fault([left])).to.deep.equal({ given: 0, fault: 'rewritten' })
    })

    it('finds a checkpoint that was taken away or changed', async () => {
      for (const _ of times(3, () => 0)) {
        await log.write(2)
        await log.checkpoint()
      }
      const second = (await store.auditCheckpoints.get('000000000002'))!
      await store.auditCheckpoints.remove(second.id)
      expect(await fault()).to.deep.equal({ chain: 'checkpoints', place: 2, fault: 'missing' })
      const leaves = second.leaves.map((leaf) => ({ ...leaf, mac: 'another' }))
      await store.auditCheckpoints.insert({ ...second, leaves })
      expect(await fault()).to.deep.equal({ chain: 'checkpoints', place: 2, fault: 'changed' })
      await store.auditCheckpoints.update(second.id, () => [second, undefined])
      expect(await fault()).to.equal(undefined)
    })

    it('takes none for its own that somebody else has signed', async () => {
      await log.write(2)
      const note = await log.checkpoint()
      expect(await fault([note.replace(/.{6}\n$/, 'AAAA==\n')])).to.deep.equal({
        given: 0,
        fault: 'unsigned',
      })
    })
  })

  describe('when old entries are removed', () => {
    it('goes on from a summary of them', async () => {
      await log.write(6)
      const left = await log.checkpoint()
      log.now += 1_000
      await log.write(3)
      const late = await log.checkpoint()
      expect(await pruneAudit(store, log.keys, log.now)).to.equal(6)
      expect(await log.verify([left, late])).to.deep.include({ entries: 3, tooOld: 0 })
      expect((await log.verify()).fault).to.equal(undefined)
      const [record] = (await store.auditChains.find('all', 'all')).filter(
        ({ pruned }) => pruned?.entries === 6,
      )
      expect(record!.pruned!.events).to.deep.equal({ 'recovery.granted': 6 })
    })

    it('says of older checkpoints that nothing can be said', async () => {
      const notes: string[] = []
      for (const _ of times(4, () => 0)) {
        await log.write(2)
        notes.push(await log.checkpoint())
        log.now += 1_000
      }
      await pruneAudit(store, log.keys, log.now - 2_500)
      expect(await log.verify(notes)).to.deep.include({ tooOld: 1, checkpoints: 2 })
      expect((await log.verify(notes)).fault).to.equal(undefined)
    })

    it('finds a summary that was made up', async () => {
      await log.write(6)
      await log.checkpoint()
      const all = await log.entries()
      const cut = all[2]!
      await remove(all.slice(0, 3))
      const { chain, mac, at } = cut
      const events = { 'recovery.granted': 3 }
      const pruned = { chain, place: 3, mac, entries: 3, from: at, to: at, events, seal: mac }
      await store.auditChains.update(chain, (one) => [{ ...one!, pruned }, undefined])
      expect(await fault()).to.deep.equal({ chain, place: 3, fault: 'changed' })
    })

    it('is whole when the process dies between the summary and the removal', async () => {
      await log.write(6)
      await log.checkpoint()
      log.now += 1_000
      await log.write(2)
      const all = await log.entries()
      await pruneAudit(store, log.keys, log.now)
      for (const entry of all.slice(3, 6)) await store.audit.insert(entry)
      expect(await log.verify()).to.deep.include({ entries: 2 })
      await pruneAudit(store, log.keys, log.now)
      expect(await log.entries()).to.have.length(2)
      expect((await log.verify()).fault).to.equal(undefined)
    })
  })

  it('has a key for each use, and none of them in the store', async () => {
    await log.write(1)
    await log.checkpoint()
    const [{ mac, ...said }] = (await log.entries()) as [AuditEntry]
    expect(entryMac(log.keys.mac, said)).to.equal(mac)
    const dump = await opened.dump()
    for (const text of [log.keys.mac.toString('base64url'), log.keys.mac.toString('base64')])
      expect(dump).to.not.include(text)
    expect((await log.entries())[0]).to.deep.include({ ...fact(1), done: 'ada' })
  })
})
