import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { open, type RootDatabase } from 'lmdb'
import { LmdbCollection } from '../../adapters/store/lmdb/collection.ts'
import { Commits } from '../../adapters/store/lmdb/commits.ts'
import { Reads } from '../../adapters/store/lmdb/reads.ts'
import { openLmdbStore } from '../../adapters/store/lmdb/store.ts'
import { sweep } from '../../adapters/store/lmdb/sweeper.ts'
import { Table } from '../../adapters/store/lmdb/table.ts'
import { type Document, StoreFault } from '../../adapters/store/port.ts'
import { collections } from '../../adapters/store/store.ts'
import { lmdb } from '../support/stores.ts'
import { collectionConformance } from './collection.ts'
import { account, artifact, hour, ids, times } from './subject.ts'

collectionConformance('lmdb', async (clock) => {
  const { store, dispose } = await lmdb.open(clock)
  return { ...store, close: dispose }
})

describe('the LMDB store', () => {
  let path: string
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'rekey-')), 'data.d')
  })
  afterEach(() => rm(path, { recursive: true }))

  /** Counts what is really on disk. Opened once: opening waits for the write lock, and the store may be holding it. */
  function raw(...names: string[]): { counts(): number[]; close(): Promise<void> } {
    const env = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 256 })
    const databases = names.map((name) => env.openDB({ name, keyEncoding: 'binary' }))
    return { counts: () => databases.map((database) => database.getKeysCount()), close: () => env.close() }
  }

  it('keeps documents and index entries in a directory that only its user may enter', async () => {
    const ada = account()
    const first = openLmdbStore({ path, clock: Date.now })
    await first.accounts.insert(ada)
    await first.close()
    const second = openLmdbStore({ path, clock: Date.now })
    expect(await second.accounts.get(ada.id)).to.deep.equal(ada)
    expect(ids(await second.accounts.find('email', ada.email))).to.deep.equal([ada.id])
    await second.close()
    expect((await stat(path)).mode & 0o777).to.equal(0o700)
  })

  it('gives back every payload, whatever is in it, and what a release before wrote as JSON alone', async () => {
    const payloads = [
      '',
      '\n',
      '{"a":1}\n{"b":2}',
      '{"a":"\\n"}',
      '\u0000',
      '{"é":"😀"}',
      '\ud800',
      'no JSON "at\\all',
    ]
    const documents = payloads.map((payload, at) => artifact({ id: `${at}`, account: 'ada', payload }))
    const first = openLmdbStore({ path, clock: Date.now })
    await first.artifacts.insertAll(documents.slice(0, 4))
    for (const document of documents.slice(4)) await first.artifacts.insert(document)
    await first.close()
    const env = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 256 })
    const before = artifact({ id: 'before', payload: '{"a":"\\n"}' })
    await env
      .openDB({ name: 'artifacts', encoding: 'string', keyEncoding: 'binary' })
      .put(Buffer.from('before'), JSON.stringify(before))
    await env.close()
    const second = openLmdbStore({ path, clock: Date.now })
    const { artifacts } = second
    for (const document of [...documents, before])
      expect(await artifacts.get(document.id)).to.deep.equal(document)
    expect(await artifacts.find('account', 'ada')).to.deep.equal(documents)
    expect(await artifacts.walk({ limit: 99 })).to.deep.equal([...documents, before])
    for (const { id } of documents)
      await artifacts.update(id, (one) => [{ ...one!, account: 'eve' }, undefined])
    expect(await artifacts.find('account', 'eve')).to.deep.equal(
      documents.map((one) => ({ ...one, account: 'eve' })),
    )
    await second.close()
  })

  it('finishes what it was asked for before it closes, and then refuses', async () => {
    const store = openLmdbStore({ path, clock: Date.now })
    const tokens = times(50, (i) => artifact({ account: 'ada', expiresAt: i % 2 ? undefined : 1 }))
    const asked = tokens.map((token) => store.artifacts.insert(token))
    await store.close()
    await store.close()
    await Promise.all(asked)
    const disk = raw('artifacts', 'artifacts.account')
    expect(disk.counts()).to.deep.equal([50, 50])
    await disk.close()
    const late = [
      store.settings.get('x'),
      store.settings.insert({ id: 'x', value: '' }),
      store.settings.update('x', () => [undefined, 0]),
      store.settings.remove('x'),
      store.artifacts.removeBy('account', 'ada'),
    ]
    const reasons = (await Promise.allSettled(late)).map(
      (one) => one.status === 'rejected' && `${one.reason}`,
    )
    expect(reasons).to.deep.equal(times(5, () => 'Error: the store is closed'))
  })

  it('fills an index that is declared later, or otherwise, with what is stored', async () => {
    const first = openLmdbStore({ path, clock: Date.now })
    const [later, sooner, gone] = [2, 1, 3].map((consumed) => artifact({ payload: 'same', consumed }))
    await Promise.all([later!, sooner!].map((token) => first.artifacts.insert(token)))
    await first.artifacts.insert({ ...gone!, expiresAt: 1 })
    await first.close()
    for (const [order, expected] of [
      [undefined, [later!.id, sooner!.id].sort()],
      ['consumed', [sooner!.id, later!.id]],
    ] as const) {
      const payload = { field: 'payload', order }
      const declared = { ...collections, artifacts: { ...collections.artifacts, payload } } as never
      const store = openLmdbStore({ path, clock: Date.now, declared })
      expect(ids(await store.artifacts.find('payload' as never, 'same'))).to.deep.equal(expected)
      await store.close()
    }
  })

  it('refuses to make an index unique whose values are not, and changes nothing', async () => {
    const first = openLmdbStore({ path, clock: Date.now })
    await Promise.all(times(2, () => first.artifacts.insert(artifact({ payload: 'same' }))))
    await first.close()
    const payload = { field: 'payload', unique: true }
    const declared = { ...collections, artifacts: { ...collections.artifacts, payload } } as never
    expect(() => openLmdbStore({ path, clock: Date.now, declared })).to.throw(
      StoreFault,
      /artifacts have the same payload/,
    )
    const again = openLmdbStore({ path, clock: Date.now })
    expect(await again.artifacts.walk({ limit: 9 })).to.have.length(2)
    await again.close()
  })

  it('writes in one commit what several ask for in turns that follow one another', async () => {
    const store = openLmdbStore({ path, clock: Date.now })
    const env = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 256 })
    const commits = () => (env.getStats() as { lastTxnId: number }).lastTxnId
    await store.settings.insert({ id: 'first', value: '' })
    const before = commits()
    const writes: Promise<void>[] = []
    // Less than waits for more, so that no slow machine splits it.
    for (const id of ['a', 'b', 'c']) {
      await store.settings.get(id)
      writes.push(store.settings.insert({ id, value: '' }))
      await setImmediate()
    }
    await Promise.all(writes)
    expect(commits() - before).to.be.at.most(2)
    await env.close()
    await store.close()
  })

  it('writes more than one commit takes, one after the other', async () => {
    const store = openLmdbStore({ path, clock: Date.now })
    await Promise.all(times(1100, (i) => store.settings.insert({ id: `${i}`, value: '' })))
    expect(await store.settings.walk({ limit: 2000 })).to.have.length(1100)
    await store.close()
  })

  it('writes while others go on asking', async () => {
    const store = openLmdbStore({ path, clock: Date.now })
    let written = false
    const write = store.settings.insert({ id: 'one', value: '' }).then(() => {
      written = true
    })
    while (!written) {
      await store.settings.get('two')
      await setImmediate()
    }
    await write
    await store.close()
  })

  it('closes when everything is written that was asked for before', async () => {
    const store = openLmdbStore({ path, clock: Date.now })
    const writes = times(20, (i) => store.settings.insert({ id: `${i}`, value: '' }))
    await store.close()
    await Promise.all(writes)
    const again = openLmdbStore({ path, clock: Date.now })
    expect(await again.settings.walk({ limit: 99 })).to.have.length(20)
    await again.close()
  })

  it('tells what ever expires from what the sweeper need not walk by', async () => {
    const env = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 4 })
    const table = new Table<Document>(env, 'things', {}, new Reads(env))
    const collection = new LmdbCollection(shared(env), table)
    await collection.insert({ id: 'stays' })
    expect(await sweep({ table, collection }, undefined, 10, Infinity)).to.include({ expires: false })
    await collection.insert({ id: 'goes', expiresAt: 99 })
    expect(await sweep({ table, collection }, undefined, 10, Infinity)).to.include({
      expires: true,
      removed: 0,
    })
    await env.close()
  })

  it('spares a document that took the place of an expired one while the sweeper looked', async () => {
    const env = open({ path, noSubdir: false, overlappingSync: false, maxDbs: 4 })
    const table = new Table<Document>(env, 'things', {}, new Reads(env))
    const collection = new LmdbCollection(shared(env), table)
    await collection.insert({ id: 'gone', expiresAt: 5 })
    await collection.insert({ id: 'replaced', expiresAt: 5 })
    const replacing = collection.update('replaced', () => [{ id: 'replaced' }, undefined])
    const { removed } = await sweep({ table, collection }, undefined, 10, Infinity)
    await replacing
    expect(removed).to.equal(2)
    expect(await collection.get('replaced')).to.deep.equal({ id: 'replaced' })
    expect(table.texts.getKeysCount()).to.equal(1)
    await env.close()
  })

  it('removes expired documents and their index entries in the background, and no others', async () => {
    let now = Date.now()
    const clock = () => now
    let store = openLmdbStore({ path, clock })
    const disk = raw('artifacts', 'artifacts.account', 'settings')
    const expiresAt = now + hour
    await Promise.all(
      times(300, (i) => store.artifacts.insert(artifact({ account: 'ada', expiresAt: expiresAt + (i % 2) }))),
    )
    await Promise.all(
      times(10, (i) =>
        store.settings.insert({ id: `${i}`, value: '', expiresAt: i ? expiresAt : undefined }),
      ),
    )
    // Where a look was too early for anything that expires, the next is an hour later.
    await store.close()
    store = openLmdbStore({ path, clock })
    now = expiresAt
    const swept = () => isDeepStrictEqual(disk.counts(), [150, 150, 1])
    while (!swept()) await setImmediate()
    expect(await store.artifacts.find('account', 'ada')).to.have.length(150)
    await disk.close()
    await store.close()
  })
})

/** What the collections of a store have in common, at a time that stands still. */
const shared = (env: RootDatabase) => ({
  reads: new Reads(env),
  commits: new Commits(env),
  clock: () => 10,
  closed: false,
})
