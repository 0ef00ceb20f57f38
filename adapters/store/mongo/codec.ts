import { randomInt } from 'node:crypto'
import type { Document } from '../port.ts'

/** A document as MongoDB holds it: its own fields, so that an operator can read them, beside ours. */
export interface Stored {
  _id: string
  /** Another number after every write: a write names the number it has read, and fails when there is another by now. */
  _version: number
  /** A date, for the TTL index. */
  expiresAt?: Date
  [field: string]: unknown
}

/** Stands for a value that BSON can't hold as it is. */
type Text = { _json: string }

/** Fields of ours, which a document's own fields must not take the place of. `_rest` is what couldn't be a field. */
const reserved = new Set(['_id', '_version', '_rest'])

/** What MongoDB, or its driver on the way there or back, takes for something else than a plain key. */
const unsafeKey = /^$|^\$|[.\0]|^(_bsontype|_json)$/

/** MongoDB refuses documents nested deeper than 100 levels. */
const deepest = 80

/** Nobody draws the same one again. */
export const freshVersion = (): number => randomInt(2 ** 48 - 1)

/** The document as it is now. Plain JSON decides what it is: undefined fields are absent. */
export function encode(document: Document): Stored {
  const { id, expiresAt, ...fields } = JSON.parse(JSON.stringify(document)) as Document
  const stored: Stored = { _id: id, _version: freshVersion() }
  const rest: { [field: string]: unknown } = Object.create(null)
  for (const [field, value] of Object.entries(fields)) {
    if (reserved.has(field) || !safe(field)) rest[field] = value
    else stored[field] = encodeValue(value, 1)
  }
  if (expiresAt !== undefined) stored.expiresAt = new Date(expiresAt)
  if (Object.keys(rest).length > 0) stored._rest = asText(rest)
  return stored
}

export function decode<T extends Document>({ _id, _version, _rest, expiresAt, ...stored }: Stored): T {
  const fields = decodeValue(stored) as { [field: string]: unknown }
  const rest = _rest === undefined ? {} : (decodeValue(_rest) as object)
  const expiry = expiresAt === undefined ? {} : { expiresAt: expiresAt.getTime() }
  return { id: _id, ...fields, ...rest, ...expiry } as T
}

function encodeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : asText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) return asText(value)
  if (Array.isArray(value)) return value.map((item) => encodeValue(item, depth + 1))
  if (!Object.keys(value).every(safe)) return asText(value)
  return mapValues(value, (item) => encodeValue(item, depth + 1))
}

function decodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(decodeValue)
  if ('_json' in value) return JSON.parse((value as Text)._json)
  return mapValues(value, decodeValue)
}

function mapValues(object: object, change: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

/** Names that every object inherits are unsafe too: bson 7.3 gives back `{ toString: [{}] }` with the raw bytes of {}. */
function safe(key: string): boolean {
  return !unsafeKey.test(key) && !(key in Object.prototype) && key.isWellFormed()
}

function asText(value: unknown): Text {
  return { _json: JSON.stringify(value) }
}
