import { Client } from 'pg'
import type { Declared, Document } from '../port.ts'
import { collections, type OpenStore, type Store } from '../store.ts'
import { PostgresCollection } from './collection.ts'
import { Connections, type Reach } from './connections.ts'
import { prepare } from './schema.ts'
import { postgresSnapshot } from './snapshot.ts'
import { startRowSweeper } from './sweeper.ts'

interface Settings {
  uri: string
  clock: () => number
  /** Milliseconds: how long connecting may take, and a statement. */
  patience?: number
  /** Milliseconds between two looks for expired documents. */
  sweepEvery?: number
}

/** A schema of its own, so that it can live in a database beside the tables of others. */
const schema = 'rekey'

/**
 * The store for those who have PostgreSQL: a table a collection, over connections of its own. What was acknowledged has
 * reached the server's disk, and its synchronous standbys. Resolves when all tables and indexes are there.
 */
export async function openPostgresStore({
  uri,
  clock,
  patience = 10_000,
  sweepEvery = 30_000,
}: Settings): Promise<Store> {
  const reach = { uri, patience }
  await prepareDatabase(reach, collections)
  const connections = new Connections(reach)
  const opened = Object.entries(collections).map(([name, indexes]) => ({
    name,
    collection: new PostgresCollection<Document>(connections, { schema, name }, indexes, clock),
  }))
  const sweeper = startRowSweeper(
    opened.map(({ collection }) => collection),
    sweepEvery,
  )
  const named = Object.fromEntries(opened.map(({ name, collection }) => [name, collection]))
  return {
    ...(named as never as Omit<Store, 'snapshot' | 'close'>),
    snapshot: () => postgresSnapshot(reach, schema, clock),
    async close() {
      await sweeper.stop()
      await connections.close()
    },
  }
}

/** Over a connection with no limit of time: an index for millions of documents takes minutes. */
export async function prepareDatabase({ uri, patience }: Reach, declared: Declared): Promise<void> {
  const client = new Client({ connectionString: uri, keepAlive: true, connectionTimeoutMillis: patience })
  client.on('error', () => {})
  await client.connect()
  try {
    await requireUnicode(client)
    await prepare(client, schema, declared)
  } finally {
    await client.end()
  }
}

async function requireUnicode(client: Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding')
  const [encoding] = rows.map((row) => row.server_encoding)
  if (encoding !== 'UTF8') throw new Error(`the database is in ${encoding}: create one with encoding UTF8`)
}

/** `postgres('postgres://…')`: tables in the schema `rekey` of that database. */
export function postgres(uri: string | undefined): OpenStore {
  if (uri === undefined || !/^postgres(ql)?:\/\/./.test(uri))
    throw new TypeError('postgres needs the address of a database: postgres://…')
  return ({ clock }) => openPostgresStore({ uri, clock })
}
