import { escapeIdentifier, escapeLiteral } from 'pg'
import type { Index } from '../port.ts'
import { entriesName, entriesOf, indexName, tableOf } from './names.ts'

/**
 * An index can't be about each member of a list and be in an order at once. So what a document is listed under stands in
 * a table of its own, a row for each member, which triggers of the database keep: whoever writes the document, in
 * whatever way, need not know of it.
 */
export function ofEntries(schema: string, name: string, indexes: Index[], there: Set<string>): string[] {
  const fields = Map.groupBy(
    indexes.filter(({ many }) => many),
    ({ field }) => field,
  )
  return [...fields].flatMap(([field, about]) => {
    const kept = { schema, name, field, orders: ordersOf(about) }
    return [
      ...(there.has(entriesName(name, field)) ? [] : makeEntries(kept)),
      ...(there.has(`${addingName(kept)}()`) ? [] : keepEntries(kept)),
      ...about
        .filter((index) => !there.has(indexName(name, index)))
        .map((index) => createIndex(schema, name, index)),
    ]
  })
}

interface Kept {
  schema: string
  name: string
  field: string
  orders: string[]
}

const ordersOf = (about: Index[]): string[] => [
  ...new Set(about.flatMap(({ order }) => (order === undefined ? [] : [order]))),
]

const addingName = ({ name, field }: Kept): string => `${entriesName(name, field)}.add`

function makeEntries(kept: Kept): string[] {
  const { schema, name, field, orders } = kept
  const entries = entriesOf(schema, name, field)
  const columns = orders.map((order) => `, ${escapeIdentifier(order)} double precision`).join('')
  return [
    `CREATE TABLE ${entries} (value text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL${columns})`,
    `INSERT INTO ${entries} ${selectEntries(kept, tableOf(schema, name))}`,
  ]
}

/**
 * What is added comes as a whole, so that many documents of one statement are taken together; what is changed or removed
 * goes row by row, and not at all where a change is about something else. Releases before had one trigger for all of it,
 * and an index of the ids, which cost as much as the one that is read.
 */
function keepEntries(kept: Kept): string[] {
  const { schema, name, field, orders } = kept
  const [entries, table] = [entriesOf(schema, name, field), tableOf(schema, name)]
  const [keep, add] = [tableOf(schema, `${entriesName(name, field)}.keep`), tableOf(schema, addingName(kept))]
  const [keeping, adding] = [escapeIdentifier(`keep ${field}`), escapeIdentifier(`add ${field}`)]
  const same = [field, ...orders].map((part) => {
    const text = `document->>${escapeLiteral(part)}`
    return `OLD.${text} IS NOT DISTINCT FROM NEW.${text}`
  })
  return [
    `CREATE OR REPLACE FUNCTION ${keep}() RETURNS trigger LANGUAGE plpgsql AS $keep$ BEGIN
      IF TG_OP = 'UPDATE' THEN IF ${same.join(' AND ')} THEN RETURN NULL; END IF; END IF;
      ${deleteEntries(kept).join('; ')};
      IF TG_OP = 'UPDATE' THEN INSERT INTO ${entries} ${selectEntries(kept, '(SELECT NEW.id, NEW.document)')}; END IF;
      RETURN NULL;
    END $keep$`,
    `CREATE FUNCTION ${add}() RETURNS trigger LANGUAGE plpgsql AS $add$ BEGIN
      INSERT INTO ${entries} ${selectEntries(kept, 'added')};
      RETURN NULL;
    END $add$`,
    `DROP TRIGGER IF EXISTS ${keeping} ON ${table}`,
    `CREATE TRIGGER ${keeping} AFTER UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${keep}()`,
    `CREATE TRIGGER ${adding} AFTER INSERT ON ${table} REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ${add}()`,
    `DROP INDEX IF EXISTS ${tableOf(schema, `${entriesName(name, field)}.id`)}`,
  ]
}

/** By the index that is read: it has the value, the first order if there is one, and the id. */
function deleteEntries(kept: Kept): string[] {
  const { schema, name, field, orders } = kept
  const order = orders.slice(0, 1).map(escapeIdentifier)
  const places =
    order.length === 0
      ? ['']
      : order.flatMap((one) => [
          ` AND kept.${one} = gone.${one}`,
          ` AND kept.${one} IS NULL AND gone.${one} IS NULL`,
        ])
  return places.map(
    (place) => `DELETE FROM ${entriesOf(schema, name, field)} AS kept
      USING (${selectEntries(kept, '(SELECT OLD.id, OLD.document)')}) AS gone
      WHERE kept.value = gone.value AND kept.id = gone.id${place}`,
  )
}

/**
 * Each document is read once (OFFSET 0), not once for each member, and in the order of the first index, so that what is
 * next to one another there is written together.
 */
function selectEntries({ field, orders }: Kept, from: string): string {
  const numbers = orders.map((order) => {
    const value = `document->${escapeLiteral(order)}`
    const text = `document->>${escapeLiteral(order)}`
    return `, CASE WHEN json_typeof(${value}) = 'number' THEN (${text})::double precision END AS ${escapeIdentifier(order)}`
  })
  const list = `document->${escapeLiteral(field)}`
  const columns = orders.map((order) => `, ${escapeIdentifier(order)}`).join('')
  return `SELECT DISTINCT member #>> '{}' AS value, id${columns}
    FROM (SELECT id${numbers.join('')}, CASE WHEN json_typeof(${list}) = 'array' THEN ${list} ELSE '[]' END AS members
      FROM ${from} AS stored OFFSET 0) AS listed, json_array_elements(members) AS member
    WHERE json_typeof(member) = 'string' ORDER BY 1${columns}, id`
}

function createIndex(schema: string, name: string, index: Index): string {
  const order = index.order === undefined ? '' : `, ${escapeIdentifier(index.order)} NULLS FIRST`
  return `CREATE INDEX ${escapeIdentifier(indexName(name, index))} ON ${entriesOf(schema, name, index.field)} (value${order}, id)`
}
