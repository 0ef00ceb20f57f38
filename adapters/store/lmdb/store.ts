import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { type Declared, StoreFault } from '../port.ts'
import { collections, type OpenStore, type Store } from '../store.ts'
import { LmdbCollection, type Shared } from './collection.ts'
import { Commits } from './commits.ts'
import { inspectFolder } from './inspect.ts'
import { LastCommit } from './last-commit.ts'
import { Memory } from './memory.ts'
import { Reads } from './reads.ts'
import { lmdbSnapshot } from './snapshot.ts'
import { type Swept, startSweeper } from './sweeper.ts'
import { openTables } from './tables.ts'

/**
 * The embedded store: a directory on a local disk, for one process or several on one machine. Open it once a process:
 * opening waits for the write lock, which an update of the other store may hold until this thread is free.
 *
 * `overlappingSync` stays off: with it, killing one process lost writes another had acknowledged. There is no cache:
 * the library's plain one served documents after their removal was committed.
 * `eventTurnBatching` stays off: with it, a commit that fails on a full disk ends the process, by a promise that nobody
 * can catch.
 */
export function openLmdbStore({
  path,
  clock,
  declared = collections,
}: {
  path: string
  clock: () => number
  declared?: Declared
}): Store {
  inspectFolder(path)
  const env = openEnvironment(path)
  const lastCommit = new LastCommit(env, path)
  const memory = lastCommit.isKnown ? new Memory(lastCommit) : undefined
  const reads = new Reads(env, memory)
  const shared: Shared = { reads, commits: new Commits(env, lastCommit, memory), clock, closed: false }
  const opened = tablesIn(env, { path, declared, now: clock(), reads, lastCommit }).map(
    ({ name, table }) => ({
      name,
      table,
      collection: new LmdbCollection(shared, table),
    }),
  )
  const sweeper = startSweeper(opened, clock)
  return {
    ...byName(opened),
    async snapshot() {
      if (shared.closed) throw new Error('the store is closed')
      return lmdbSnapshot(env, new Map(opened.map(({ name, table }) => [name, table])), clock)
    },
    async close() {
      if (shared.closed) return
      shared.closed = true
      await sweeper.stop()
      await shared.commits.settled()
      await env.close()
      lastCommit.close()
    },
  }
}

/**
 * How many places of free space are kept in memory from one commit to the next, and looked through for room. After very
 * much was written at once there are tens of thousands, and with the library's own limits (75,000 and 50,000) each of the
 * next 300 commits sorts them all: a quarter of a second each after an import of 100,000 people. (These options are
 * missing in the library's types.)
 */
const freeSpace = { maxFreeSpaceToRetain: 1000, maxFreeSpaceToLoad: 2000 }

/**
 * How much of the address space a store takes from the start. The library begins with little, and whenever a store outgrows
 * that it is seen through another, larger window, while the ones before stay: its pages would count twice and more as
 * memory of the process. Bytes; what is larger still grows in that way.
 */
const window = { mapSize: 2 ** 34 }

/** Files that are made here are their user's alone, whoever may look into the folder. */
function openEnvironment(path: string): RootDatabase {
  const made = ['data.mdb', 'lock.mdb'].map((name) => join(path, name)).filter((file) => !existsSync(file))
  const env = openFolder(path)
  for (const file of made) chmodSync(file, 0o600)
  return env
}

function openFolder(path: string): RootDatabase {
  try {
    return open({
      path,
      noSubdir: false,
      overlappingSync: false,
      cache: false,
      eventTurnBatching: false,
      maxDbs: 256,
      ...freeSpace,
      ...window,
    })
  } catch (error) {
    throw unusable(path, error)
  }
}

function tablesIn(
  env: RootDatabase,
  {
    path,
    declared,
    now,
    reads,
    lastCommit,
  }: { path: string; declared: Declared; now: number; reads: Reads; lastCommit: LastCommit },
) {
  try {
    return openTables(env, declared, now, reads)
  } catch (error) {
    env.close().then(
      () => lastCommit.close(),
      () => {},
    )
    throw error instanceof StoreFault ? error : unusable(path, error)
  }
}

function unusable(path: string, error: unknown): StoreFault {
  return new StoreFault(`The store in ${path} can't be opened: ${(error as Error).message}`, { cause: error })
}

function byName(opened: (Swept & { name: string })[]) {
  return Object.fromEntries(opened.map(({ name, collection }) => [name, collection])) as never as Omit<
    Store,
    'snapshot' | 'close'
  >
}

/** `lmdb({ path: './rekey-data' })`: a folder on a local disk. */
export const lmdb =
  ({ path }: { path: string }): OpenStore =>
  ({ clock }) =>
    openLmdbStore({ path, clock })
