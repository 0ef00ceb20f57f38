import { type Connection, type Model, Schema } from 'mongoose'
import type { Index, Indexes } from '../port.ts'
import type { Stored } from './codec.ts'

/** Where the claims to unique values are, of all collections: unique-values.ts. */
export const claimsName = 'uniqueValues'

/**
 * The Mongoose model of a collection. The schema types what is queried, so that a query can only be about text and
 * numbers; all other fields are kept as they are (`strict: false`), empty objects too (`minimize: false`). Unique values
 * take no index: see unique-values.ts.
 */
export function modelOf(connection: Connection, name: string, indexes: Indexes): Model<Stored> {
  const schema = new Schema<Stored>(
    { _id: String, _version: Number, expiresAt: Date, ...queried(Object.values(indexes)) } as never,
    { collection: name, strict: false, minimize: false, versionKey: false, id: false, autoIndex: false },
  )
  const listing = Object.values(indexes).filter(({ unique }) => !unique)
  for (const index of listing) schema.index(keys(index), options(index))
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  return connection.model<Stored>(name, schema)
}

function keys({ field, order }: Index): Record<string, 1> {
  return order === undefined ? { [field]: 1, _id: 1 } : { [field]: 1, [order]: 1, _id: 1 }
}

/** Only documents in which the field is text, or has some in a list, are listed. Said as a comparison, which queries for a text imply. */
function options({ field }: Index) {
  return { partialFilterExpression: { [field]: { $gte: '' } } }
}

function queried(indexes: Index[]): { [field: string]: typeof String | typeof Number | [typeof String] } {
  const fields = indexes.map(({ field, many }) => [field, many ? [String] : String])
  const orders = indexes.flatMap(({ order }) => (order === undefined ? [] : [[order, Number]]))
  return Object.fromEntries([...fields, ...orders])
}
