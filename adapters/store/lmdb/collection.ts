import { type Collection, Conflict, type Document, type Page } from '../port.ts'
import type { Commits } from './commits.ts'
import { idKey } from './keys.ts'
import type { Reads } from './reads.ts'
import type { Place, Row, Table } from './table.ts'
import { textOf } from './texts.ts'

/** Documents that one transaction of removeBy takes, so that others get their turn. */
const removedAtOnce = 256

/** What came of a write. Nothing is thrown inside: others share the commit. */
type Result<R> = { outcome: R } | { conflict: string } | { fault: unknown }

/** What all collections of one store have in common. */
export interface Shared {
  reads: Reads
  commits: Commits
  clock: () => number
  /** The library ends the process when something is written after closing. */
  closed: boolean
}

/** A collection in LMDB. A promise resolves when the commit has reached the disk. */
export class LmdbCollection<T extends Document> implements Collection<T> {
  readonly #shared: Shared
  readonly #table: Table<T>

  constructor(shared: Shared, table: Table<T>) {
    this.#shared = shared
    this.#table = table
  }

  async get(id: string): Promise<T | undefined> {
    this.#beginRead()
    return this.#live(this.#table.readShared(id))
  }

  async find(
    index: string,
    value: string,
    { limit = Infinity, after, backwards }: Page<T> = {},
  ): Promise<T[]> {
    this.#beginRead().ask()
    const found: T[] = []
    if (limit <= 0) return found
    for (const document of this.#table.list(index, value, { after, backwards })) {
      if (this.#live(document)) found.push(document)
      if (found.length >= limit) break
    }
    return found
  }

  async count(index: string, value: string, most: number): Promise<number> {
    this.#beginRead().ask()
    return most <= 0 ? 0 : this.#table.count(index, value, most)
  }

  async walk({ after, limit }: { after?: string | undefined; limit: number }): Promise<T[]> {
    this.#beginRead().ask()
    const found: T[] = []
    for (const document of this.#table.walk(after)) {
      if (this.#live(document)) found.push(document)
      if (found.length >= limit) break
    }
    return found
  }

  async insert(document: T): Promise<void> {
    const row = this.#table.row(document)
    await this.#write(() => this.#putNew(row))
  }

  async insertAll(documents: T[]): Promise<void> {
    const texts = documents.map(textOf)
    await this.#write(() => this.#putAll(this.#table.rowsOf(texts)))
  }

  async update<R>(
    id: string,
    change: (current: T | undefined) => [next: T | undefined, outcome: R],
    first: T[] = [],
  ): Promise<R> {
    const key = idKey(id)
    const rows = first.map((document) => this.#table.row(document))
    return this.#write(() => {
      const stored = this.#putAll(rows)
      if (!('outcome' in stored)) return stored
      const there = key && this.#table.current(id, key)
      const current = this.#live(there)
      const [next, outcome] = change(current)
      if (next === current) return { outcome }
      const previous = there && this.#table.place(there)
      if (next === undefined) {
        if (previous) this.#table.eraseAt(previous)
        return { outcome }
      }
      if (next.id !== id) return { fault: new Error(`a change can't give ${id} another id`) }
      return this.#put(this.#table.row(next), previous, outcome)
    })
  }

  async remove(id: string): Promise<void> {
    const key = idKey(id)
    if (key === undefined) return
    await this.#write(() => {
      const there = this.#table.read(key)
      if (there) this.#table.erase(there)
      return { outcome: undefined }
    })
  }

  async removeBy(index: string, value: string): Promise<void> {
    let removed: number
    do {
      removed = await this.#write(() => {
        const documents = take(this.#table.list(index, value), removedAtOnce)
        for (const document of documents) this.#table.erase(document)
        return { outcome: documents.length }
      })
    } while (removed === removedAtOnce)
  }

  /** Removes those of the documents that are still there and expired. */
  async removeExpired(keys: Buffer[]): Promise<void> {
    await this.#write(() => {
      for (const key of keys) {
        const there = this.#table.read(key)
        if (there && !this.#live(there)) this.#table.erase(there)
      }
      return { outcome: undefined }
    })
  }

  #putNew(row: Row): Result<undefined> {
    const there = this.#table.read(row.key)
    if (this.#live(there)) return { conflict: 'id' }
    return this.#put(row, there && this.#table.place(there), undefined)
  }

  #putAll(rows: Iterable<Row>): Result<undefined> {
    for (const row of rows) {
      const put = this.#putNew(row)
      if ('conflict' in put) return put
    }
    return { outcome: undefined }
  }

  /** Writes unless a unique value belongs to another document; one that has expired has no claim to it. */
  #put<R>(row: Row, previous: Place | undefined, outcome: R): Result<R> {
    for (const { index, rival } of this.#table.rivals(row, previous)) {
      if (this.#live(rival)) return { conflict: index }
    }
    this.#table.write(row, previous)
    return { outcome }
  }

  #live(document: T | undefined): T | undefined {
    const gone = document?.expiresAt !== undefined && document.expiresAt <= this.#shared.clock()
    return gone ? undefined : document
  }

  #beginRead(): Reads {
    const { reads, commits } = this.#open()
    commits.noteAsked()
    reads.begin()
    return reads
  }

  #open(): Shared {
    if (this.#shared.closed) throw new Error('the store is closed')
    return this.#shared
  }

  async #write<R>(work: () => Result<R>): Promise<R> {
    const result = await this.#open().commits.add((): Result<R> => {
      try {
        return work()
      } catch (fault) {
        return { fault }
      }
    })
    if ('conflict' in result) throw new Conflict(result.conflict)
    if ('fault' in result) throw result.fault
    return result.outcome
  }
}

function take<T>(items: Iterable<T>, limit: number): T[] {
  const taken: T[] = []
  for (const item of items) {
    taken.push(item)
    if (taken.length === limit) break
  }
  return taken
}
