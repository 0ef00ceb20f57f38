import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Connection, connections, createConnection } from 'mongoose'
import { openMongoStore } from '../../adapters/store/mongo/store.ts'
import { collections, type Store } from '../../adapters/store/store.ts'
import { dropDatabase, freshDatabase, mongo } from '../support/stores.ts'
import { collectionConformance } from './collection.ts'
import { recordingProxy } from './mongo-proxy.ts'
import { processesConformance } from './processes.ts'
import { account, artifact, hour, times, unique } from './subject.ts'

const child = join(import.meta.dirname, 'mongo-child.ts')

if (mongo === undefined) {
  describe('a store in mongo', () => {
    it.skip('is not tested: MONGODB_URI names no server')
  })
} else {
  const { open } = mongo
  collectionConformance('mongo', async (clock) => {
    const { store, dispose } = await open(clock)
    return { ...store, close: dispose }
  })
  severalProcesses(process.env['MONGODB_URI']!)
  theDatabase(process.env['MONGODB_URI']!)
}

/** Stores with a connection of their own stand for processes: all that two of them share is the database. */
function severalProcesses(server: string): void {
  describe('several processes on one MongoDB', function () {
    this.timeout(60_000)
    const uri = freshDatabase(server)
    let now = Date.now()
    let stores: Store[]
    const one = (i: number) => stores[i % stores.length]!

    before(async () => {
      // One after the other: creating one index twice at the same moment is the server's business, not ours.
      stores = []
      for (let i = 0; i < 3; i++) stores.push(await openMongoStore({ uri, clock: () => now }))
    })
    after(async () => {
      await Promise.all(stores.map((store) => store.close()))
      await dropDatabase(uri)
    })

    processesConformance({
      one,
      now: () => now,
      advance: (milliseconds) => {
        now += milliseconds
      },
      replace: (id) => execFileSync(process.execPath, [child, uri, id]),
    })
  })
}

function depth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depth))
}

function theDatabase(server: string): void {
  describe('the MongoDB store', function () {
    this.timeout(60_000)
    const uri = freshDatabase(server)
    let store: Store
    let raw: Connection

    before(async () => {
      store = await openMongoStore({ uri, clock: Date.now })
      raw = await createConnection(uri).asPromise()
    })
    after(async () => {
      await store.close()
      await raw.close()
      await dropDatabase(uri)
    })

    it('keeps fields as an operator would look for them', async () => {
      const expiresAt = Date.now() + hour
      const ada = account({ factors: [{ kind: 'totp', disabledAt: 5 }] as never, expiresAt } as never)
      await store.accounts.insert(ada)
      const { _version, ...found } = (await raw.collection('accounts').findOne({ 'factors.kind': 'totp' }))!
      const { id, ...fields } = ada
      expect(found).to.deep.equal({ ...fields, _id: id, expiresAt: new Date(expiresAt) })
      expect(_version).to.be.a('number')
    })

    it('stays within the 100 levels that MongoDB allows', async () => {
      const odd = JSON.parse(`${'{"a":'.repeat(150)}null${'}'.repeat(150)}`)
      const token = artifact({ odd } as never)
      await store.artifacts.insert(token)
      const found = await raw.collection('artifacts').findOne({ _id: token.id as never })
      expect(depth(found)).to.be.within(50, 100)
      expect(await store.artifacts.get(token.id)).to.deep.equal(token)
    })

    it('creates every declared index, and one for expiry', async () => {
      const indexes = await raw.collection('memberships').indexes()
      expect(indexes.map(({ key }) => key)).to.have.deep.members([
        { _id: 1 },
        { effectsDue: 1, _id: 1 },
        { account: 1, since: 1, _id: 1 },
        { organization: 1, since: 1, _id: 1 },
        { superAdminOf: 1, superAdminSince: 1, _id: 1 },
        { expiresAt: 1 },
      ])
      const [expiry] = indexes.filter(({ key }) => key['expiresAt'])
      expect(expiry).to.include({ expireAfterSeconds: 0 })
      // Whatever isn't `_id` can't be unique in a cluster that is sharded by it: mongo-unique.test.ts.
      const people = await raw.collection('people').indexes()
      expect(people.filter(({ key, unique }) => unique || key['login'])).to.deep.equal([])
    })

    it('fills an index that is declared later, and refuses one whose values are not unique', async () => {
      const tokens = times(2, () => artifact({ payload: unique('payload') }))
      for (const token of tokens) await store.artifacts.insert(token)
      const declaring = (payload: object) => ({
        uri,
        clock: Date.now,
        declared: { ...collections, artifacts: { ...collections.artifacts, payload } } as never,
      })
      const later = await openMongoStore(declaring({ field: 'payload', order: 'consumed' }))
      const found = await later.artifacts.find('payload' as never, tokens[0]!.payload)
      expect(found).to.deep.equal([tokens[0]])
      await later.artifacts.update(tokens[1]!.id, (one) => [
        { ...one!, payload: tokens[0]!.payload },
        undefined,
      ])
      await later.close()
      const refused = await openMongoStore(declaring({ field: 'payload', unique: true })).catch(
        (error) => error,
      )
      expect(`${refused}`).to.match(
        /^StoreFault: Two documents of artifacts have the same payload, which has to be unique/,
      )
    })

    it('leaves no connection behind when it closes, whatever was under way', async () => {
      const open = () => connections.filter(({ readyState }) => readyState === 1).length
      const before = open()
      const other = await openMongoStore({ uri, clock: Date.now })
      const asked = times(200, () => other.settings.get(unique('setting')))
      await Promise.allSettled([other.close(), ...asked])
      expect(open()).to.equal(before)
    })

    it('asks for majority reads and majority writes, whatever the connection string says', async () => {
      const proxy = await recordingProxy(`${uri}?w=1&journal=false&readConcernLevel=local`)
      const other = await openMongoStore({ uri: proxy.uri, clock: Date.now })
      proxy.commands.length = 0
      const token = artifact({ account: unique('account') })
      await other.artifacts.insert(token)
      await other.artifacts.update(token.id, (one) => [{ ...one!, consumed: 1 }, undefined])
      await other.artifacts.update(token.id, () => [undefined, undefined])
      await other.artifacts.find('account', token.account!)
      await other.artifacts.remove(token.id)
      await other.artifacts.removeBy('account', token.account!)
      await other.close()
      proxy.close()
      const concerns = (name: string, concern: string) =>
        proxy.commands.filter((command) => name in command).map((command) => command[concern])
      const majority = { w: 'majority', j: true }
      expect(concerns('find', 'readConcern')).to.deep.equal(times(3, () => ({ level: 'majority' })))
      expect(concerns('insert', 'writeConcern')).to.deep.equal([majority])
      expect(concerns('update', 'writeConcern')).to.deep.equal([majority])
      expect(concerns('delete', 'writeConcern')).to.deep.equal([majority, majority, majority])
    })

    // Seen failing with all collections prepared at once (adapters/store/mongo/store.ts): servers have only so many.
    it('is opened with few connections, however many collections it has', async () => {
      const proxy = await recordingProxy(uri)
      const other = await openMongoStore({ uri: proxy.uri, clock: Date.now })
      await other.close()
      proxy.close()
      // Besides those that work, two or three of the driver's own look after the server.
      expect(proxy.taken()).to.be.within(2, 12)
    })

    it('rejects when there is no server, and leaves no connection behind', async () => {
      const nobody = openMongoStore({
        uri: 'mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=50',
        clock: Date.now,
      })
      const { name } = await nobody.catch((error) => error)
      expect(name).to.equal('MongooseServerSelectionError')
    })
  })
}
