import type { Database, RootDatabase, Transaction } from 'lmdb'
import { listedUnder } from '../listed-under.ts'
import { type Document, type Indexes, type Page, StoreFault } from '../port.ts'
import { afterEntries, entryKey, idInEntry, idKey, justAfter, valueEntry, valuePrefix } from './keys.ts'
import type { Memory } from './memory.ts'
import type { Reads } from './reads.ts'
import { Recent } from './recent.ts'
import { documentOf, textOf } from './texts.ts'

type Texts = Database<string, Buffer>
type Entries = Database<Buffer, Buffer>

/** One line of an index, which points at a document. */
interface Entry {
  index: string
  unique: boolean
  database: Entries
  key: Buffer
  /** How much of the key is the value's. */
  prefixLength: number
}

/** Where a document is found: its key and its index entries. */
export interface Place {
  id: string
  key: Buffer
  entries: Entry[]
}

/** A document as it is stored: text of its own, so that nobody changes it before it is written. */
export interface Row extends Place {
  text: string
}

const nothing = Buffer.alloc(0)
/** As many are counted one by one. */
const fewEntries = 2000

/**
 * The documents of one collection and their index entries in LMDB. Everything here is synchronous: inside a write
 * transaction it reads and changes that transaction, outside it reads the last commit. Knows nothing of expiry.
 *
 * Documents are stored as JSON text (texts.ts). Measured, reading it is faster than MessagePack, and JSON alone gives back
 * any string and any key, and leaves out what is undefined.
 */
export class Table<T extends Document> {
  readonly #name: string
  readonly texts: Texts
  readonly #recent: Recent<T>
  readonly #memory: Memory | undefined
  readonly #indexes: {
    name: string
    unique: boolean
    many: boolean
    field: string
    order?: string
    database: Entries
  }[]

  constructor(env: RootDatabase, name: string, indexes: Indexes, reads: Reads) {
    this.#name = name
    this.texts = env.openDB({ name, encoding: 'string', keyEncoding: 'binary' })
    this.#recent = new Recent(this.texts, reads)
    this.#memory = reads.memory
    this.#indexes = Object.entries(indexes).map(([index, { field, order, unique = false, many = false }]) => {
      const database: Entries = env.openDB({
        name: `${name}.${index}`,
        encoding: 'binary',
        keyEncoding: 'binary',
      })
      return { name: index, unique, many, field, order, database }
    })
  }

  /** By its id, outside of a write transaction: frozen, as other readers have it too. */
  readShared(id: string): T | undefined {
    return this.#recent.get(id)
  }

  /** By its id and key, inside of a write transaction; frozen as well. */
  current(id: string, key: Buffer): T | undefined {
    const text = this.texts.get(key)
    return text === undefined ? undefined : this.#recent.of(id, text)
  }

  read(key: Buffer): T | undefined {
    const text = this.texts.get(key)
    return text === undefined ? undefined : documentOf(text)
  }

  /** Throws before anything is written when the id or an indexed value can't be a key. */
  place(document: T): Place {
    const key = idKey(document.id)
    if (key === undefined) throw new RangeError('an id is 1 to 511 bytes of well-formed text')
    return { id: document.id, key, entries: this.#entriesOf(document, key) }
  }

  row(document: T): Row {
    return { ...this.place(document), text: textOf(document) }
  }

  /** Of very many texts: what each is listed under is there one after the other. */
  *rowsOf(texts: string[]): Iterable<Row> {
    for (const text of texts) yield { ...this.place(documentOf(text)), text }
  }

  write(row: Row, previous: Place | undefined): void {
    const stale = previous?.entries.filter((entry) => !has(row, entry)) ?? []
    for (const entry of stale) entry.database.remove(entry.key)
    for (const entry of fresh(row, previous)) entry.database.put(entry.key, nothing)
    this.texts.put(row.key, row.text)
    this.#memory?.wrote(this.#recent, row.id, row.text)
  }

  erase(document: T): void {
    this.eraseAt(this.place(document))
  }

  /** Of a document that is there. */
  eraseAt({ id, key, entries }: Place): void {
    for (const entry of entries) entry.database.remove(entry.key)
    this.texts.remove(key)
    this.#memory?.wrote(this.#recent, id, undefined)
  }

  /** Makes these indexes anew for all documents that haven't expired. Throws StoreFault where a unique value is held twice. */
  fill(names: Set<string>, now: number): void {
    for (const { name, database } of this.#indexes) if (names.has(name)) database.clearSync()
    for (const { key, value } of this.texts.getRange({})) {
      const document = documentOf<T>(value)
      if (document.expiresAt !== undefined && document.expiresAt <= now) continue
      for (const entry of this.#entriesOf(document, key).filter(({ index }) => names.has(index))) {
        this.#refuseSecond(entry)
        entry.database.putSync(entry.key, nothing)
      }
    }
  }

  #refuseSecond({ unique, index, database, key, prefixLength }: Entry): void {
    if (!unique) return
    const prefix = key.subarray(0, prefixLength)
    const [first] = database.getKeys({ start: prefix, end: afterEntries(prefix), limit: 1 })
    if (first === undefined) return
    const id = idInEntry(first, prefix).toString()
    throw new StoreFault(
      `Two documents of ${this.#name} have the same ${index}, which has to be unique from this release on: one of them is ${id}.`,
    )
  }

  /** All documents by their ids, from the one after `after`; as they were when a transaction began, if one is given. */
  *walk(after: string | undefined, transaction?: Transaction): Iterable<T> {
    const start = after === undefined ? undefined : justAfter(idKey(after) ?? nothing)
    for (const { value } of this.texts.getRange({ start, transaction })) yield documentOf(value)
  }

  /** The documents with a value, in the index's order or backwards, from the one after `after`. */
  *list(index: string, value: string, { after, backwards }: Page<T> = {}): Iterable<T> {
    const declared = this.#declared(index)
    const prefix = valuePrefix(value)
    if (prefix === undefined) return
    const last = after && this.#entryOf(declared, after, prefix)
    if (backwards) yield* this.#back(declared.database, last ?? afterEntries(prefix), prefix)
    else yield* this.#at(declared.database, last ? justAfter(last) : prefix, prefix)
  }

  /** How many entries a value has, as far as `most`. */
  count(index: string, value: string, most: number): number {
    const { database } = this.#declared(index)
    const prefix = valuePrefix(value)
    if (prefix === undefined) return 0
    const entries = { start: prefix, end: afterEntries(prefix) }
    // The library counts to the end whatever limit it is given: fast for many, and in vain for the first few.
    if (most > fewEntries) return Math.min(most, database.getKeysCount(entries))
    let counted = 0
    for (const _ of database.getKeys({ ...entries, limit: most })) counted += 1
    return counted
  }

  #declared(index: string) {
    const declared = this.#indexes.find(({ name }) => name === index)
    if (declared === undefined) throw new Error(`no such index: ${index}`)
    return declared
  }

  /** Other documents that hold a unique value which this row brings along. */
  *rivals(row: Row, previous: Place | undefined): Iterable<{ index: string; rival: T }> {
    for (const { index, unique, database, key, prefixLength } of fresh(row, previous)) {
      if (!unique) continue
      const prefix = key.subarray(0, prefixLength)
      for (const rival of this.#at(database, prefix, prefix)) {
        if (!row.key.equals(Buffer.from(rival.id))) yield { index, rival }
      }
    }
  }

  *#at(database: Entries, start: Buffer, prefix: Buffer): Iterable<T> {
    for (const key of database.getKeys({ start, end: afterEntries(prefix) })) {
      const document = this.read(idInEntry(key, prefix))
      if (document !== undefined) yield document
    }
  }

  *#back(database: Entries, before: Buffer, prefix: Buffer): Iterable<T> {
    const range = { start: before, exclusiveStart: true, end: prefix, reverse: true }
    for (const key of database.getKeys(range)) {
      const document = this.read(idInEntry(key, prefix))
      if (document !== undefined) yield document
    }
  }

  #entriesOf(document: T, key: Buffer): Entry[] {
    const entries: Entry[] = []
    for (const { name, unique, many, field, order, database } of this.#indexes) {
      const number = order === undefined ? undefined : document[order as keyof T]
      for (const value of listedUnder(document, { field, many })) {
        const entry = valueEntry(value, number, key)
        if (entry === undefined)
          throw new RangeError(`an indexed value is at most 1023 bytes of well-formed text: ${name}`)
        entries.push({ index: name, unique, database, key: entry.key, prefixLength: entry.prefixLength })
      }
    }
    return entries
  }

  #entryOf({ order }: { order?: string }, document: T, prefix: Buffer): Buffer {
    const key = idKey(document.id) ?? nothing
    return entryKey(prefix, order === undefined ? undefined : document[order as keyof T], key)
  }
}

function has(place: Place | undefined, entry: Entry): boolean {
  return place?.entries.some((other) => other.index === entry.index && other.key.equals(entry.key)) ?? false
}

function fresh(row: Row, previous: Place | undefined): Entry[] {
  return previous === undefined ? row.entries : row.entries.filter((entry) => !has(previous, entry))
}
