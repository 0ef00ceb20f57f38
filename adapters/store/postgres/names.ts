import { escapeIdentifier } from 'pg'
import type { Index } from '../port.ts'

export function tableOf(schema: string, name: string): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`
}

/** The name says all that the index is: one that is declared otherwise in another release is another index. */
export function indexName(collection: string, { field, order, unique, many }: Index): string {
  return [collection, field, unique ? 'unique' : order, many ? 'entries' : undefined]
    .filter((part) => part !== undefined)
    .join('.')
}

/** The table with what a list-valued field of a collection lists its documents under. */
export function entriesOf(schema: string, collection: string, field: string): string {
  return tableOf(schema, entriesName(collection, field))
}

export function entriesName(collection: string, field: string): string {
  return `${collection}.${field}`
}
