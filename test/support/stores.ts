import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mongoose'
import { openLmdbStore } from '../../adapters/store/lmdb/store.ts'
import { openMongoStore } from '../../adapters/store/mongo/store.ts'
import { openPostgresStore } from '../../adapters/store/postgres/store.ts'
import type { Store } from '../../adapters/store/store.ts'
import { storeFolder } from './folders.ts'
import { dropPostgres, freshPostgres, tablesOf } from './postgres.ts'

/** A store of its own, empty at first, and the way to leave nothing of it behind. */
export interface Opened {
  store: Store
  dispose(): Promise<void>
  /** Everything that is stored, as the text that someone would find who got hold of it. */
  dump(): Promise<string>
}

/** One way to store things. A clock that a test moves had better start at the present: MongoDB expires by its own. */
export interface Engine {
  name: string
  open(clock?: () => number): Promise<Opened>
}

export const lmdb: Engine = {
  name: 'lmdb',
  async open(clock = Date.now) {
    const path = await storeFolder()
    const store = openLmdbStore({ path, clock })
    return {
      store,
      async dispose() {
        await store.close()
        await rm(path, { recursive: true })
      },
      dump: () => readFile(join(path, 'data.mdb'), 'latin1'),
    }
  },
}

/** MongoDB needs a server: MONGODB_URI says where. The database in it is never touched; each store has a new one. */
export const mongo: Engine | undefined = process.env['MONGODB_URI']
  ? {
      name: 'mongo',
      async open(clock = Date.now) {
        const uri = freshDatabase(process.env['MONGODB_URI']!)
        const store = await openMongoStore({ uri, clock })
        return {
          store,
          async dispose() {
            await store.close()
            await dropDatabase(uri)
          },
          dump: () => dumpDatabase(uri),
        }
      },
    }
  : undefined

/** PostgreSQL needs a server too: POSTGRES_URI says where. The database in it is never touched. */
export const postgres: Engine | undefined = process.env['POSTGRES_URI']
  ? {
      name: 'postgres',
      async open(clock = Date.now) {
        const server = process.env['POSTGRES_URI']!
        const uri = await freshPostgres(server)
        const store = await openPostgresStore({ uri, clock })
        return {
          store,
          async dispose() {
            await store.close()
            await dropPostgres(uri, server)
          },
          dump: async () => JSON.stringify(await tablesOf(uri)),
        }
      },
    }
  : undefined

/** Every engine that can be had here: nothing in the project may depend on which one it is. */
export const engines: Engine[] = [lmdb, mongo, postgres].filter((engine) => engine !== undefined)

/** The same tests on every engine. Opening MongoDB creates its indexes, so open one store a suite, not one a test. */
export function describeEachEngine(title: string, body: (engine: Engine) => void): void {
  for (const engine of engines) describe(`${title} (${engine.name})`, () => body(engine))
}

/**
 * Stories told on every engine. All engines pass all that is said of stores, of races and of crashes, so the other
 * stories would only take time there: STORIES=all tells them everywhere.
 */
const toldEverywhere = [
  'The whole journey',
  'Asking for a reset',
  'Backup code',
  'Authenticator code',
  'Throttling',
]

/** A story: on the embedded store, and where it is told everywhere, on the other engines too. */
export function describeStory(title: string, body: (engine: Engine) => void): void {
  const everywhere = toldEverywhere.includes(title) || process.env['STORIES'] === 'all'
  for (const engine of everywhere ? engines : [lmdb])
    describe(`${title} (${engine.name})`, () => body(engine))
}

/**
 * Attacks that turn on what an engine does: on its atomic updates, the order of its indexes, and what it lets expire. What
 * a rule decides inside an update is decided alike everywhere: test/conformance/ holds that updates are atomic.
 */
const triedEverywhere = ['A race', 'An approver', 'A clock that is set back', 'What a reset leaves behind']

/** An attack: on the embedded store; where it is tried everywhere, on MongoDB too; with STORIES=all on every engine. */
export function describeAttack(title: string, body: (engine: Engine) => void): void {
  const all = process.env['STORIES'] === 'all'
  const tried = triedEverywhere.includes(title) ? engines.filter((one) => one !== postgres) : [lmdb]
  for (const engine of all ? engines : tried) describe(`${title} (${engine.name})`, () => body(engine))
}

/** The same server, another database. */
export function freshDatabase(uri: string): string {
  const [, server, options = ''] = /^([^:]+:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri)!
  return `${server}/rekey-test-${randomUUID().slice(0, 13)}${options}`
}

async function dumpDatabase(uri: string): Promise<string> {
  const connection = await createConnection(uri).asPromise()
  const kept = await Promise.all(
    (await connection.listCollections()).map(({ name }) => connection.collection(name).find().toArray()),
  )
  await connection.close()
  return JSON.stringify(kept)
}

export async function dropDatabase(uri: string): Promise<void> {
  const connection = await createConnection(uri).asPromise()
  await connection.dropDatabase()
  await connection.close()
}
