import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mongoose'
import type { Config } from '../../standalone/config.ts'
import { storeFolder } from './folders.ts'
import { dropPostgres, fillTables, freshPostgres, tablesOf } from './postgres.ts'
import { dropDatabase, type Engine, freshDatabase } from './stores.ts'

/** Where a store is. */
export type Place = Pick<Config, 'store' | 'data'>

/** What is in a store, to be put into another place as often as needed. */
export type Contents = Buffer | { [collection: string]: object[] }

/** A place for a store of its own. */
export async function newPlace(engine: Engine): Promise<Place> {
  if (engine.name === 'lmdb') return { store: 'lmdb', data: await storeFolder() }
  if (engine.name === 'postgres')
    return { store: await freshPostgres(process.env['POSTGRES_URI']!), data: '' }
  return { store: freshDatabase(process.env['MONGODB_URI']!), data: '' }
}

export async function dropPlace({ store, data }: Place): Promise<void> {
  if (store === 'lmdb') await rm(data, { recursive: true })
  else if (isPostgres(store)) await dropPostgres(store, process.env['POSTGRES_URI']!)
  else await dropDatabase(store)
}

/** Reads all of a store that nobody has open. */
export async function contentsOf({ store, data }: Place): Promise<Contents> {
  if (store === 'lmdb') return readFile(join(data, 'data.mdb'))
  if (isPostgres(store)) return tablesOf(store)
  const connection = await createConnection(store).asPromise()
  const contents: { [collection: string]: object[] } = {}
  for (const { collectionName } of await connection.db!.collections())
    contents[collectionName] = await connection.db!.collection(collectionName).find().toArray()
  await connection.close()
  return contents
}

export async function putContents({ store, data }: Place, contents: Contents): Promise<void> {
  if (Buffer.isBuffer(contents)) {
    await rm(join(data, 'lock.mdb'), { force: true })
    return writeFile(join(data, 'data.mdb'), contents)
  }
  if (isPostgres(store)) return fillTables(store, contents)
  const connection = await createConnection(store).asPromise()
  const fill = async ([name, documents]: [string, object[]]) => {
    const collection = connection.db!.collection(name)
    await collection.deleteMany({})
    if (documents.length > 0) await collection.insertMany(documents)
  }
  await Promise.all(Object.entries(contents).map(fill))
  await connection.close()
}

function isPostgres(store: string): boolean {
  return store.startsWith('postgres')
}
