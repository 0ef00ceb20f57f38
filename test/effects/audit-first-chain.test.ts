import { createHash } from 'node:crypto'
import { expect } from 'chai'
import type { Store } from '../../adapters/store/store.ts'
import { closeFirstChain } from '../../effects/audit-checkpoints.ts'
import { pruneAudit } from '../../effects/audit-retention.ts'
import { type AuditEntry, sortedJson } from '../../rules/audit/chain.ts'
import { times } from '../conformance/subject.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { fact, indexes, type Log, openLog } from './audit-scene.ts'

const day = 86_400_000

/** As the release before wrote the log: one chain for all, hashed without a key. */
describeEachEngine('A log of the release before', (engine) => {
  let opened: Opened
  let store: Store
  let log: Log

  before(async () => {
    opened = await engine.open()
    store = opened.store
    log = await openLog(store)
  })
  beforeEach(() => writeOld(4))
  afterEach(() => log.empty())
  after(() => opened.dispose())

  async function writeOld(count: number, after?: AuditEntry): Promise<void> {
    let last = after as unknown as { sequence: number; hash: string } | undefined
    for (const _ of times(count, () => 0)) {
      const sequence = (last?.sequence ?? 0) + 1
      const id = String(sequence).padStart(12, '0')
      const said = { ...fact(sequence), id, sequence, at: log.now, previous: last?.hash ?? '', log: 'all' }
      const hash = createHash('sha256').update(sortedJson(said)).digest('base64url')
      last = { sequence, hash }
      await store.audit.insert({ ...said, hash } as unknown as AuditEntry)
    }
  }

  const fault = async () => (await log.verify()).fault

  it('stays readable before what is written now, and is verified', async () => {
    await log.write(2)
    expect(indexes(await log.entries())).to.deep.equal([1, 2, 3, 4, 1, 2])
    expect(indexes(await store.audit.find('subject', 'ada'))).to.deep.equal([1, 2, 3, 4, 1, 2])
    expect(await log.verify()).to.deep.include({ entries: 6, chains: 2 })
  })

  it('shows what was changed or taken away', async () => {
    const [, second, third] = await log.entries()
    await log.change(second!, (entry) => ({ ...entry, actor: 'eve' }))
    expect(await fault()).to.deep.equal({ chain: 'first', place: 2, fault: 'changed' })
    await log.change(second!, () => second!)
    await store.audit.remove(third!.id)
    expect(await fault()).to.deep.equal({ chain: 'first', place: 3, fault: 'missing' })
  })

  it('is covered by checkpoints: an end that was cut off or written anew is found', async () => {
    const left = await log.checkpoint()
    const all = await log.entries()
    await store.audit.remove(all[3]!.id)
    expect(await fault()).to.deep.equal({ chain: 'first', place: 4, fault: 'missing' })
    log.now += 1
    await writeOld(1, all[2])
    expect(await fault()).to.deep.include({ chain: 'first', place: 4 })
    expect((await log.verify([left])).fault).to.not.equal(undefined)
  })

  it('may grow while processes of that release still run, and not after it was closed', async () => {
    await log.checkpoint()
    await writeOld(1, (await log.entries()).at(-1))
    await log.checkpoint()
    expect(await fault()).to.equal(undefined)
    log.now += day + 1
    await closeFirstChain(store, log.open(), log.now)
    await log.checkpoint()
    expect(await fault()).to.equal(undefined)
    const last = (await log.entries()).filter((entry) => !('chain' in entry)).at(-1)
    await writeOld(1, last)
    expect(await fault()).to.deep.equal({ chain: 'first', place: 6, fault: 'unchained' })
  })

  it('is pruned like any other, and can not be written again', async () => {
    await log.checkpoint()
    const old = await log.entries()
    log.now += day + 1
    await closeFirstChain(store, log.open(), log.now)
    log.now += 1_000
    await log.write(2)
    await log.checkpoint()
    expect(await pruneAudit(store, log.keys, log.now - 1_000)).to.equal(4)
    expect(await fault()).to.equal(undefined)
    await writeOld(1, old.at(-1))
    expect(await fault()).to.deep.equal({ chain: 'first', place: 5, fault: 'unchained' })
  })
})
