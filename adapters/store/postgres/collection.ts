import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { escapeIdentifier } from 'pg'
import { listedUnder } from '../listed-under.ts'
import { type Collection, Conflict, type Document, type Index, type Indexes, type Page } from '../port.ts'
import { Turns } from '../turns.ts'
import type { Connections } from './connections.ts'
import { entriesOf, tableOf } from './names.ts'
import { sorting, stretchesAfter } from './pages.ts'
import { isRefusal } from './refusals.ts'
import { fromText, toText, toValue } from './text.ts'

/** Someone else's write came first: look again. */
const lost = Symbol('lost')

/** A document as it was read. A write names the version it has read, and fails when there is another by now. */
interface Stored {
  id: string
  version: string
  document: string
}

/** Nobody loses so often to others: a unique index stands in the way that another release has declared. */
const mostTries = 100

/** Rows that one statement of removeBy takes, so that none takes long. */
const removedAtOnce = 1000

/**
 * A collection in PostgreSQL. A change is read, decided on, and written on the condition that the document is still the
 * one that was read; whoever comes second looks again.
 */
export class PostgresCollection<T extends Document> implements Collection<T> {
  readonly #connections: Connections
  readonly #schema: string
  readonly #name: string
  readonly #table: string
  readonly #indexes: Indexes
  readonly #clock: () => number
  readonly #turns = new Turns()

  constructor(
    connections: Connections,
    { schema, name }: { schema: string; name: string },
    indexes: Indexes,
    clock: () => number,
  ) {
    this.#connections = connections
    this.#schema = schema
    this.#name = name
    this.#table = tableOf(schema, name)
    this.#indexes = indexes
    this.#clock = clock
  }

  async get(id: string): Promise<T | undefined> {
    return this.#live(await this.#read(id))
  }

  async find(name: string, value: string, page: Page<T> = {}): Promise<T[]> {
    const index = this.#index(name)
    const { limit = Infinity, backwards } = page
    if (!value.isWellFormed()) return []
    const found: T[] = []
    for (const { condition, values } of stretchesAfter(index, page, toValue)) {
      const left = limit - found.length
      if (left <= 0) break
      const rows = await this.#connections.read<Stored>(
        `SELECT document::text FROM ${this.#listing(index)} = $1
         AND ("expiresAt" IS NULL OR "expiresAt" > $2) AND ${condition}
         ORDER BY ${sorting(index, backwards)} LIMIT $${values.length + 3}`,
        [toValue(value), this.#clock(), ...values, left === Infinity ? null : left],
      )
      for (const { document } of rows) found.push(fromText<T>(document))
    }
    return found
  }

  async count(name: string, value: string, most: number): Promise<number> {
    const index = this.#index(name)
    if (!value.isWellFormed() || most <= 0) return 0
    const entries = index.many ? `${this.#entries(index)} WHERE value` : this.#listing(index)
    const [row] = await this.#connections.read<{ count: string }>(
      `SELECT count(*) FROM (SELECT FROM ${entries} = $1 LIMIT $2) AS counted`,
      [toValue(value), most],
    )
    return Number(row!.count)
  }

  async walk({ after, limit }: { after?: string | undefined; limit: number }): Promise<T[]> {
    const rows = await this.#connections.read<Stored>(
      `SELECT document::text FROM ${this.#table} WHERE id > $1 AND ("expiresAt" IS NULL OR "expiresAt" > $2)
       ORDER BY id LIMIT $3`,
      [toValue(after ?? ''), this.#clock(), limit],
    )
    return rows.map(({ document }) => fromText<T>(document))
  }

  async insert(document: T): Promise<void> {
    const next = this.#encode(document)
    let there: Stored | undefined
    await this.#untilWon(next.id, async () => {
      if (this.#live(there)) throw new Conflict('id')
      const written = await this.#write(next, there)
      if (written === lost) there = await this.#read(document.id)
      return written
    })
  }

  async insertAll(documents: T[]): Promise<void> {
    const next = documents.map((document) => this.#encode(document))
    const written = await this.#attempt(() => this.#addAll(next))
    if (written === next.length) return
    // All or none: something is in the way, which one at a time will find.
    for (const document of documents) await this.insert(document)
  }

  async update<R>(
    id: string,
    change: (current: T | undefined) => [next: T | undefined, outcome: R],
    first: T[] = [],
  ): Promise<R> {
    if (first.length > 0) await this.insertAll(first)
    return this.#untilWon(id, async () => {
      const there = await this.#read(id)
      const current = this.#live(there)
      const [next, outcome] = change(current)
      if (next === current) return outcome
      if (next !== undefined && next.id !== id) throw new Error(`a change can't give ${id} another id`)
      const written = next ? await this.#write(this.#encode(next), there) : await this.#erase(there!)
      return written === lost ? lost : outcome
    })
  }

  async remove(id: string): Promise<void> {
    if (possible(id)) await this.#connections.write(`DELETE FROM ${this.#table} WHERE id = $1`, [toValue(id)])
  }

  async removeBy(name: string, value: string): Promise<void> {
    const index = this.#index(name)
    const field = escapeIdentifier(index.field)
    if (!value.isWellFormed()) return
    const [from, still] = index.many
      ? [`${this.#entries(index)} WHERE value`, '']
      : [`${this.#table} WHERE ${field}`, `AND ${field} = $1`]
    const some = `SELECT id FROM ${from} = $1 ORDER BY id LIMIT ${removedAtOnce}`
    const remove = `DELETE FROM ${this.#table} WHERE id IN (${some}) ${still}`
    let removed: number | 'refused'
    do removed = await this.#attempt(() => this.#connections.write(remove, [toValue(value)]))
    while (removed === 'refused' || removed === removedAtOnce)
  }

  /** Removes some of the documents that have expired, and tells whether there may be more. */
  async removeExpired(limit: number): Promise<boolean> {
    const expired = `SELECT id FROM ${this.#table} WHERE "expiresAt" <= $1 LIMIT ${limit} FOR UPDATE SKIP LOCKED`
    const remove = `DELETE FROM ${this.#table} WHERE id IN (${expired}) AND "expiresAt" <= $1`
    return (await this.#connections.write(remove, [this.#clock()])) === limit
  }

  #untilWon<R>(id: string, attempt: () => Promise<R | typeof lost>): Promise<R> {
    return this.#turns.take(id, async () => {
      for (let tries = 0; tries < mostTries; tries++) {
        const result = await attempt()
        if (result !== lost) return result
        await setTimeout(Math.random() * Math.min(2 ** tries, 50))
      }
      throw new Error(`${this.#table} refuses a document, and it can't be seen why`)
    })
  }

  /** What is stored, even if it has expired. */
  async #read(id: string): Promise<Stored | undefined> {
    return possible(id) ? this.#one('id', toValue(id)) : undefined
  }

  async #one(field: string, value: string): Promise<Stored | undefined> {
    const [row] = await this.#connections.read<Stored>(
      `SELECT id, version, document::text FROM ${this.#table} WHERE ${escapeIdentifier(field)} = $1`,
      [value],
    )
    return row
  }

  /** Writes in place of what was read, unless that is no longer what is there. */
  async #write(next: Stored, there: Stored | undefined): Promise<undefined | typeof lost> {
    const written = await this.#attempt(() => (there ? this.#replace(next, there) : this.#add(next)))
    if (written === 1) return
    const inTheWay = written === 'refused' || (!there && !(await this.#one('id', next.id)))
    if (inTheWay) await this.#takeFromExpired(next)
    return lost
  }

  /** Says how many rows were written, or that the server refused it because of others. */
  async #attempt(write: () => Promise<number>): Promise<number | 'refused'> {
    try {
      return await write()
    } catch (error) {
      if (isRefusal(error)) return 'refused'
      throw error
    }
  }

  /** Writes nothing where something is in the way: a refusal would say in the server's log what was to be written. */
  #add({ id, version, document }: Stored): Promise<number> {
    return this.#connections.write(
      `INSERT INTO ${this.#table} (id, version, document) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [id, version, document],
    )
  }

  /** Nothing where one of them is there. A unique value that is taken refuses the statement as a whole. */
  #addAll(next: Stored[]): Promise<number> {
    const column = (name: keyof Stored) => next.map((one) => one[name])
    return this.#connections.write(
      `INSERT INTO ${this.#table} (id, version, document)
       SELECT id, version, document::json FROM unnest($1::text[], $2::bigint[], $3::text[]) AS t (id, version, document)
       WHERE NOT EXISTS (SELECT FROM ${this.#table} WHERE id = ANY ($1::text[]))`,
      [column('id'), column('version'), column('document')],
    )
  }

  #replace({ version, document }: Stored, there: Stored): Promise<number> {
    return this.#connections.write(
      `UPDATE ${this.#table} SET version = $3, document = $4 WHERE id = $1 AND version = $2`,
      [there.id, there.version, version, document],
    )
  }

  async #erase({ id, version }: Stored): Promise<undefined | typeof lost> {
    const erased = await this.#attempt(() =>
      this.#connections.write(`DELETE FROM ${this.#table} WHERE id = $1 AND version = $2`, [id, version]),
    )
    return erased === 1 ? undefined : lost
  }

  /** A unique value is taken: by one that has expired, by one that matters, or no longer. */
  async #takeFromExpired(next: Stored): Promise<void> {
    const document = fromText<T>(next.document)
    for (const [name, { field, unique }] of Object.entries(this.#indexes)) {
      const value = document[field as keyof T]
      if (!unique || typeof value !== 'string') continue
      const rival = await this.#one(field, toValue(value))
      if (rival === undefined || rival.id === next.id) continue
      if (this.#live(rival)) throw new Conflict(name)
      await this.#erase(rival)
    }
  }

  #encode(document: T): Stored {
    if (!possible(document.id)) throw new RangeError('an id is 1 to 511 bytes of well-formed text')
    for (const [name, index] of Object.entries(this.#indexes)) {
      if (!listedUnder(document, index).every(indexable))
        throw new RangeError(`an indexed value is at most 1023 bytes of well-formed text: ${name}`)
    }
    return { id: toValue(document.id), version: `${randomInt(2 ** 48 - 1)}`, document: toText(document) }
  }

  #live(stored: Stored | undefined): T | undefined {
    if (stored === undefined) return undefined
    const document = fromText<T>(stored.document)
    return document.expiresAt !== undefined && document.expiresAt <= this.#clock() ? undefined : document
  }

  /** Where an index is looked up, to be compared with a value. Its order and its ids come from the entries where it has some. */
  #listing(index: Index): string {
    if (!index.many) return `${this.#table} WHERE ${escapeIdentifier(index.field)}`
    return `${this.#entries(index)} JOIN
      (SELECT id AS owner, document, "expiresAt" FROM ${this.#table}) AS owners ON owner = id WHERE value`
  }

  #entries({ field }: Index): string {
    return entriesOf(this.#schema, this.#name, field)
  }

  #index(name: string): Index {
    const index = this.#indexes[name]
    if (index === undefined) throw new Error(`no such index: ${name}`)
    return index
  }
}

/** The limits of the embedded store hold here too, so that moving is possible. */
function possible(id: string): boolean {
  return id !== '' && id.isWellFormed() && Buffer.byteLength(id) <= 511
}

function indexable(value: string): boolean {
  return value.isWellFormed() && Buffer.byteLength(value) <= 1023
}
