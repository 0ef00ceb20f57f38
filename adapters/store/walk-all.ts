import type { Document } from './port.ts'
import type { CollectionName, Store } from './store.ts'

/** Every document of a collection, a page at a time, by their ids. */
export async function* walkAll(store: Store, collection: CollectionName): AsyncGenerator<Document[]> {
  let after: string | undefined
  for (;;) {
    const page: Document[] = await store[collection].walk({ after, limit: 500 })
    if (page.length === 0) return
    yield page
    after = page.at(-1)!.id
  }
}
