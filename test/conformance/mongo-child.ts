import { openMongoStore } from '../../adapters/store/mongo/store.ts'

/** A process of its own that puts a new document in the place of another, for mongo.test.ts. */
const [uri, id] = process.argv.slice(2) as [string, string]
const store = await openMongoStore({ uri, clock: Date.now })
await store.settings.remove(id)
await store.settings.insert({ id, value: 'new' })
await store.close()
