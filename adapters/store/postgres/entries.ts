import { escapeIdentifier, escapeLiteral } from 'pg'
import type { Index } from '../port.ts'
import { entriesName, entriesOf, indexName, tableOf } from './names.ts'

/**
 * An index can't be about each member of a list and be in an order at once. So what a document is listed under stands in
 * a table of its own, a row for each member, which a trigger of the database keeps: whoever writes the document, in
 * whatever way, need not know of it.
 */
export function ofEntries(schema: string, name: string, indexes: Index[], there: Set<string>): string[] {
  const fields = Map.groupBy(
    indexes.filter(({ many }) => many),
    ({ field }) => field,
  )
  return [...fields].flatMap(([field, about]) => [
    ...(there.has(entriesName(name, field)) ? [] : makeEntries(schema, name, field, about)),
    ...about
      .filter((index) => !there.has(indexName(name, index)))
      .map((index) => createIndex(schema, name, index)),
  ])
}

function makeEntries(schema: string, name: string, field: string, about: Index[]): string[] {
  const [entries, table] = [entriesOf(schema, name, field), tableOf(schema, name)]
  const keep = tableOf(schema, `${entriesName(name, field)}.keep`)
  const orders = [...new Set(about.flatMap(({ order }) => (order === undefined ? [] : [order])))]
  const columns = orders.map((order) => `, ${escapeIdentifier(order)} double precision`).join('')
  return [
    `CREATE TABLE ${entries} (value text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL${columns})`,
    `CREATE INDEX ${escapeIdentifier(`${entriesName(name, field)}.id`)} ON ${entries} (id)`,
    `INSERT INTO ${entries} ${selectEntries(field, orders, table)}`,
    `CREATE FUNCTION ${keep}() RETURNS trigger LANGUAGE plpgsql AS $keep$ BEGIN
      IF TG_OP <> 'INSERT' THEN DELETE FROM ${entries} WHERE id = OLD.id; END IF;
      IF TG_OP <> 'DELETE' THEN INSERT INTO ${entries} ${selectEntries(field, orders, '(SELECT NEW.id, NEW.document)')}; END IF;
      RETURN NULL;
    END $keep$`,
    `CREATE TRIGGER ${escapeIdentifier(`keep ${field}`)} AFTER INSERT OR UPDATE OR DELETE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION ${keep}()`,
  ]
}

function selectEntries(field: string, orders: string[], from: string): string {
  const values = orders.map((order) => {
    const value = `document->${escapeLiteral(order)}`
    const text = `document->>${escapeLiteral(order)}`
    return `, CASE WHEN json_typeof(${value}) = 'number' THEN (${text})::double precision END`
  })
  const list = `document->${escapeLiteral(field)}`
  const members = `CASE WHEN json_typeof(${list}) = 'array' THEN ${list} ELSE '[]' END`
  return `SELECT DISTINCT member #>> '{}', id${values.join('')} FROM ${from} AS kept,
    json_array_elements(${members}) AS member WHERE json_typeof(member) = 'string'`
}

function createIndex(schema: string, name: string, index: Index): string {
  const order = index.order === undefined ? '' : `, ${escapeIdentifier(index.order)} NULLS FIRST`
  return `CREATE INDEX ${escapeIdentifier(indexName(name, index))} ON ${entriesOf(schema, name, index.field)} (value${order}, id)`
}
