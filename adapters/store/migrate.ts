import { firstVersion, type Migration, migrations } from './migrations.ts'
import { StoreFault } from './port.ts'
import type { CollectionName, OpenNeeds, OpenStore, Store } from './store.ts'

/** Where a store is: its version, and how far the migration to the next one has come. */
interface Position {
  version: number
  collection?: CollectionName
  /** The id of the last document that is done. */
  after?: string
  /** The store is being filled from a backup, or was when that was stopped: nothing may be served from it. */
  filling?: true
}

export const schemaSetting = 'schema'
const pageSize = 200

/** Opens a store, and brings it to the version of this release. Throws StoreFault for one that a later release has written. */
export async function openUpToDate(open: OpenStore, needs: { clock: () => number }): Promise<Store> {
  const store = await opened(open, needs)
  try {
    await migrate(store)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Opens a store as it is: to fill one, or to look at it. Throws StoreFault. */
export function openAsItIs(open: OpenStore, needs: { clock: () => number }): Promise<Store> {
  return opened(open, { ...needs, asItIs: true })
}

async function opened(open: OpenStore, needs: OpenNeeds): Promise<Store> {
  try {
    return await open(needs)
  } catch (error) {
    if (error instanceof StoreFault) throw error
    throw new StoreFault(`The store can't be opened: ${wordsOf(error as Fault)}`, { cause: error })
  }
}

type Fault = Error & { code?: string; errors?: Fault[] }

/** A host with several addresses fails with an error for each, and says nothing itself. */
function wordsOf({ message, code, errors: [first] = [] }: Fault): string {
  return message || (first ? wordsOf(first) : (code ?? 'no reason is known'))
}

/** Carries out what is missing, in order. Goes on where another process was stopped, and may run in several at once. */
export async function migrate(store: Store, known = migrations): Promise<void> {
  const position = await positionOf(store)
  if (position.filling) throw new StoreFault('The store holds a part of a backup only: restore it once more.')
  const fault = laterFault(position, known)
  if (fault !== undefined) throw fault
  await settle(store, { version: position.version })
  for (const migration of await pendingMigrations(store, known)) await carryOut(store, migration)
}

/** What opening the store would do to it. */
export async function pendingMigrations(store: Store, known = migrations): Promise<readonly Migration[]> {
  const { version } = await positionOf(store)
  return known.filter(({ to }) => to > version)
}

async function carryOut(store: Store, { to, each }: Migration): Promise<void> {
  const collections = Object.keys(each) as CollectionName[]
  const start = await begin(store, to - 1, collections[0])
  const first = start.collection ? collections.indexOf(start.collection) : 0
  for (const collection of collections.slice(Math.max(first, 0))) {
    let after = collection === start.collection ? start.after : undefined
    for (;;) {
      const page = await store[collection].walk({ after, limit: pageSize })
      if (page.length === 0) break
      await Promise.all(page.map((document) => each[collection]!(document, store)))
      after = page.at(-1)!.id
      await settle(store, { version: to - 1, collection, after })
    }
  }
  await settle(store, { version: to })
}

/** Says that a migration is under way before it changes anything, and where it has come to. */
function begin({ settings }: Store, version: number, collection?: CollectionName): Promise<Position> {
  return settings.update(schemaSetting, (current) => {
    const position = read(current?.value)
    if (position.version !== version || position.collection !== undefined) return [current, position]
    return [{ id: schemaSetting, value: JSON.stringify({ version, collection }) }, position]
  })
}

/** Higher than any version, so that earlier releases refuse such a store too. */
const unfinished = { version: 999_999, filling: true } as const

/** Says that only a part of what belongs in a store is there, until `schema` of the settings is written. */
export function markUnfinished({ settings }: Store): Promise<void> {
  return settings.update(schemaSetting, () => [
    { id: schemaSetting, value: JSON.stringify(unfinished) },
    undefined,
  ])
}

export async function isUnfinished(store: Store): Promise<boolean> {
  return (await positionOf(store)).filling === true
}

/** Which version a store has. */
export const versionOf = async (store: Store): Promise<number> => (await positionOf(store)).version

/** Throws StoreFault where this release doesn't know a version. */
export function refuseNewer(version: number, known = migrations): void {
  const fault = laterFault({ version }, known)
  if (fault !== undefined) throw fault
}

/** Why this release must leave a store alone: a later one has brought it forward, or has begun to. */
export async function outgrown(store: Store, known = migrations): Promise<StoreFault | undefined> {
  return laterFault(await positionOf(store), known)
}

function laterFault({ version, collection }: Position, known: readonly Migration[]): StoreFault | undefined {
  const latest = known.at(-1)?.to ?? firstVersion
  if (version > latest) return newer(version, latest)
  return version === latest && collection !== undefined ? newer(version + 1, latest) : undefined
}

async function positionOf({ settings }: Store): Promise<Position> {
  return read((await settings.get(schemaSetting))?.value)
}

/** Writes down a position, unless another process is a version ahead. */
function settle({ settings }: Store, position: Position): Promise<void> {
  return settings.update(schemaSetting, (current) => {
    const { version } = read(current?.value)
    const isAhead =
      version > position.version || (version === position.version && position.after === undefined)
    if (current !== undefined && isAhead) return [current, undefined]
    return [{ id: schemaSetting, value: JSON.stringify(position) }, undefined]
  })
}

function read(value: string | undefined): Position {
  return value === undefined ? { version: firstVersion } : JSON.parse(value)
}

function newer(version: number, latest: number): StoreFault {
  return new StoreFault(
    `The store was written by a later release: its schema has version ${version}, this release knows ${latest}. Start that release, or restore a backup from before (docs/upgrading.md).`,
  )
}
