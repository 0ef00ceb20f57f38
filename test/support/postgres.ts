import { randomUUID } from 'node:crypto'
import { Client, escapeIdentifier } from 'pg'

/** Databases of their own on one PostgreSQL, made and dropped by way of the one that the URI names, which is never touched. */
export async function freshPostgres(uri: string): Promise<string> {
  const fresh = new URL(uri)
  fresh.pathname = `/rekey-test-${randomUUID().slice(0, 13)}`
  await ask(uri, `CREATE DATABASE ${nameIn(fresh.href)} TEMPLATE template0 ENCODING 'UTF8'`)
  return fresh.href
}

export async function dropPostgres(uri: string, server: string): Promise<void> {
  await ask(server, `DROP DATABASE IF EXISTS ${nameIn(uri)} WITH (FORCE)`)
}

/** Whole tables by name. */
export async function tablesOf(uri: string): Promise<{ [table: string]: object[] }> {
  return connected(uri, async (client) => {
    const { rows: names } = await client.query(
      "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'rekey' AND relname NOT LIKE '%.%'",
    )
    const tables: { [table: string]: object[] } = {}
    for (const { relname } of names as { relname: string }[])
      tables[relname] = (
        await client.query(`SELECT id, version, document::text FROM ${tableOf(relname)}`)
      ).rows
    return tables
  })
}

/** Puts these rows in the place of what is there. */
export async function fillTables(uri: string, tables: { [table: string]: object[] }): Promise<void> {
  await connected(uri, async (client) => {
    await client.query(`TRUNCATE ${Object.keys(tables).map(tableOf).join(', ')}`)
    for (const [name, rows] of Object.entries(tables).filter(([, rows]) => rows.length > 0))
      await client.query(
        `INSERT INTO ${tableOf(name)} (id, version, document)
         SELECT id, version::bigint, document::json FROM json_to_recordset($1) AS row(id text, version text, document text)`,
        [JSON.stringify(rows)],
      )
  })
}

const tableOf = (name: string) => `rekey.${escapeIdentifier(name)}`

export function ask(uri: string, statement: string, values: unknown[] = []): Promise<object[]> {
  return connected(uri, async (client) => (await client.query(statement, values)).rows)
}

async function connected<R>(uri: string, use: (client: Client) => Promise<R>): Promise<R> {
  const client = new Client({ connectionString: uri })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

function nameIn(uri: string): string {
  return escapeIdentifier(new URL(uri).pathname.slice(1))
}
