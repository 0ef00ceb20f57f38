import { isUnfinished, markUnfinished, migrate, schemaSetting } from './migrate.ts'
import { type Document, StoreFault } from './port.ts'
import { type CollectionName, collections, type Snapshot, type Store } from './store.ts'

/** Documents on their way from one store to another. */
export interface Batch {
  collection: CollectionName
  documents: Document[]
}

export const collectionNames = Object.keys(collections) as CollectionName[]

/** Everything in a store at one moment, a page at a time. */
export async function* batchesOf(snapshot: Snapshot): AsyncGenerator<Batch> {
  for (const collection of collectionNames)
    for await (const documents of snapshot.pages(collection))
      if (documents.length > 0) yield { collection, documents }
}

/**
 * Fills an empty store, and brings it to the version of this release. Until that is done nothing opens the store; whoever
 * was stopped begins anew. Returns how many documents there are. Throws StoreFault where the store isn't empty, or
 * doesn't hold in the end what it was given.
 */
export async function fill(
  store: Store,
  batches: AsyncIterable<Batch>,
  progress: (documents: number) => void,
): Promise<number> {
  await ((await isUnfinished(store)) ? clear(store) : refuseFilled(store))
  await markUnfinished(store)
  const lasting = new Map<CollectionName, number>()
  let schema: Document | undefined
  let count = 0
  for await (const { collection, documents } of batches) {
    const isSchema = ({ id }: Document) => collection === 'settings' && id === schemaSetting
    schema ??= documents.find(isSchema)
    const others = documents.filter((one) => !isSchema(one))
    await store[collection].insertAll(others as never[])
    lasting.set(collection, (lasting.get(collection) ?? 0) + others.filter(lasts).length)
    count += documents.length
    progress(count)
  }
  await countAgain(store, lasting)
  await store.settings.update(schemaSetting, () => [schema as never, undefined])
  await migrate(store)
  return count
}

const lasts = ({ expiresAt }: Document): boolean => expiresAt === undefined

async function refuseFilled(store: Store): Promise<void> {
  for (const collection of collectionNames) {
    const [first, second] = await store[collection].walk({ limit: 2 })
    const isFresh = first === undefined || (first.id === schemaSetting && second === undefined)
    if (!isFresh)
      throw new StoreFault('There is a store already, and nothing is written over it. Name an empty place.')
  }
}

async function clear(store: Store): Promise<void> {
  for (const collection of collectionNames) {
    const here = store[collection]
    for (let page = await here.walk({ limit: 500 }); page.length > 0; page = await here.walk({ limit: 500 }))
      for (const { id } of page) await here.remove(id)
  }
}

/** What expires may be gone by now; all else has to be there. */
async function countAgain(store: Store, given: ReadonlyMap<CollectionName, number>): Promise<void> {
  const snapshot = await store.snapshot()
  try {
    for (const [collection, expected] of given) {
      let found = collection === 'settings' ? -1 : 0
      for await (const page of snapshot.pages(collection)) found += page.filter(lasts).length
      if (found !== expected)
        throw new StoreFault(`The store has ${found} documents in ${collection}, and was given ${expected}.`)
    }
  } finally {
    await snapshot.close()
  }
}
