import pLimit from 'p-limit'
import type { Declared } from '../port.ts'
import { collections, type OpenStore, type Store } from '../store.ts'
import { MongoCollection } from './collection.ts'
import { Line, preparedAtOnce } from './line.ts'
import { mongoSnapshot } from './snapshot.ts'

/**
 * The store for several machines: a replica set or a sharded cluster, by Mongoose, over a connection of its own.
 * What was acknowledged survives the loss of a minority of the servers, and nothing is decided on what may not.
 * Resolves when all indexes are there, and what earlier releases stored has claimed its unique values: without that, two
 * requests at once could break a rule. A store that is opened as it is (`asItIs`) waits for that, if it isn't empty.
 */
export async function openMongoStore({
  uri,
  clock,
  declared = collections,
  asItIs = false,
}: {
  uri: string
  clock: () => number
  declared?: Declared
  asItIs?: boolean | undefined
}): Promise<Store> {
  const line = await Line.open(uri, declared)
  const opened = Object.entries(declared).map(
    ([name, indexes]) => [name, new MongoCollection(line, name, indexes, clock)] as const,
  )
  try {
    await line.createIndexes()
    await pLimit(preparedAtOnce).map(opened, ([, collection]) => collection.adopt(asItIs))
  } catch (error) {
    await line.close()
    throw error
  }
  return {
    ...(Object.fromEntries(opened) as never as Omit<Store, 'snapshot' | 'close'>),
    snapshot: () => mongoSnapshot(line.connection, clock),
    close: () => line.close(),
  }
}

/** `mongo('mongodb://…')`: a replica set or a sharded cluster. */
export function mongo(uri: string | undefined): OpenStore {
  if (uri === undefined || !/^mongodb(\+srv)?:\/\/./.test(uri))
    throw new TypeError('mongo needs the address of a database: mongodb://…')
  return ({ clock, asItIs }) => openMongoStore({ uri, clock, asItIs })
}
