import { setTimeout } from 'node:timers/promises'
import type { QueryFilter } from 'mongoose'
import { defined } from '../../../rules/defined.ts'
import { findAll } from '../find-all.ts'
import { listedUnder } from '../listed-under.ts'
import { type Collection, Conflict, type Document, type Indexes, type Page } from '../port.ts'
import { Turns } from '../turns.ts'
import { decode, encode, type Stored } from './codec.ts'
import type { Line } from './line.ts'
import { UniqueValues } from './unique-values.ts'
import { Versioned } from './versioned.ts'

/** Someone else's write came first: look again. */
const lost = Symbol('lost')

/**
 * A collection in MongoDB. A change is read (majority), decided on, and written (majority) on the condition that the
 * document is still the one that was read; whoever comes second looks again.
 */
export class MongoCollection<T extends Document> implements Collection<T> {
  readonly #documents: Versioned
  readonly #unique: UniqueValues
  readonly #indexes: Indexes
  readonly #clock: () => number
  readonly #turns = new Turns()

  constructor(line: Line, name: string, indexes: Indexes, clock: () => number) {
    this.#documents = new Versioned(line, name)
    this.#unique = new UniqueValues(line, name, indexes, (stored) => this.#live(stored) !== undefined)
    this.#indexes = indexes
    this.#clock = clock
  }

  /** Claims the unique values that are there from before: `adopt` of unique-values.ts. */
  adopt(asItIs: boolean): Promise<void> {
    return this.#unique.adopt(asItIs)
  }

  async get(id: string): Promise<T | undefined> {
    return this.#live(await this.#read(id))
  }

  async find(name: string, value: string, { limit, after, backwards }: Page<T> = {}): Promise<T[]> {
    const { field, order, unique } = this.#index(name)
    if (limit !== undefined && limit <= 0) return []
    if (unique) return after === undefined ? this.#holder(name, value) : []
    const filter = {
      [field]: value,
      expiresAt: { $not: { $lte: new Date(this.#clock()) } },
      ...(after && (backwards ? earlier : later)(order, after)),
    }
    const way = backwards ? -1 : 1
    const sorting = order === undefined ? { _id: way } : { [order]: way, _id: way }
    const found = await this.#documents.ask((model) => {
      const query = model.find(filter as QueryFilter<Stored>).sort(sorting as { [field: string]: 1 | -1 })
      if (limit !== undefined) query.limit(limit)
      return query.lean<Stored[]>().exec()
    })
    return found.map((stored) => decode<T>(stored))
  }

  async #holder(name: string, value: string): Promise<T[]> {
    const document = this.#live(await this.#unique.holder(name, value))
    return document === undefined ? [] : [document]
  }

  async count(name: string, value: string, most: number): Promise<number> {
    if (most <= 0) return 0
    const { field, unique } = this.#index(name)
    if (unique) return (await this.#holder(name, value)).length
    const filter = { [field]: value } as QueryFilter<Stored>
    return this.#documents.ask((model) => model.countDocuments(filter).limit(most).exec())
  }

  async walk({ after, limit }: { after?: string | undefined; limit: number }): Promise<T[]> {
    const filter = defined({
      expiresAt: { $not: { $lte: new Date(this.#clock()) } },
      _id: after === undefined ? undefined : { $gt: after },
    })
    const found = await this.#documents.readAll(filter, limit)
    return found.map((stored) => decode<T>(stored))
  }

  async insert(document: T): Promise<void> {
    await this.#insert(this.#encode(document))
  }

  async #insert(next: Stored): Promise<void> {
    let there: Stored | undefined
    await this.#untilWon(next._id, async () => {
      if (isWritten(next, there)) return
      if (this.#live(there)) throw new Conflict('id')
      if (await this.#unique.write(next, there)) return
      there = await this.#read(next._id)
      return lost
    })
  }

  async insertAll(documents: T[]): Promise<void> {
    const stored = documents.map((document) => this.#encode(document))
    const added = await this.#unique.addAll(stored)
    // From the one that was refused on by themselves: that says why, or takes the place of one that has expired.
    for (const next of stored.slice(added)) await this.#insert(next)
  }

  async update<R>(
    id: string,
    change: (current: T | undefined) => [next: T | undefined, outcome: R],
    first: T[] = [],
  ): Promise<R> {
    if (first.length > 0) await this.insertAll(first)
    let sent: { next: Stored; outcome: R } | undefined
    return this.#untilWon(id, async () => {
      const there = await this.#read(id)
      if (sent && isWritten(sent.next, there)) return sent.outcome
      const current = this.#live(there)
      const [next, outcome] = change(current)
      if (next === current) return outcome
      if (next !== undefined && next.id !== id) throw new Error(`a change can't give ${id} another id`)
      sent = next && { next: this.#encode(next), outcome }
      return (await this.#unique.write(sent?.next, there)) ? outcome : lost
    })
  }

  async remove(id: string): Promise<void> {
    if (!possible(id)) return
    if (this.#unique.any) await this.update(id, () => [undefined, undefined])
    else await this.#documents.ask((model) => model.deleteOne({ _id: id }).exec())
  }

  async removeBy(name: string, value: string): Promise<void> {
    const { field } = this.#index(name)
    if (this.#unique.any) for (const { id } of await findAll(this, name, value)) await this.remove(id)
    else {
      const filter = { [field]: value } as QueryFilter<Stored>
      await this.#documents.ask((model) => model.deleteMany(filter).exec())
    }
  }

  #untilWon<R>(id: string, attempt: () => Promise<R | typeof lost>): Promise<R> {
    return this.#turns.take(id, async () => {
      for (let tries = 0; ; tries++) {
        const result = await attempt()
        if (result !== lost) return result
        await setTimeout(Math.random() * Math.min(2 ** tries, 50))
      }
    })
  }

  /** What is stored, even if it has expired. */
  async #read(id: string): Promise<Stored | undefined> {
    return possible(id) ? this.#documents.read(id) : undefined
  }

  #encode(document: T): Stored {
    if (!possible(document.id)) throw new RangeError('an id is 1 to 511 bytes of well-formed text')
    const stored = encode(document)
    for (const [name, index] of Object.entries(this.#indexes)) {
      if (!listedUnder(document, index).every(indexable))
        throw new RangeError(`an indexed value is at most 1023 bytes of well-formed text: ${name}`)
    }
    return stored
  }

  #live(stored: Stored | undefined): T | undefined {
    if (stored === undefined) return undefined
    const gone = stored.expiresAt !== undefined && stored.expiresAt.getTime() <= this.#clock()
    return gone ? undefined : decode<T>(stored)
  }

  #index(name: string) {
    const index = this.#indexes[name]
    if (index === undefined) throw new Error(`no such index: ${name}`)
    return index
  }
}

/** What comes after a document in an index's order. Documents without the number come first. */
function later<T extends Document>(order: string | undefined, after: T): object {
  const byId = { _id: { $gt: after.id } }
  if (order === undefined) return byId
  const number = after[order as keyof T]
  if (typeof number !== 'number') return { $or: [{ [order]: { $ne: null } }, { [order]: null, ...byId }] }
  return { $or: [{ [order]: { $gt: number } }, { [order]: number, ...byId }] }
}

function earlier<T extends Document>(order: string | undefined, after: T): object {
  const byId = { _id: { $lt: after.id } }
  if (order === undefined) return byId
  const number = after[order as keyof T]
  // Documents without the number come last here: MongoDB compares only what is of one type.
  if (typeof number !== 'number') return { [order]: null, ...byId }
  return { $or: [{ [order]: { $lt: number } }, { [order]: null }, { [order]: number, ...byId }] }
}

/** The answer to a write can be lost, and the driver then sends it again, to find that it can't be done: it is. */
function isWritten({ _version }: Stored, there: Stored | undefined): boolean {
  return there?._version === _version
}

/** The limits of the embedded store hold here too, so that moving is possible. */
function possible(id: string): boolean {
  return id !== '' && id.isWellFormed() && Buffer.byteLength(id) <= 511
}

function indexable(value: string): boolean {
  return value.isWellFormed() && Buffer.byteLength(value) <= 1023
}
