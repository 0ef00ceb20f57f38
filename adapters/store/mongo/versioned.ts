import { type Model, mongo, type QueryFilter } from 'mongoose'
import type { Stored } from './codec.ts'
import type { Line } from './line.ts'
import { canBeTriedAgain } from './refusals.ts'

/**
 * Documents of one collection of MongoDB, each written on the condition that it is still the one that was read. Read with
 * majority read concern, written with majority write concern: see line.ts.
 *
 * They are read through Mongoose and written through its driver: Mongoose's own replaceOne was seen to drop a field
 * called `id` or `constructor`.
 */
export class Versioned {
  readonly #line: Line
  readonly #name: string

  constructor(line: Line, name: string) {
    this.#line = line
    this.#name = name
  }

  ask<R>(question: (model: Model<Stored>) => Promise<R>): Promise<R> {
    return this.#line.ask(this.#name, question)
  }

  /** What is stored, even if it has expired. */
  async read(_id: string): Promise<Stored | undefined> {
    return (await this.ask((model) => model.findOne({ _id }).lean<Stored>().exec())) ?? undefined
  }

  /** Those that are stored, of several. */
  readAll(filter: object, limit: number): Promise<Stored[]> {
    return this.ask((model) =>
      model
        .find(filter as QueryFilter<Stored>)
        .sort({ _id: 1 })
        .limit(limit)
        .lean<Stored[]>()
        .exec(),
    )
  }

  /**
   * Writes in place of what was read; without `next`, removes it. False where that is no longer what is there: someone
   * else's write came first.
   */
  async write(next: Stored | undefined, there: Stored | undefined): Promise<boolean> {
    try {
      if (there === undefined) return await this.#add(next)
      return await (next === undefined ? this.#erase(there) : this.#replace(next, there))
    } catch (error) {
      if (canBeTriedAgain(error)) return false
      throw error
    }
  }

  /** Adds them in this order, until one is refused. Returns how many are added. */
  async addAll(all: Stored[]): Promise<number> {
    try {
      if (all.length > 0)
        await this.ask((model) => model.collection.insertMany(all as never[], { ordered: true }))
      return all.length
    } catch (error) {
      if (!(error instanceof mongo.MongoBulkWriteError) || [error.writeErrors].flat().length === 0)
        throw error
      return error.insertedCount
    }
  }

  /** Writes each in place of the one that was read. Returns how many of those were still there. */
  async replaceAll(all: Stored[], there: Stored[]): Promise<number> {
    if (all.length === 0) return 0
    const replaced = all.map((replacement, index) => ({
      replaceOne: { filter: same(there[index]!), replacement },
    }))
    return (await this.ask((model) => model.collection.bulkWrite(replaced as never[]))).matchedCount
  }

  async #add(next: Stored | undefined): Promise<true> {
    if (next !== undefined) await this.ask((model) => model.collection.insertOne(next as never))
    return true
  }

  async #replace(next: Stored, there: Stored): Promise<boolean> {
    const done = await this.ask((model) => model.collection.replaceOne(same(there) as never, next))
    return done.matchedCount === 1
  }

  async #erase(there: Stored): Promise<boolean> {
    return (await this.ask((model) => model.collection.deleteOne(same(there) as never))).deletedCount === 1
  }
}

function same({ _id, _version }: Stored) {
  return { _id, _version }
}
