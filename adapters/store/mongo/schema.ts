import { type Connection, type Model, Schema } from 'mongoose'
import type { Index, Indexes } from '../port.ts'
import type { Stored } from './codec.ts'

/**
 * The Mongoose model of a collection. The schema types what is queried, so that a query can only be about text and
 * numbers; all other fields are kept as they are (`strict: false`), empty objects too (`minimize: false`).
 */
export function modelOf(connection: Connection, name: string, indexes: Indexes): Model<Stored> {
  const schema = new Schema<Stored>(
    { _id: String, _version: Number, expiresAt: Date, ...queried(Object.values(indexes)) } as never,
    { collection: name, strict: false, minimize: false, versionKey: false, id: false, autoIndex: false },
  )
  for (const index of Object.values(indexes)) schema.index(keys(index), options(index))
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  return connection.model<Stored>(name, schema)
}

/** What a unique index is about is the value alone; the others also hold the order. */
function keys({ field, order, unique }: Index): Record<string, 1> {
  if (unique) return { [field]: 1 }
  return order === undefined ? { [field]: 1, _id: 1 } : { [field]: 1, [order]: 1, _id: 1 }
}

/** Only documents in which the field is text, or has some in a list, are listed. Said as a comparison, which queries for a text imply. */
function options({ field, unique }: Index) {
  return { unique: unique ?? false, partialFilterExpression: { [field]: { $gte: '' } } }
}

function queried(indexes: Index[]): { [field: string]: typeof String | typeof Number | [typeof String] } {
  const fields = indexes.map(({ field, many }) => [field, many ? [String] : String])
  const orders = indexes.flatMap(({ order }) => (order === undefined ? [] : [[order, Number]]))
  return Object.fromEntries([...fields, ...orders])
}
