import type { Declared } from '../port.ts'
import { collections, type OpenStore, type Store } from '../store.ts'
import { MongoCollection } from './collection.ts'
import { Line } from './line.ts'
import { mongoSnapshot } from './snapshot.ts'

/**
 * The store for several machines: a replica set or a sharded cluster, by Mongoose, over a connection of its own.
 * What was acknowledged survives the loss of a minority of the servers, and nothing is decided on what may not.
 * Resolves when all indexes are there: without the unique ones, two requests at once could break a rule.
 */
export async function openMongoStore({
  uri,
  clock,
  declared = collections,
}: {
  uri: string
  clock: () => number
  declared?: Declared
}): Promise<Store> {
  const line = await Line.open(uri, declared)
  try {
    await line.createIndexes()
  } catch (error) {
    await line.close()
    throw error
  }
  const opened = Object.entries(declared).map(([name, indexes]) => [
    name,
    new MongoCollection(line, name, indexes, clock),
  ])
  return {
    ...(Object.fromEntries(opened) as Omit<Store, 'snapshot' | 'close'>),
    snapshot: () => mongoSnapshot(line.connection, clock),
    close: () => line.close(),
  }
}

/** `mongo('mongodb://…')`: a replica set or a sharded cluster. */
export function mongo(uri: string | undefined): OpenStore {
  if (uri === undefined || !/^mongodb(\+srv)?:\/\/./.test(uri))
    throw new TypeError('mongo needs the address of a database: mongodb://…')
  return ({ clock }) => openMongoStore({ uri, clock })
}
