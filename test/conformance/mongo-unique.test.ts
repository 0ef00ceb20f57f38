import { expect } from 'chai'
import { type Connection, createConnection } from 'mongoose'
import { openAsItIs } from '../../adapters/store/migrate.ts'
import { mongo as mongoAt, openMongoStore } from '../../adapters/store/mongo/store.ts'
import { Conflict } from '../../adapters/store/port.ts'
import type { Store } from '../../adapters/store/store.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import { person } from '../rules/examples.ts'
import { dropDatabase, freshDatabase, mongo } from '../support/stores.ts'
import { stoppingProxy } from './mongo-proxy.ts'
import { hour, ids, times, unique } from './subject.ts'

type Proxy = Awaited<ReturnType<typeof stoppingProxy>>

const somebody = (login: string, fields: Partial<OwnPerson> = {}) =>
  person({ id: unique('person'), login, ...fields })
const address = () => `${unique('ada')}@example.com`
const named = (one: OwnPerson | undefined, login: string): [OwnPerson, undefined] => [
  { ...one!, login },
  undefined,
]
/** What came of it: `true`, or the index of the conflict. */
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => true,
    (error) => (error instanceof Conflict ? error.index : Promise.reject(error)),
  )

/** Something that a process does about a value, and whether it wants the value or gives it up. */
interface Deed {
  prepare?: (store: Store, value: string) => Promise<OwnPerson>
  act: (store: Store, value: string, one: OwnPerson) => Promise<unknown>
  /** How many writes it makes. */
  writes: number
  gives?: true
}

const takes = { prepare: (store: Store) => inserted(store, somebody(address())) }
const gives = {
  prepare: (store: Store, value: string) => inserted(store, somebody(value)),
  gives: true as const,
}

async function inserted(store: Store, one: OwnPerson): Promise<OwnPerson> {
  await store.people.insert(one)
  return one
}

const deeds: { [what: string]: Deed } = {
  'brings it in a new document': {
    act: ({ people }, value) => people.insert(somebody(value)),
    writes: 3,
  },
  'brings it in one of several new documents': {
    act: ({ people }, value) => people.insertAll([somebody(address()), somebody(value), somebody(address())]),
    writes: 3,
  },
  'gives it to a document that is there': {
    ...takes,
    act: ({ people }, value, { id }) => people.update(id, (one) => named(one, value)),
    // The claim to the value before goes too.
    writes: 3,
  },
  'takes it away': {
    ...gives,
    act: ({ people }, _, { id }) => people.update(id, (one) => named(one, address())),
    writes: 3,
  },
  'removes its document': { ...gives, act: ({ people }, _, { id }) => people.remove(id), writes: 2 },
}

const others: { [what: string]: (store: Store, value: string) => Promise<unknown> } = {
  'a new document': ({ people }, value) => people.insert(somebody(value)),
  'one that is there': async (store, value) => {
    const { id } = await takes.prepare(store)
    return store.people.update(id, (one) => named(one, value))
  },
}

function inTheMiddle(server: string): void {
  describe('A unique value on MongoDB, whose process stops at a write', function () {
    this.timeout(60_000)
    const uri = freshDatabase(server)
    let other: Store
    let raw: Connection
    let proxy: Proxy
    let stopped: Store
    /** What MongoDB does by itself once a minute. */
    const sweep = () => raw.collection('people').deleteMany({ expiresAt: { $lte: new Date() } })

    before(async () => {
      other = await openMongoStore({ uri, clock: Date.now })
      raw = await createConnection(uri).asPromise()
    })
    after(async () => {
      await other.close()
      await raw.close()
      await dropDatabase(uri)
    })
    beforeEach(async () => {
      proxy = await stoppingProxy(uri)
      stopped = await openMongoStore({
        uri: `${proxy.uri}?serverSelectionTimeoutMS=1000`,
        clock: Date.now,
      })
    })
    afterEach(async () => {
      await stopped.close()
      proxy.close()
    })

    async function holders(value: string): Promise<string[]> {
      const all = await other.people.walk({ limit: 9999 })
      const found = ids(await other.people.find('login', value))
      expect(found).to.deep.equal(ids(all.filter(({ login }) => login === value)))
      return found
    }

    /** Until it is about to make that write. Comes back with what becomes of it later. */
    async function stopBefore(write: number, deed: Deed, value: string) {
      const one = (await deed.prepare?.(other, value)) ?? somebody(value)
      const there = proxy.stopAt(write)
      const ended = outcome(deed.act(stopped, value, one))
      await Promise.race([there, ended.then(() => expect.fail('it makes fewer writes'))])
      return { ended }
    }

    for (const [what, deed] of Object.entries(deeds))
      for (const [whose, take] of Object.entries(others))
        for (let write = 1; write <= deed.writes; write += 1) {
          const where = `${what}, before write ${write}: ${whose}`
          it(`goes to one of two when it is only late (it ${where})`, async () => {
            const value = address()
            const { ended } = await stopBefore(write, deed, value)
            const first = await outcome(take(other, value))
            await sweep()
            proxy.goOn()
            const second = await ended
            if (deed.gives) {
              expect(second).to.equal(true)
              expect(await holders(value)).to.have.length(first === true ? 1 : 0)
            } else {
              expect([first, second]).to.have.members([true, 'login'])
              expect(await holders(value)).to.have.length(1)
            }
            const isHeld = (await holders(value)).length === 1
            const third = await outcome(other.people.insert(somebody(value)))
            expect(third).to.equal(isHeld ? 'login' : true)
          })

          it(`can be had by the next when it is killed (it ${where})`, async () => {
            const value = address()
            const { ended } = await stopBefore(write, deed, value)
            const dead = ended.catch(() => {})
            proxy.cut()
            const [before] = await holders(value)
            expect(await outcome(take(other, value))).to.equal(before === undefined ? true : 'login')
            expect(await holders(value)).to.have.length(1)
            await dead
          })
        }
  })
}

function atOnce(server: string): void {
  describe('Unique values on MongoDB that several processes take and give up at once', function () {
    this.timeout(120_000)
    const uri = freshDatabase(server)
    let stores: Store[] = []

    before(async () => {
      for (let i = 0; i < 4; i += 1) stores.push(await openMongoStore({ uri, clock: Date.now }))
    })
    after(async () => {
      await Promise.all(stores.map((store) => store.close()))
      stores = []
      await dropDatabase(uri)
    })

    it('have one owner each at every moment, and are free in the end', async () => {
      const values = times(2, address)
      const owners = new Map<string, string>()
      let taken = 0
      const own = async ({ people }: Store, id: string, value: string, take: () => Promise<unknown>) => {
        if ((await outcome(take())) !== true) return false
        expect(owners.get(value), 'owned by two').to.equal(undefined)
        owners.set(value, id)
        taken += 1
        expect(ids(await people.find('login', value))).to.deep.equal([id])
        owners.delete(value)
        return true
      }
      const worker = async (index: number) => {
        const store = stores[index % stores.length]!
        for (let round = 0; round < 12; round += 1) {
          const value = values[(index + round) % values.length]!
          const one = somebody(value)
          if (index % 2 === 0) {
            if (await own(store, one.id, value, () => store.people.insert(one)))
              await store.people.remove(one.id)
          } else {
            await store.people.insert({ ...one, login: address() })
            const take = () => store.people.update(one.id, (there) => named(there, value))
            if (await own(store, one.id, value, take))
              await store.people.update(one.id, (there) => named(there, address()))
          }
        }
      }
      await Promise.all(times(8, worker))
      expect(taken).to.be.above(0)
      for (const value of values) {
        expect(await stores[0]!.people.find('login', value)).to.deep.equal([])
        const next = somebody(value)
        await stores[1]!.people.insert(next)
        expect(ids(await stores[2]!.people.find('login', value))).to.deep.equal([next.id])
      }
    })

    it('that have expired go to one of several, by inserts and by updates', async () => {
      const value = address()
      const gone = { ...somebody(value), expiresAt: Date.now() + hour } as never
      await stores[0]!.people.insert(gone)
      const later = await Promise.all(times(3, () => openMongoStore({ uri, clock: () => Date.now() + hour })))
      const there = await Promise.all(later.map((store) => inserted(store, somebody(address()))))
      const outcomes = await Promise.all([
        ...times(9, (i) => outcome(later[i % 3]!.people.insert(somebody(value)))),
        ...there.map(({ id }, i) => outcome(later[i]!.people.update(id, (one) => named(one, value)))),
      ])
      expect(outcomes.filter((one) => one === true)).to.have.length(1)
      expect(outcomes.filter((one) => one === 'login')).to.have.length(11)
      await Promise.all(later.map((store) => store.close()))
    })
  })
}

function takenOver(server: string): void {
  describe('A unique value on MongoDB that is taken over from a process which is late', function () {
    this.timeout(60_000)
    const uri = freshDatabase(server)
    after(() => dropDatabase(uri))

    it('stays with that process where it claims it once more before the other has it', async () => {
      const proxies = [await stoppingProxy(uri), await stoppingProxy(uri)] as const
      const late = await openMongoStore({ uri: proxies[0].uri, clock: Date.now })
      const other = await openMongoStore({ uri: proxies[1].uri, clock: Date.now })
      const value = address()
      const { id } = await inserted(late, somebody(address()))
      // Its claim, and then its document: as it was before the other gives that another version.
      const claimed = proxies[0].stopAt(2)
      const first = outcome(late.people.update(id, (one) => named(one, value)))
      await claimed
      // The place of the document, the claim that is refused, the version, and then the claim that takes over.
      const fenced = proxies[1].stopAt(4)
      const second = outcome(other.people.insert(somebody(value)))
      await fenced
      proxies[0].goOn()
      expect(await first).to.equal(true)
      proxies[1].goOn()
      expect(await second).to.equal('login')
      const holders = (await other.people.walk({ limit: 99 })).filter(({ login }) => login === value)
      expect(ids(holders)).to.deep.equal([id])
      expect(await other.people.find('login', value)).to.deep.equal(holders)
      await Promise.all([late.close(), other.close()])
      for (const proxy of proxies) proxy.close()
    })
  })
}

/** As the releases before version 5 of the store had it. */
const formerIndex = [
  { login: 1 },
  { unique: true, partialFilterExpression: { login: { $gte: '' } } },
] as const

function fromBefore(server: string): void {
  describe('Unique values that an earlier release has stored on MongoDB', function () {
    this.timeout(60_000)
    let uri: string
    let raw: Connection
    const people = times(1203, (i) => somebody(`person-${i}@example.com`))

    beforeEach(async () => {
      uri = freshDatabase(server)
      const store = await openMongoStore({ uri, clock: Date.now })
      await store.people.insertAll(people)
      await store.close()
      raw = await createConnection(uri).asPromise()
      await raw.collection('uniqueValues').deleteMany({})
      await raw.collection('people').createIndex(...formerIndex)
    })
    afterEach(async () => {
      await raw.close()
      await dropDatabase(uri)
    })

    const hasFormer = async () =>
      (await raw.collection('people').indexes()).some(({ key, unique }) => unique && key['login'])

    async function expectWhole(store: Store): Promise<void> {
      for (const one of [people[0]!, people[500]!, people.at(-1)!]) {
        expect(ids(await store.people.find('login', one.login))).to.deep.equal([one.id])
        expect(await outcome(store.people.insert(somebody(one.login)))).to.equal('login')
      }
      expect(await hasFormer()).to.equal(false)
      const claims = await raw.collection('uniqueValues').countDocuments({ _id: /^people\.login:/ as never })
      expect(claims).to.equal(people.length)
    }

    it('are claimed when it is opened, by several processes at once too', async () => {
      const stores = await Promise.all(times(3, () => openMongoStore({ uri, clock: Date.now })))
      await expectWhole(stores[0]!)
      await Promise.all(stores.map((store) => store.close()))
    })

    it('are claimed by the next process where one was killed over it', async () => {
      for (let write = 1, through = false; !through; write += 1) {
        const proxy = await stoppingProxy(uri)
        const there = proxy.stopAt(write)
        const opening = openMongoStore({ uri: `${proxy.uri}?serverSelectionTimeoutMS=1000`, clock: Date.now })
        through = await Promise.race([there.then(() => false), opening.then(() => true)])
        proxy.cut()
        await opening.then((store) => store.close()).catch(() => {})
      }
      const store = await openMongoStore({ uri, clock: Date.now })
      await expectWhole(store)
      await store.close()
    })

    it('stay with that release when a store is opened as it is', async () => {
      const store = await openAsItIs(mongoAt(uri), { clock: Date.now })
      expect(await store.people.walk({ limit: 9999 })).to.have.length(people.length)
      await store.close()
      expect(await hasFormer()).to.equal(true)
      expect(await raw.collection('uniqueValues').countDocuments({ _id: /^people/ as never })).to.equal(0)
    })

    it('stop it where two documents have one, with the id of one of them', async () => {
      await raw.collection('people').dropIndex('login_1')
      await raw
        .collection('people')
        .insertOne({ _id: 'twin', _version: 1, login: people[700]!.login } as never)
      const refused = await openMongoStore({ uri, clock: Date.now }).catch((error) => error)
      expect(`${refused}`).to.match(
        /^StoreFault: Two documents of people have the same login, which has to be unique from this release on: one of them is (twin|person-)/,
      )
    })
  })
}

if (mongo !== undefined) {
  const server = process.env['MONGODB_URI']!
  inTheMiddle(server)
  takenOver(server)
  atOnce(server)
  fromBefore(server)
}
