import { Client } from 'pg'
import type { Document } from '../port.ts'
import type { Snapshot } from '../store.ts'
import type { Reach } from './connections.ts'
import { tableOf } from './names.ts'
import { fromText, toValue } from './text.ts'

const pageSize = 500

/** A transaction of its own connection: all that it reads is of the moment at which it began. */
export async function postgresSnapshot(
  { uri, patience }: Reach,
  schema: string,
  clock: () => number,
): Promise<Snapshot> {
  const client = new Client({ connectionString: uri, keepAlive: true, connectionTimeoutMillis: patience })
  client.on('error', () => {})
  await client.connect()
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  // The moment is that of the first statement.
  await client.query('SELECT 1')
  const now = clock()
  return {
    pages: (collection) => pages(client, tableOf(schema, collection), now) as never,
    close: () => client.end(),
  }
}

async function* pages(client: Client, table: string, now: number) {
  let after = ''
  let page: Document[]
  do {
    const { rows } = await client.query<{ document: string }>(
      `SELECT document::text FROM ${table} WHERE id > $1 AND ("expiresAt" IS NULL OR "expiresAt" > $2)
       ORDER BY id LIMIT ${pageSize}`,
      [toValue(after), now],
    )
    page = rows.map(({ document }) => fromText<Document>(document))
    yield page
    after = page.at(-1)?.id ?? after
  } while (page.length === pageSize)
}
