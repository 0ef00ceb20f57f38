import { openUpToDate } from '../adapters/store/migrate.ts'
import type { OpenStore, Store } from '../adapters/store/store.ts'

/**
 * Opens the store that a setting names: `lmdb` in the data folder, or MongoDB or PostgreSQL at a URI. Only the engine
 * used is loaded. A store of an earlier release is brought up to this one.
 */
export async function openStore(
  settings: { store: string; data: string },
  clock: () => number,
): Promise<Store> {
  return openUpToDate(await engineOf(settings), { clock })
}

async function engineOf({ store, data }: { store: string; data: string }): Promise<OpenStore> {
  if (store === 'lmdb') return (await import('../adapters/store/lmdb/store.ts')).lmdb({ path: data })
  if (/^postgres(ql)?:/.test(store))
    return (await import('../adapters/store/postgres/store.ts')).postgres(store)
  return (await import('../adapters/store/mongo/store.ts')).mongo(store)
}
