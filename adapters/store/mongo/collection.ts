import { setTimeout } from 'node:timers/promises'
import { type Model, mongo, type QueryFilter } from 'mongoose'
import { defined } from '../../../rules/defined.ts'
import { listedUnder } from '../listed-under.ts'
import { type Collection, Conflict, type Document, type Indexes, type Page } from '../port.ts'
import { Turns } from '../turns.ts'
import { decode, encode, type Stored } from './codec.ts'
import type { Line } from './line.ts'
import { refusal } from './refusals.ts'

/** Someone else's write came first: look again. */
const lost = Symbol('lost')

/**
 * A collection in MongoDB. A change is read (majority), decided on, and written (majority) on the condition that the
 * document is still the one that was read; whoever comes second looks again.
 *
 * Documents are read through Mongoose and written through its driver: Mongoose's own replaceOne was seen to drop a
 * field called `id` or `constructor`.
 */
export class MongoCollection<T extends Document> implements Collection<T> {
  readonly #line: Line
  readonly #name: string
  readonly #indexes: Indexes
  readonly #clock: () => number
  readonly #turns = new Turns()
  readonly #claims = new Turns()

  constructor(line: Line, name: string, indexes: Indexes, clock: () => number) {
    this.#line = line
    this.#name = name
    this.#indexes = indexes
    this.#clock = clock
  }

  async get(id: string): Promise<T | undefined> {
    return this.#live(await this.#read(id))
  }

  async find(name: string, value: string, { limit, after, backwards }: Page<T> = {}): Promise<T[]> {
    const { field, order } = this.#index(name)
    if (limit !== undefined && limit <= 0) return []
    const filter = {
      [field]: value,
      expiresAt: { $not: { $lte: new Date(this.#clock()) } },
      ...(after && (backwards ? earlier : later)(order, after)),
    }
    const way = backwards ? -1 : 1
    const sorting = order === undefined ? { _id: way } : { [order]: way, _id: way }
    const found = await this.#ask((model) => {
      const query = model.find(filter as QueryFilter<Stored>).sort(sorting as { [field: string]: 1 | -1 })
      if (limit !== undefined) query.limit(limit)
      return query.lean<Stored[]>().exec()
    })
    return found.map((stored) => decode<T>(stored))
  }

  async count(name: string, value: string, most: number): Promise<number> {
    if (most <= 0) return 0
    const filter = { [this.#index(name).field]: value } as QueryFilter<Stored>
    return this.#ask((model) => model.countDocuments(filter).limit(most).exec())
  }

  async walk({ after, limit }: { after?: string | undefined; limit: number }): Promise<T[]> {
    const filter = defined({
      expiresAt: { $not: { $lte: new Date(this.#clock()) } },
      _id: after === undefined ? undefined : { $gt: after },
    })
    const found = await this.#ask((model) =>
      model
        .find(filter as QueryFilter<Stored>)
        .sort({ _id: 1 })
        .limit(limit)
        .lean<Stored[]>()
        .exec(),
    )
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
      const written = await this.#write(next, there)
      if (written === lost) there = await this.#read(next._id)
      return written
    })
  }

  async insertAll(documents: T[]): Promise<void> {
    const stored = documents.map((document) => this.#encode(document))
    try {
      await this.#ask((model) => model.collection.insertMany(stored as never[], { ordered: true }))
    } catch (error) {
      if (!(error instanceof mongo.MongoBulkWriteError) || [error.writeErrors].flat().length === 0)
        throw error
      // From the one that was refused on by themselves: that says why, or takes the place of one that has expired.
      for (const next of stored.slice(error.insertedCount)) await this.#insert(next)
    }
  }

  async update<R>(
    id: string,
    change: (current: T | undefined) => [next: T | undefined, outcome: R],
  ): Promise<R> {
    let sent: { next: Stored; outcome: R } | undefined
    return this.#untilWon(id, async () => {
      const there = await this.#read(id)
      if (sent && isWritten(sent.next, there)) return sent.outcome
      const current = this.#live(there)
      const [next, outcome] = change(current)
      if (next === current) return outcome
      if (next !== undefined && next.id !== id) throw new Error(`a change can't give ${id} another id`)
      sent = next && { next: this.#encode(next), outcome }
      const written = sent ? await this.#write(sent.next, there) : await this.#erase(there!)
      return written === lost ? lost : outcome
    })
  }

  async remove(id: string): Promise<void> {
    if (possible(id)) await this.#ask((model) => model.deleteOne({ _id: id }).exec())
  }

  async removeBy(name: string, value: string): Promise<void> {
    const filter = { [this.#index(name).field]: value } as QueryFilter<Stored>
    await this.#ask((model) => model.deleteMany(filter).exec())
  }

  #ask<R>(question: (model: Model<Stored>) => Promise<R>): Promise<R> {
    return this.#line.ask(this.#name, question)
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
    if (!possible(id)) return undefined
    return (await this.#ask((model) => model.findOne({ _id: id }).lean<Stored>().exec())) ?? undefined
  }

  /** Writes in place of what was read, unless that is no longer what is there. */
  #write(next: Stored, there: Stored | undefined): Promise<undefined | typeof lost> {
    const write = () => this.#tryAgain(next, there ? this.#replace(next, there) : this.#add(next))
    const claims = this.#uniqueFields().filter((field) => field in next && next[field] !== there?.[field])
    return claims.reduce((work, field) => () => this.#claims.take(`${field}:${next[field]}`, work), write)()
  }

  async #tryAgain(next: Stored, write: Promise<undefined | typeof lost>): Promise<undefined | typeof lost> {
    try {
      return await write
    } catch (error) {
      const reason = refusal(error)
      if (reason === undefined) throw error
      if (reason !== 'contention' && reason.field !== '_id') await this.#takeFromExpired(reason.field, next)
      return lost
    }
  }

  async #add(next: Stored): Promise<undefined> {
    await this.#ask((model) => model.collection.insertOne(next as never))
  }

  async #replace(next: Stored, there: Stored): Promise<undefined | typeof lost> {
    const { matchedCount } = await this.#ask((model) =>
      model.collection.replaceOne(same(there) as never, next),
    )
    return matchedCount === 1 ? undefined : lost
  }

  async #erase(there: Stored): Promise<undefined | typeof lost> {
    const { deletedCount } = await this.#ask((model) => model.collection.deleteOne(same(there) as never))
    return deletedCount === 1 ? undefined : lost
  }

  /** A unique value is taken, by one that has expired (MongoDB sweeps once a minute), or by one that matters. */
  async #takeFromExpired(field: string, next: Stored): Promise<void> {
    const filter = { [field]: next[field] } as QueryFilter<Stored>
    const rival = await this.#ask((model) => model.findOne(filter).lean<Stored>().exec())
    if (rival && this.#live(rival)) throw new Conflict(this.#nameOf(field))
    if (rival) await this.#erase(rival)
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

  #uniqueFields(): string[] {
    return Object.values(this.#indexes).flatMap(({ field, unique }) => (unique ? [field] : []))
  }

  #nameOf(field: string): string {
    const [name] = Object.entries(this.#indexes).find(
      ([, index]) => index.unique && index.field === field,
    ) ?? [field]
    return name
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

function same({ _id, _version }: Stored) {
  return { _id, _version }
}

/** The limits of the embedded store hold here too, so that moving is possible. */
function possible(id: string): boolean {
  return id !== '' && id.isWellFormed() && Buffer.byteLength(id) <= 511
}

function indexable(value: string): boolean {
  return value.isWellFormed() && Buffer.byteLength(value) <= 1023
}
