import type { Store } from '../adapters/store/store.ts'

/** Opens the store that a setting names: `lmdb` in the data folder, or MongoDB or PostgreSQL at a URI. Only the engine used is loaded. */
export async function openStore(
  { store, data }: { store: string; data: string },
  clock: () => number,
): Promise<Store> {
  if (store === 'lmdb')
    return (await import('../adapters/store/lmdb/store.ts')).openLmdbStore({ path: data, clock })
  if (/^postgres(ql)?:/.test(store))
    return (await import('../adapters/store/postgres/store.ts')).openPostgresStore({ uri: store, clock })
  return (await import('../adapters/store/mongo/store.ts')).openMongoStore({ uri: store, clock })
}
