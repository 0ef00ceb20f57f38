import { mkdirSync } from 'node:fs'
import { open } from 'lmdb'
import type { Document } from '../port.ts'
import { collections, type OpenStore, type Store } from '../store.ts'
import { LmdbCollection, type Shared } from './collection.ts'
import { type Swept, startSweeper } from './sweeper.ts'
import { Table } from './table.ts'

/**
 * The embedded store: a directory on a local disk, for one process or several on one machine. Open it once a process:
 * opening waits for the write lock, which an update of the other store may hold until this thread is free.
 *
 * `overlappingSync` stays off: with it, killing one process lost writes another had acknowledged. There is no cache:
 * the library's plain one served documents after their removal was committed.
 */
export function openLmdbStore({ path, clock }: { path: string; clock: () => number }): Store {
  // What is in here opens accounts: nobody but the operator's own user may look.
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const env = open({ path, noSubdir: false, overlappingSync: false, cache: false, eventTurnBatching: false, maxDbs: 256 })
  const shared: Shared = { env, clock, closed: false }
  // One commit creates them all.
  const opened = env.transactionSync(() =>
    Object.entries(collections).map(([name, indexes]) => {
      const table = new Table<Document>(env, name, indexes)
      return { name, table, collection: new LmdbCollection(shared, table) }
    }),
  )
  const sweeper = startSweeper(opened, clock)
  return {
    ...byName(opened),
    async close() {
      if (shared.closed) return
      shared.closed = true
      await sweeper.stop()
      await env.close()
    },
  }
}

function byName(opened: (Swept & { name: string })[]) {
  return Object.fromEntries(opened.map(({ name, collection }) => [name, collection])) as never as Omit<
    Store,
    'close'
  >
}

/** `lmdb({ path: './rekey-data' })`: a folder on a local disk. */
export const lmdb =
  ({ path }: { path: string }): OpenStore =>
  ({ clock }) =>
    openLmdbStore({ path, clock })
