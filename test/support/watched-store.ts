import { type CollectionName, collections, type Store } from '../../adapters/store/store.ts'

export const operations = [
  'get',
  'find',
  'walk',
  'count',
  'insert',
  'insertAll',
  'update',
  'remove',
  'removeBy',
] as const

/** One operation of a store, on a document's id or an index. */
export interface Asked {
  collection: CollectionName
  operation: (typeof operations)[number]
  id: string
}

/** The same store, with something around every operation. It stays a real store: only when, or whether, is up to `around`. */
export function watchedStore(
  store: Store,
  around: (asked: Asked, perform: () => Promise<unknown>, given: unknown[]) => Promise<unknown>,
): Store {
  const names = Object.keys(collections) as CollectionName[]
  const watchedOnes = names.map((collection) => {
    const engine = store[collection] as unknown as {
      [operation: string]: (...given: unknown[]) => Promise<unknown>
    }
    const watched = operations.map((operation) => [
      operation,
      (...given: unknown[]) => {
        const id = idOf(given[0])
        return around({ collection, operation, id }, () => engine[operation]!(...given), given)
      },
    ])
    return [collection, Object.fromEntries(watched)]
  })
  return { ...store, ...Object.fromEntries(watchedOnes) }
}

/** Of a document, of the first of several, or as it was given. */
function idOf(given: unknown): string {
  const one = Array.isArray(given) ? given[0] : given
  return typeof one === 'object' && one !== null ? String((one as { id?: unknown }).id) : String(one)
}
