import type { Store } from './store.ts'

/** Opens the store that a setting names: `lmdb` in the data folder, or MongoDB at a URI. Only the engine used is loaded. */
export async function openStore(
  { store, data }: { store: string; data: string },
  clock: () => number,
): Promise<Store> {
  if (store === 'lmdb') return (await import('./lmdb/store.ts')).openLmdbStore({ path: data, clock })
  return (await import('./mongo/store.ts')).openMongoStore({ uri: store, clock })
}
