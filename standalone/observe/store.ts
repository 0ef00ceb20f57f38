import { SpanStatusCode, trace } from '@opentelemetry/api'
import type { Collection, Document } from '../../adapters/store/port.ts'
import { type CollectionName, collections, type Store } from '../../adapters/store/store.ts'

export interface StoreOperation {
  collection: CollectionName
  operation: string
  seconds: number
}

/** All that a collection can do: one that were missing here would be missing in the product alone. */
const operations = Object.keys({
  get: 1,
  find: 1,
  count: 1,
  walk: 1,
  insert: 1,
  insertAll: 1,
  update: 1,
  remove: 1,
  removeBy: 1,
} satisfies { [operation in keyof Collection<Document>]: 1 })

type Work = (...given: unknown[]) => Promise<unknown>

/** The same store, with a span around every operation, and a figure in the end. */
export function observedStore(store: Store, done: (one: StoreOperation) => void): Store {
  const names = Object.keys(collections) as CollectionName[]
  return { ...store, ...Object.fromEntries(names.map((name) => [name, watched(store, name, done)])) }
}

function watched(store: Store, collection: CollectionName, done: (one: StoreOperation) => void) {
  const engine = store[collection] as unknown as { [operation: string]: Work }
  const around =
    (operation: string): Work =>
    async (...given) => {
      const span = trace.getTracer('rekey').startSpan(`store ${collection}.${operation}`)
      const from = performance.now()
      try {
        return await engine[operation]!(...given)
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
        done({ collection, operation, seconds: (performance.now() - from) / 1000 })
      }
    }
  return Object.fromEntries(operations.map((operation) => [operation, around(operation)]))
}
