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
  const names = await ask(
    uri,
    "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'rekey' AND relname NOT LIKE '%.%'",
  )
  const tables: { [table: string]: object[] } = {}
  for (const { relname } of names as { relname: string }[])
    tables[relname] = await ask(
      uri,
      `SELECT id, version, document::text FROM rekey.${escapeIdentifier(relname)}`,
    )
  return tables
}

/** Puts these rows in the place of what is there. */
export async function fillTables(uri: string, tables: { [table: string]: object[] }): Promise<void> {
  for (const [name, rows] of Object.entries(tables)) {
    const table = `rekey.${escapeIdentifier(name)}`
    await ask(uri, `TRUNCATE ${table}`)
    await ask(
      uri,
      `INSERT INTO ${table} (id, version, document)
       SELECT id, version::bigint, document::json FROM json_to_recordset($1) AS row(id text, version text, document text)`,
      [JSON.stringify(rows)],
    )
  }
}

export async function ask(uri: string, statement: string, values: unknown[] = []): Promise<object[]> {
  const client = new Client({ connectionString: uri })
  await client.connect()
  try {
    return (await client.query(statement, values)).rows
  } finally {
    await client.end()
  }
}

function nameIn(uri: string): string {
  return escapeIdentifier(new URL(uri).pathname.slice(1))
}
