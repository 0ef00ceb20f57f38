import type { Document } from '../store.ts'
import type { LmdbCollection } from './collection.ts'
import type { Table } from './table.ts'

/** A collection with the table beneath it. */
export interface Swept {
  table: Table<Document>
  collection: LmdbCollection<Document>
}

const sliceMilliseconds = 2
const removedPerSlice = 64
/** Between slices, when the last one was full, when it wasn't, and when everything was looked at. */
const pause = { behind: 5, walking: 50, done: 30_000 }

/**
 * Removes expired documents in the background, a slice at a time, so that requests don't wait. There is no index by
 * expiry: it would cost every write, and nobody sees an expired document anyway.
 */
export function startSweeper(all: Swept[], clock: () => number): { stop(): Promise<void> } {
  let stopped = false
  let turn: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let collection = 0
  let from: Buffer | undefined

  async function slice() {
    const current = all[collection]!
    const { next, removed } = await sweepSlice(current, from, clock())
    from = next
    if (next === undefined) collection = (collection + 1) % all.length
    if (removed === removedPerSlice) return pause.behind
    return collection === 0 && next === undefined ? pause.done : pause.walking
  }

  function schedule(milliseconds: number) {
    if (stopped) return
    timer = setTimeout(() => {
      // A slice that fails (a full disk) is tried again later; whoever writes gets the error.
      turn = slice()
        .catch(() => pause.done)
        .then(schedule)
    }, milliseconds)
    timer.unref()
  }

  schedule(pause.walking)
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await turn
    },
  }
}

/** Looks at the documents from a key on until the time is up, and removes the expired ones. */
export async function sweepSlice({ table, collection }: Swept, from: Buffer | undefined, now: number) {
  const until = performance.now() + sliceMilliseconds
  const expired: Buffer[] = []
  let next: Buffer | undefined
  for (const { key, value } of table.texts.getRange({ start: from })) {
    if (expired.length === removedPerSlice || performance.now() > until) {
      next = key
      break
    }
    const { expiresAt } = JSON.parse(value) as Document
    if (expiresAt !== undefined && expiresAt <= now) expired.push(key)
  }
  if (expired.length > 0) await collection.removeExpired(expired)
  return { next, removed: expired.length }
}
