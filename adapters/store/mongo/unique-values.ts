import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Conflict, type Indexes, StoreFault } from '../port.ts'
import { Turns } from '../turns.ts'
import { freshVersion, type Stored } from './codec.ts'
import type { Line } from './line.ts'
import { claimsName } from './schema.ts'
import { Versioned } from './versioned.ts'

/** Whose a value is. Its id is made of the value, so that there is one at most, however the collection is sharded. */
interface Claim extends Stored {
  owner: string
}

/** A text that a unique index holds, and the id of the claim to it. */
interface Value {
  claim: string
  index: string
  field: string
  text: string
}

/** How long somebody is given to write a document that has its claim already: so many milliseconds, up to twice that. */
const patience = 100

const pageSize = 500

/**
 * The unique values of one collection. A document has a value only while the claim to it is its own, as
 * docs/decisions/unique-values.md proves; nothing here needs a unique index, or a transaction:
 *
 * 1. Whoever brings a value to a document reads the document, writes the claim, with a new version each time, and then
 *    the document, in place of what was read. A document that isn't there yet is put down before as one that has expired.
 * 2. Whoever wants a value that another document has claimed and doesn't have gives that document a new version first, so
 *    that a writer who is late finds it changed; then the claim is taken over, if it is still the one that was read.
 * 3. Whoever takes a value away reads the claim, writes the document, and then removes the claim, if it is still that one.
 */
export class UniqueValues {
  readonly #documents: Versioned
  readonly #claims: Versioned
  readonly #name: string
  readonly #fields: readonly (readonly [index: string, field: string])[]
  readonly #isLive: (stored: Stored) => boolean
  readonly #turns = new Turns()

  constructor(line: Line, name: string, indexes: Indexes, isLive: (stored: Stored) => boolean) {
    this.#documents = new Versioned(line, name)
    this.#claims = new Versioned(line, claimsName)
    this.#name = name
    this.#fields = Object.entries(indexes).flatMap(([index, { field, unique }]) =>
      unique ? [[index, field] as const] : [],
    )
    this.#isLive = isLive
  }

  /** Whether documents of the collection can have one at all. */
  get any(): boolean {
    return this.#fields.length > 0
  }

  /** The document that has the value, if there is one, which may have expired. */
  async holder(index: string, text: string): Promise<Stored | undefined> {
    const [, field] = this.#fields.find(([name]) => name === index)!
    for (;;) {
      const claim = await this.#claim(claimId(this.#name, index, text))
      if (claim === undefined) return undefined
      const owner = await this.#documents.read(claim.owner)
      if (owner?.[field] === text) return owner
      // Between the two it may have gone to another document.
      const still = await this.#claim(claim._id)
      if (still?._version === claim._version) return undefined
    }
  }

  /** Writes in place of what was read; without `next`, removes it. False where something came first. Throws Conflict. */
  write(next: Stored | undefined, there: Stored | undefined): Promise<boolean> {
    const brought = this.#valuesIn(next).filter(
      ({ field, text }) => there?.[field] !== text || !this.#isLive(there),
    )
    const dropped = this.#valuesIn(there).filter(({ field, text }) => next?.[field] !== text)
    if (brought.length === 0 && dropped.length === 0) return this.#documents.write(next, there)
    const work = () => this.#bringAndDrop(next, there, brought, dropped)
    return brought.reduce(
      (rest, { claim }) =>
        () =>
          this.#turns.take(claim, rest),
      work,
    )()
  }

  /** Adds them in this order, until one is refused. Returns how many are there for sure. */
  async addAll(all: Stored[]): Promise<number> {
    if (!all.some((one) => this.#valuesIn(one).length > 0)) return this.#documents.addAll(all)
    const places = all.map(({ _id }) => place(_id))
    const placed = await this.#documents.addAll(places)
    const claims = all.map((one) => this.#valuesIn(one).map((value) => claimOf(value, one)))
    const claimed = await this.#claims.addAll(claims.slice(0, placed).flat())
    const whole = wholeUpTo(claims.slice(0, placed), claimed)
    return (await this.#documents.replaceAll(all.slice(0, whole), places)) === whole ? whole : 0
  }

  /**
   * Claims what documents have from a release that had a unique index, or none, and drops that index. Leaves all as it is
   * with `asItIs`, unless there is nothing yet. Throws StoreFault where two documents have one value.
   */
  async adopt(asItIs: boolean): Promise<void> {
    for (const [index, field] of this.#fields) {
      const done = { _id: `${this.#name}.${index}`, _version: freshVersion() }
      const former = await this.#formerIndex(field)
      if (former === undefined && (await this.#claims.read(done._id))) continue
      if (asItIs && (former || (await this.#page('', field, 1)).length > 0)) continue
      await this.#adoptAll(index, field)
      if (former) await this.#drop(former, field)
      await this.#claims.write(done, undefined)
    }
  }

  async #bringAndDrop(
    next: Stored | undefined,
    there: Stored | undefined,
    brought: Value[],
    dropped: Value[],
  ): Promise<boolean> {
    const left = await Promise.all(dropped.map(({ claim }) => this.#claim(claim)))
    const before = brought.length > 0 ? (there ?? (await this.#putDown(next!._id))) : there
    if (before === undefined) return false
    for (const value of brought) if (!(await this.#bring(value, before))) return false
    if (!(await this.#documents.write(next, before))) return false
    const own = left.filter((claim) => claim?.owner === before._id)
    await Promise.all(own.map((claim) => this.#claims.write(undefined, claim)))
    return true
  }

  async #putDown(id: string): Promise<Stored | undefined> {
    const one = place(id)
    return (await this.#documents.write(one, undefined)) ? one : undefined
  }

  /** Claims a value for a document that was read before. False where something came first. Throws Conflict. */
  async #bring(value: Value, document: Stored): Promise<boolean> {
    const mine = claimOf(value, document)
    if (await this.#claims.write(mine, undefined)) return true
    const there = await this.#claim(value.claim)
    // An answer can be lost, and the driver then sends the write again, to find that it can't be done: it is.
    if (there === undefined || there._version === mine._version) return there !== undefined
    if (there.owner !== mine.owner && !(await this.#fence(there.owner, value))) return false
    return this.#claims.write(mine, there)
  }

  /** Whoever is about to bring the value to this document by what was read of it before comes too late from now on. */
  async #fence(id: string, { index, field, text }: Value): Promise<boolean> {
    let there = await this.#documents.read(id)
    if (there?.[field] !== text) {
      await setTimeout(patience * (1 + Math.random()))
      there = await this.#documents.read(id)
    }
    const isLive = there !== undefined && this.#isLive(there)
    if (isLive && there![field] === text) throw new Conflict(index)
    return this.#documents.write(isLive ? { ...there!, _version: freshVersion() } : place(id), there)
  }

  async #formerIndex(field: string): Promise<string | undefined> {
    const indexes = await this.#documents.ask((model) => model.collection.indexes())
    return indexes.find(({ unique, key }) => unique && Object.keys(key).join() === field)?.name
  }

  /** Two processes that start at once may find it gone. */
  async #drop(name: string, field: string): Promise<void> {
    try {
      await this.#documents.ask((model) => model.collection.dropIndex(name))
    } catch (error) {
      if (await this.#formerIndex(field)) throw error
    }
  }

  #page(after: string, field: string, limit: number): Promise<Stored[]> {
    return this.#documents.readAll({ _id: { $gt: after }, [field]: { $gte: '' } }, limit)
  }

  async #adoptAll(index: string, field: string): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: Stored[] = await this.#page(after, field, pageSize)
      await this.#adoptPage(index, page.filter(this.#isLive))
      after = page.at(-1)?._id
    }
  }

  async #adoptPage(index: string, documents: Stored[]): Promise<void> {
    const wanted = documents.flatMap((document) =>
      this.#valuesIn(document)
        .filter((value) => value.index === index)
        .map((value) => ({ value, document })),
    )
    const ids = wanted.map(({ value }) => value.claim)
    const there = await this.#claims.readAll({ _id: { $in: ids } }, pageSize)
    const ownerOf = new Map(there.map((claim) => [claim._id, claim['owner']]))
    const missing = wanted.filter(({ value, document }) => ownerOf.get(value.claim) !== document._id)
    const added = await this.#claims.addAll(missing.map(({ value, document }) => claimOf(value, document)))
    for (const { value, document } of missing.slice(added)) await this.#adoptOne(value, document)
  }

  async #adoptOne(value: Value, document: Stored): Promise<void> {
    try {
      let brought = false
      while (!brought) brought = await this.#bring(value, document)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      // Another process that is done already may have let it change.
      if ((await this.#documents.read(document._id))?.[value.field] !== value.text) return
      throw new StoreFault(
        `Two documents of ${this.#name} have the same ${value.index}, which has to be unique from this release on: one of them is ${document._id}.`,
      )
    }
  }

  async #claim(id: string): Promise<Claim | undefined> {
    return (await this.#claims.read(id)) as Claim | undefined
  }

  #valuesIn(stored: Stored | undefined): Value[] {
    return this.#fields.flatMap(([index, field]) => {
      const text = stored?.[field]
      return typeof text === 'string' ? [{ claim: claimId(this.#name, index, text), index, field, text }] : []
    })
  }
}

/** By a hash: what a crash leaves behind tells nobody's address. */
function claimId(collection: string, index: string, text: string): string {
  return `${collection}.${index}:${createHash('sha256').update(text).digest('base64url')}`
}

function claimOf({ claim }: Value, { _id }: Stored): Claim {
  return { _id: claim, _version: freshVersion(), owner: _id }
}

/** How many of the lists, from the first on, are within the first so many of their items. */
function wholeUpTo(lists: unknown[][], count: number): number {
  let left = count
  const broken = lists.findIndex(({ length }) => {
    left -= length
    return left < 0
  })
  return broken === -1 ? lists.length : broken
}

/** Where a document will be. It counts as expired: nobody sees it, and MongoDB removes it if nothing comes. */
function place(_id: string): Stored {
  return { _id, _version: freshVersion(), expiresAt: new Date(0) }
}
