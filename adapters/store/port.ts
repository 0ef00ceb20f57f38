/** Every stored document has an id; one with `expiresAt` (milliseconds) is gone after that moment. */
export interface Document {
  id: string
  expiresAt?: number
}

/** One field (a string; documents without it are not listed), optionally unique, ordered by a number field, then by id. */
export interface Index {
  field: string
  unique?: true
  order?: string
  /** The field is a list of strings: the document is listed under each of them. Never unique. */
  many?: true
}

export type Indexes = { readonly [name: string]: Index }

/** The collections that a store has. Here, so that the types of an engine name no types of its library. */
export type Declared = { readonly [collection: string]: Indexes }

export interface Page<T> {
  limit?: number
  /** The last document of the page before. */
  after?: T
  /** From the end of the index's order to its beginning. */
  backwards?: true
}

/**
 * The only way to stored state. Every engine passes test/conformance/collection.ts.
 * Documents are plain JSON values; what is returned is the caller's own copy, or can't be altered.
 */
export interface Collection<T extends Document, Name extends string = string> {
  /** The document, unless it is missing or expired. */
  get(id: string): Promise<T | undefined>
  /** Documents whose indexed field equals value, in the index's order. Expired ones are left out. */
  find(index: Name, value: string, page?: Page<T>): Promise<T[]>
  /** How many documents `find` would return, `most` at most. One that has expired may be counted until it is swept. */
  count(index: Name, value: string, most: number): Promise<number>
  /** Throws Conflict when the id ("id") or a unique index's value is taken. */
  insert(document: T): Promise<void>
  /** In this order, in one commit where the engine can. The first that throws is not stored, nor are those after it. */
  insertAll(documents: T[]): Promise<void>
  /**
   * Atomic read-modify-write. `change` is pure and may run again; it gets undefined for a missing or expired document.
   * Returning the same object it was given writes nothing; undefined removes. Throws Conflict like insert.
   *
   * @param first new documents, which are stored by the time the change is, whatever becomes of it; in its commit where
   * the engine can.
   */
  update<R>(
    id: string,
    change: (current: T | undefined) => [next: T | undefined, outcome: R],
    first?: T[],
  ): Promise<R>
  /** Does nothing when there is no such document. */
  remove(id: string): Promise<void>
  removeBy(index: Name, value: string): Promise<void>
  /** All documents by their ids, after one of them, whether it is still there or not. Expired ones are left out. */
  walk(page: { after?: string | undefined; limit: number }): Promise<T[]>
}

/** Why a store can't be used, in words for the operator. */
export class StoreFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreFault'
  }
}

/**
 * Nothing can be stored at the moment, or read: the disk is full, or the server is away. Whether a write was done is
 * not known where its answer was lost.
 */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('the store is unavailable', { cause })
    this.name = 'StoreUnavailable'
  }
}

/** A unique value is taken. `index` is "id" or the index's name. */
export class Conflict extends Error {
  readonly index: string
  constructor(index: string) {
    super(`already taken: ${index}`)
    this.name = 'Conflict'
    this.index = index
  }
}
