import { expect } from 'chai'
import { migrate, openUpToDate, pendingMigrations } from '../../adapters/store/migrate.ts'
import type { Migration } from '../../adapters/store/migrations.ts'
import { type Document, StoreFault } from '../../adapters/store/port.ts'
import type { Store } from '../../adapters/store/store.ts'
import { mortalStore } from '../support/mortal-store.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { artifact, ids, times } from './subject.ts'

type Old = Document & { payload?: string }

/** Two releases on: what artifacts hold is told in capitals, then twice; how often is seen in what comes of it. */
const migrations: Migration[] = [
  {
    to: 2,
    title: 'Artifacts are in capitals',
    each: { artifacts: ({ id }, store) => rewritten(store, id, (text) => text.toUpperCase()) },
  },
  {
    to: 3,
    title: 'Artifacts say everything twice, and tokens too',
    each: {
      artifacts: ({ id }, store) => rewritten(store, id, twice),
      tokens: ({ id }, store) =>
        store.tokens.update(id, (one) => [
          one!.payload === 'xx' ? one : { ...one!, payload: 'xx' },
          undefined,
        ]),
    },
  },
]

const twice = (text: string) => (text.includes('+') ? text : `${text}+${text}`)

function rewritten(store: Store, id: string, rewrite: (text: string) => string): Promise<void> {
  return store.artifacts.update(id, (one) => {
    const payload = rewrite(one!.payload)
    return [payload === (one as Old).payload ? one : { ...one!, payload }, undefined]
  })
}

describeEachEngine('A store of an earlier release', (engine) => {
  let opened: Opened
  let store: Store
  beforeEach(async () => {
    opened = await engine.open()
    store = opened.store
  })
  afterEach(() => opened.dispose())

  const fill = (count: number) =>
    Promise.all([
      ...times(count, (i) => store.artifacts.insert(artifact({ id: `${1000 + i}`, payload: 'a' }))),
      ...times(count, (i) => store.tokens.insert({ id: `${1000 + i}`, payload: 'x', storedAt: 1 })),
    ])
  const held = async (name: 'artifacts' | 'tokens') => {
    const all = await store[name].walk({ limit: 9999 })
    return [all.length, [...new Set(all.map(({ payload }) => payload))]]
  }

  it('has every document brought to the latest version, one after another', async () => {
    await fill(450)
    await migrate(store, migrations)
    expect(await held('artifacts')).to.deep.equal([450, ['A+A']])
    expect(await held('tokens')).to.deep.equal([450, ['xx']])
    expect((await store.settings.get('schema'))?.value).to.equal('{"version":3}')
  })

  it('has nothing done to it again', async () => {
    await migrate(store, migrations)
    await fill(1)
    await migrate(store, migrations)
    expect(await held('artifacts')).to.deep.equal([1, ['a']])
  })

  it('tells what would be done, and does nothing of it', async () => {
    await fill(1)
    const pending = await pendingMigrations(store, migrations)
    expect(pending.map(({ title }) => title)).to.deep.equal(migrations.map(({ title }) => title))
    expect(await held('artifacts')).to.deep.equal([1, ['a']])
    await migrate(store, migrations.slice(0, 1))
    expect(await pendingMigrations(store, migrations)).to.deep.equal(migrations.slice(1))
  })

  it('comes out the same when the process is killed before any of its writes', async () => {
    await fill(5)
    for (let writes = 0, dead = true; dead; writes += 1) {
      const mortal = mortalStore(store, writes)
      await migrate(mortal.store, migrations).catch(() => {})
      dead = mortal.dead()
      expect(writes).to.be.below(99)
    }
    expect(await held('artifacts')).to.deep.equal([5, ['A+A']])
    expect(await held('tokens')).to.deep.equal([5, ['xx']])
  })

  it('goes on at the page at which a process was stopped', async () => {
    await fill(450)
    const seen: string[][] = [[], []]
    const watching = (run: number, stopAt: number): Migration[] => [
      {
        to: 2,
        title: '',
        each: {
          artifacts: async ({ id }) => {
            if (id === `${1000 + stopAt}`) throw new Error('stopped')
            seen[run]!.push(id)
          },
        },
      },
    ]
    await migrate(store, watching(0, 300)).catch(() => {})
    await migrate(store, watching(1, -1))
    expect(seen[1]).to.have.length(250)
    expect([...new Set(seen.flat())]).to.have.length(450)
  })

  it('is brought forward by several processes at once', async () => {
    await fill(250)
    await Promise.all(times(3, () => migrate(store, migrations)))
    expect(await held('artifacts')).to.deep.equal([250, ['A+A']])
    expect((await store.settings.get('schema'))?.value).to.equal('{"version":3}')
  })

  it('is refused, and left as it is, when a later release has written it', async () => {
    await fill(1)
    await migrate(store, [{ to: 98, title: 'Of a later release', each: {} }])
    const before = await store.settings.walk({ limit: 9 })
    const refused = await migrate(store).catch((error) => error)
    expect(refused).to.be.instanceOf(StoreFault)
    expect(refused.message).to.match(/later release: its schema has version 98, this release knows \d/)
    expect(await store.settings.walk({ limit: 9 })).to.deep.equal(before)
  })

  it('says its version from the first opening on, and is closed when it is refused', async () => {
    let closes = 0
    const kept = { ...store, close: async () => void closes++ }
    await openUpToDate(() => kept, { clock: Date.now })
    expect(ids(await store.settings.walk({ limit: 9 }))).to.deep.equal(['schema'])
    await store.settings.update('schema', (one) => [{ ...one!, value: '{"version":99}' }, undefined])
    expect(closes).to.equal(0)
    const refused = await openUpToDate(() => kept, { clock: Date.now }).catch(({ name }) => name)
    expect([refused, closes]).to.deep.equal(['StoreFault', 1])
  })
})
