import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg'
import type { Declared, Index, Indexes } from '../port.ts'
import { ofEntries } from './entries.ts'
import { indexName, tableOf } from './names.ts'

/** One process at a time makes tables: any number will do that nobody else takes. */
const turn = 0x72656b6579

/**
 * Makes what is declared and isn't there: a table a collection, a column for every field that an index is about, and the
 * indexes. Columns are generated from the document, so that a new one is filled for what is stored already, and by
 * processes of an earlier release too, which know nothing of it. Nothing is ever dropped: these may still use it.
 */
export async function prepare(client: ClientBase, schema: string, declared: Declared): Promise<void> {
  if ((await missing(client, schema, declared)).length === 0) return
  await client.query('BEGIN')
  await client.query('SELECT pg_advisory_xact_lock($1)', [turn])
  for (const statement of await missing(client, schema, declared)) await client.query(statement)
  await client.query('COMMIT')
}

async function missing(client: ClientBase, schema: string, declared: Declared): Promise<string[]> {
  const there = await whatIsThere(client, schema)
  const tables = Object.entries(declared).flatMap(([name, indexes]) => ofTable(schema, name, indexes, there))
  return there.has('schema') ? tables : [`CREATE SCHEMA ${escapeIdentifier(schema)}`, ...tables]
}

async function whatIsThere(client: ClientBase, schema: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT 'schema' AS name FROM pg_namespace WHERE nspname = $1
     UNION ALL
     SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1
     UNION ALL
     SELECT proname || '()' FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = $1
     UNION ALL
     SELECT relname || ' ' || attname FROM pg_attribute
       JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
       WHERE nspname = $1 AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped`,
    [schema],
  )
  return new Set(rows.map(({ name }) => name))
}

function ofTable(schema: string, name: string, indexes: Indexes, there: Set<string>): string[] {
  const table = tableOf(schema, name)
  const wanted = Object.values(indexes).filter(({ many }) => !many)
  const columns = columnsOf(wanted).filter(({ field }) => !there.has(`${name} ${field}`))
  const missing = wanted.filter((index) => !there.has(indexName(name, index)))
  return [
    ...(there.has(name) ? [] : [createTable(schema, name)]),
    ...(columns.length > 0 ? [`ALTER TABLE ${table} ${columns.map(addColumn).join(', ')}`] : []),
    ...missing.map((index) => createIndex(table, name, index)),
    ...(there.has(expiryName(name)) ? [] : [createExpiryIndex(table, name)]),
    ...ofEntries(schema, name, Object.values(indexes), there),
  ]
}

/** `json`, not `jsonb`, as what comes back is what was stored to the letter, the order of members included. */
function createTable(schema: string, name: string): string {
  const key = escapeIdentifier(primaryName(name))
  return `CREATE TABLE ${tableOf(schema, name)} (
    id text COLLATE "C" CONSTRAINT ${key} PRIMARY KEY, version bigint NOT NULL, document json NOT NULL)`
}

interface Column {
  field: string
  type: 'text' | 'number'
}

function columnsOf(indexes: Index[]): Column[] {
  const types = new Map<string, Column['type']>([['expiresAt', 'number']])
  for (const { field, order } of indexes) {
    types.set(field, 'text')
    if (order !== undefined) types.set(order, 'number')
  }
  return [...types].map(([field, type]) => ({ field, type }))
}

/** Holds the field where it is of the type that the index is about; otherwise nothing. */
function addColumn({ field, type }: Column): string {
  const [value, text] = [`document->${escapeLiteral(field)}`, `document->>${escapeLiteral(field)}`]
  const [column, json, taken] =
    type === 'text'
      ? ['text COLLATE "C"', 'string', text]
      : ['double precision', 'number', `(${text})::double precision`]
  return `ADD COLUMN ${escapeIdentifier(field)} ${column}
    GENERATED ALWAYS AS (CASE WHEN json_typeof(${value}) = '${json}' THEN ${taken} END) STORED`
}

/** What a unique index is about is the value alone; the others also hold the order. Documents without the field aren't in it. */
function createIndex(table: string, name: string, index: Index): string {
  const field = escapeIdentifier(index.field)
  const order = index.order === undefined ? '' : `, ${escapeIdentifier(index.order)} NULLS FIRST`
  const [unique, keys] = index.unique ? ['UNIQUE', field] : ['', `${field}${order}, id`]
  return `CREATE ${unique} INDEX ${escapeIdentifier(indexName(name, index))} ON ${table} (${keys}) WHERE ${field} IS NOT NULL`
}

function createExpiryIndex(table: string, name: string): string {
  return `CREATE INDEX ${escapeIdentifier(expiryName(name))} ON ${table} ("expiresAt") WHERE "expiresAt" IS NOT NULL`
}

function primaryName(name: string): string {
  return `${name}.id`
}

function expiryName(name: string): string {
  return `${name}.expiresAt`
}
