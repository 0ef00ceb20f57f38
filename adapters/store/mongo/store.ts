import { createConnection } from 'mongoose'
import { collections, type OpenStore, type Store } from '../store.ts'
import { MongoCollection } from './collection.ts'
import { modelOf } from './schema.ts'

/** MongoDB's own default is `test`. */
const defaultDatabase = 'rekey'

/**
 * The store for several machines: a replica set or a sharded cluster, by Mongoose, over a connection of its own.
 * What was acknowledged survives the loss of a minority of the servers, and nothing is decided on what may not.
 * Resolves when all indexes are there: without the unique ones, two requests at once could break a rule.
 */
export async function openMongoStore({ uri, clock }: { uri: string; clock: () => number }): Promise<Store> {
  const connection = createConnection(uri, {
    dbName: databaseIn(uri) ?? defaultDatabase,
    readPreference: 'primary',
    // By the names they have in a connection string, so that these win over what it says.
    readConcernLevel: 'majority',
    w: 'majority',
    journal: true,
    autoCreate: false,
    autoIndex: false,
    bufferCommands: false,
  })
  try {
    await connection.asPromise()
    const opened = Object.entries(collections).map(([name, indexes]) => {
      const model = modelOf(connection, name, indexes)
      return { name, model, collection: new MongoCollection(model, indexes, clock) }
    })
    await Promise.all(opened.map(({ model }) => model.createIndexes()))
    const named = Object.fromEntries(opened.map(({ name, collection }) => [name, collection]))
    return { ...(named as never as Omit<Store, 'close'>), close: () => connection.close() }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** The database that a connection string names, if it names one. */
function databaseIn(uri: string): string | undefined {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri) ?? []
  return name && decodeURIComponent(name)
}

/** `mongo('mongodb://…')`: a replica set or a sharded cluster. */
export const mongo =
  (uri: string): OpenStore =>
  ({ clock }) =>
    openMongoStore({ uri, clock })
