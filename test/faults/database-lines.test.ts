import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { openMongoStore } from '../../adapters/store/mongo/store.ts'
import { openPostgresStore } from '../../adapters/store/postgres/store.ts'
import type { Store } from '../../adapters/store/store.ts'
import { artifact, times, unique } from '../conformance/subject.ts'
import { type FaultyLine, lineTo } from '../support/faulty-line.ts'
import { dropPostgres, freshPostgres } from '../support/postgres.ts'
import { dropDatabase, freshDatabase } from '../support/stores.ts'

/** A server elsewhere, and how a store that is impatient opens a database of its own there. */
interface Elsewhere {
  name: string
  variable: string
  fresh(server: string): Promise<string>
  open(uri: string): Promise<Store>
  drop(uri: string, server: string): Promise<void>
}

const impatient = ['serverSelection', 'connect', 'socket', 'waitQueue'].map((one) => `${one}TimeoutMS=1500`)

const servers: Elsewhere[] = [
  {
    name: 'MongoDB',
    variable: 'MONGODB_URI',
    fresh: async (server) => freshDatabase(server),
    open: (uri) => openMongoStore({ uri: `${uri}?${impatient.join('&')}`, clock: Date.now }),
    drop: dropDatabase,
  },
  {
    name: 'PostgreSQL',
    variable: 'POSTGRES_URI',
    fresh: freshPostgres,
    open: (uri) => openPostgresStore({ uri, clock: Date.now, patience: 1500 }),
    drop: dropPostgres,
  },
]

for (const server of servers) theLineTo(server)

function theLineTo({ name, variable, fresh, open, drop }: Elsewhere): void {
  describe(`the line to ${name} under load`, function () {
    this.timeout(120_000)
    let uri: string
    let line: FaultyLine
    let store: Store

    before(async function () {
      const server = process.env[variable]
      if (server === undefined) {
        console.log(`the line to ${name} is not tested: ${variable} names no server`)
        return this.skip()
      }
      uri = await fresh(server)
      const through = await lineTo(uri)
      line = through.line
      store = await open(through.uri)
    })
    afterEach(() => line?.pass())
    after(async () => {
      if (store === undefined) return
      await store.close()
      line.close()
      await drop(uri, process.env[variable]!)
    })

    /** People at work: each adds documents and counts them, and goes on after a fault. What they were told is kept. */
    async function atWork(happens: () => Promise<unknown>) {
      const told: string[] = []
      const counts = new Map<string, { told: number; asked: number }>()
      let faults = 0
      let working = true
      const people = times(12, async () => {
        const counter = unique('counter')
        const count = { told: 0, asked: 0 }
        counts.set(counter, count)
        while (working) {
          try {
            const token = artifact()
            await store.artifacts.insert(token)
            told.push(token.id)
            count.asked += 1
            await store.settings.update(counter, (one) => [
              { id: counter, value: `${Number(one?.value ?? 0) + 1}` },
              undefined,
            ])
            count.told += 1
          } catch {
            faults += 1
            await setTimeout(10)
          }
        }
      })
      await happens()
      working = false
      await Promise.all(people)
      return { told, counts, faults }
    }

    type Work = Awaited<ReturnType<typeof atWork>>

    /** Some more that succeeds: a line that never recovers runs into the time limit. */
    async function workingAgain(): Promise<void> {
      for (let good = 0; good < 20; ) {
        const ends = await Promise.allSettled(times(5, () => store.artifacts.insert(artifact())))
        good += ends.filter(({ status }) => status === 'fulfilled').length
      }
    }

    async function expectNothingLost({ told, counts }: Work): Promise<void> {
      for (const id of told) expect(await store.artifacts.get(id)).to.include({ id })
      for (const [id, { told, asked }] of counts) {
        const counted = Number((await store.settings.get(id))?.value ?? 0)
        expect(counted).to.be.within(told, asked)
      }
    }

    for (const how of ['cut', 'reset'] as const) {
      it(`works again each time that connections are ${how}, and what was told is there`, async () => {
        const work = await atWork(async () => {
          for (let i = 0; i < 6; i++) {
            await workingAgain()
            line[how]()
          }
          await workingAgain()
        })
        expect(work.told).to.not.deep.equal([])
        await expectNothingLost(work)
      })
    }

    it('tells of a fault while connections hang, and works again afterwards', async () => {
      const work = await atWork(async () => {
        await workingAgain()
        line.hang()
        const ends = await Promise.allSettled(times(30, () => store.artifacts.insert(artifact())))
        expect(ends.map(({ status }) => status)).to.deep.equal(times(30, () => 'rejected'))
        await line.pass()
        await workingAgain()
      })
      expect(work.faults).to.be.above(0)
      await expectNothingLost(work)
    })

    it('tells of a fault while connections are refused, and works again afterwards', async () => {
      const work = await atWork(async () => {
        await workingAgain()
        await line.refuse()
        const ends = await Promise.allSettled(times(5, () => store.artifacts.get('x')))
        expect(ends.map(({ status }) => status)).to.deep.equal(times(5, () => 'rejected'))
        await line.pass()
        await workingAgain()
      })
      await expectNothingLost(work)
    })

    it('only waits while the line is slow', async () => {
      const work = await atWork(async () => {
        line.delay(50)
        await workingAgain()
      })
      expect(work.faults).to.equal(0)
      await expectNothingLost(work)
    })
  })
}
