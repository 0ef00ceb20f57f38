import type { Document } from '../port.ts'
import type { LmdbCollection } from './collection.ts'
import type { Table } from './table.ts'

/** A collection with the table beneath it. */
export interface Swept {
  table: Table<Document>
  collection: LmdbCollection<Document>
}

const sliceMilliseconds = 2
const removedAtOnce = 64
/** Milliseconds between slices: when more than a slice's worth had expired, on the way, and after everything. */
const pause = { behind: 5, walking: 50, done: 30_000 }

/**
 * Removes expired documents in the background, a slice at a time, so that requests don't wait. There is no index by
 * expiry: it would cost every write, and nobody sees an expired document anyway.
 */
export function startSweeper(all: Swept[], clock: () => number): { stop(): Promise<void> } {
  let at = 0
  let from: Buffer | undefined
  let turn: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function slice(): Promise<number> {
    const until = performance.now() + sliceMilliseconds
    while (performance.now() < until) {
      const { next, removed } = await sweep(all[at]!, from, clock(), until)
      from = next
      if (next !== undefined) return removed === removedAtOnce ? pause.behind : pause.walking
      at = (at + 1) % all.length
      if (at === 0) return pause.done
    }
    return pause.walking
  }

  function schedule(milliseconds: number): void {
    if (stopped) return
    timer = setTimeout(() => {
      // A slice that fails (a full disk) is tried again later; whoever writes is told.
      turn = slice().then(schedule, () => schedule(pause.done))
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

/** Looks at documents from a key on until `until`, removes the expired ones and tells where to go on. */
export async function sweep(
  { table, collection }: Swept,
  from: Buffer | undefined,
  now: number,
  until: number,
) {
  const expired: Buffer[] = []
  let next: Buffer | undefined
  for (const { key, value } of table.texts.getRange({ start: from })) {
    if (expired.length === removedAtOnce || performance.now() > until) {
      next = key
      break
    }
    const { expiresAt } = JSON.parse(value) as Document
    if (expiresAt !== undefined && expiresAt <= now) expired.push(key)
  }
  if (expired.length > 0) await collection.removeExpired(expired)
  return { next, removed: expired.length }
}
