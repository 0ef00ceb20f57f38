import type { Collection, Document } from '../../adapters/store/port.ts'
import { type CollectionName, collections, type Store } from '../../adapters/store/store.ts'
import { type Asked, watchedStore } from './watched-store.ts'

/** Documents by their ids. What is kept of them is never changed: whole collections are replaced. */
export type Contents = ReadonlyMap<CollectionName, ReadonlyMap<string, Document>>

const names = Object.keys(collections) as CollectionName[]
const reading: ReadonlySet<string> = new Set(['get', 'find', 'walk', 'count'])
const noDocuments: ReadonlyMap<string, Document> = new Map()

/**
 * A store of which is known what it holds, as everything is written through `store`: only what changed is read again, and
 * only that is put back. Reading all collections of an engine takes longer than most of what a test does to them.
 */
export class KnownStore {
  readonly store: Store
  readonly #engine: Store
  #known = new Map<CollectionName, ReadonlyMap<string, Document>>()
  readonly #changed = new Map(names.map((name) => [name, new Set<string>()]))

  private constructor(engine: Store) {
    this.#engine = engine
    this.store = watchedStore(engine, async (asked, perform, given) => {
      if (reading.has(asked.operation)) return perform()
      const ids = await this.#written(asked, given)
      const changed = this.#changed.get(asked.collection)!
      for (const one of ids) changed.add(one)
      return perform().finally(() => {
        // Also for whoever read it meanwhile.
        for (const one of ids) changed.add(one)
      })
    })
  }

  static async of(engine: Store): Promise<KnownStore> {
    const known = new KnownStore(engine)
    const all = names.map(async (name) => {
      const documents = await known.#of(name).walk({ limit: 10_000 })
      known.#known.set(name, new Map(documents.map((one) => [one.id, one])))
    })
    await Promise.all(all)
    return known
  }

  /** What these collections hold, those left out as they were when they were asked for last. */
  async contents(wanted: readonly CollectionName[] = names): Promise<Contents> {
    await Promise.all(wanted.map((name) => this.#readAgain(name)))
    return new Map(this.#known)
  }

  /** Writes what differs, or may. */
  async putBack(wanted: Contents): Promise<void> {
    const differing = names.flatMap((name) =>
      [...this.#differing(name, wanted.get(name)!)].map(
        (id) => [name, id, wanted.get(name)!.get(id)] as const,
      ),
    )
    const [gone, kept] = [
      differing.filter(([, , one]) => one === undefined),
      differing.filter(([, , one]) => one),
    ]
    // What holds a unique value makes room first.
    await Promise.all(gone.map(([name, id]) => this.#of(name).remove(id)))
    await Promise.all(kept.map(([name, id, one]) => this.#of(name).update(id, () => [one, undefined])))
    this.#known = new Map(wanted)
    for (const changed of this.#changed.values()) changed.clear()
  }

  #of = (name: CollectionName) => this.#engine[name] as unknown as Collection<Document>

  async #written({ collection, operation, id }: Asked, given: unknown[]): Promise<string[]> {
    if (operation === 'insertAll') return (given[0] as Document[]).map((one) => one.id)
    if (operation === 'update')
      return [id, ...((given[2] as Document[] | undefined) ?? []).map((one) => one.id)]
    if (operation !== 'removeBy') return [id]
    const [index, value] = given as [never, string]
    return (await this.#of(collection).find(index, value)).map((one) => one.id)
  }

  async #readAgain(name: CollectionName): Promise<void> {
    const changed = this.#changed.get(name)!
    if (changed.size === 0) return
    const ids = [...changed]
    changed.clear()
    const read = await Promise.all(ids.map((id) => this.#of(name).get(id)))
    const documents = new Map(this.#known.get(name))
    for (const [at, id] of ids.entries()) {
      const one = read[at]
      if (one === undefined) documents.delete(id)
      else documents.set(id, one)
    }
    this.#known.set(name, documents)
  }

  /** What was changed, what was put there since, and what an engine may have swept away as time was moved. */
  #differing(name: CollectionName, wanted: ReadonlyMap<string, Document>): Set<string> {
    const known = this.#known.get(name) ?? noDocuments
    const differing = new Set(this.#changed.get(name))
    for (const id of known.keys()) if (known.get(id) !== wanted.get(id)) differing.add(id)
    for (const [id, one] of wanted)
      if (known.get(id) !== one || one.expiresAt! <= Date.now()) differing.add(id)
    return differing
  }
}
