import type { Document } from '../port.ts'
import type { LmdbCollection } from './collection.ts'
import type { Table } from './table.ts'
import { expiryOf } from './texts.ts'

/** A collection with the table beneath it. */
export interface Swept {
  table: Table<Document>
  collection: LmdbCollection<Document>
}

const sliceMilliseconds = 1
const removedAtOnce = 64
/** Milliseconds between slices: when more than a slice's worth had expired, on the way, and after everything. */
const pause = { behind: 5, walking: 500, done: 30_000 }
/** Where nothing was found that ever expires, the next look is an hour later: it would only walk by what stays. */
const rest = 3_600_000

/**
 * Removes expired documents in the background, a slice at a time, so that requests don't wait. There is no index by
 * expiry: it would cost every write, and nobody sees an expired document anyway.
 */
export function startSweeper(all: Swept[], clock: () => number): { stop(): Promise<void> } {
  let at = 0
  let from: Buffer | undefined
  let expiring = false
  const resting = new Map<Swept, number>()
  let turn: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function slice(): Promise<number> {
    const until = performance.now() + sliceMilliseconds
    while (performance.now() < until) {
      const one = all[at]!
      if ((resting.get(one) ?? Number.NEGATIVE_INFINITY) <= performance.now()) {
        const { next, removed, expires } = await sweep(one, from, clock(), until)
        from = next
        expiring ||= expires
        if (next !== undefined) return removed === removedAtOnce ? pause.behind : pause.walking
        resting.set(one, expiring ? Number.NEGATIVE_INFINITY : performance.now() + rest)
        expiring = false
      }
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

/** Looks at documents from a key on until `until`, removes the expired ones and tells where to go on, and whether any expires. */
export async function sweep(
  { table, collection }: Swept,
  from: Buffer | undefined,
  now: number,
  until: number,
) {
  const expired: Buffer[] = []
  let expires = false
  let next: Buffer | undefined
  for (const { key, value } of table.texts.getRange({ start: from })) {
    if (expired.length === removedAtOnce || performance.now() > until) {
      next = key
      break
    }
    const expiresAt = expiryOf(value)
    expires ||= expiresAt !== undefined
    if (expiresAt !== undefined && expiresAt <= now) expired.push(key)
  }
  if (expired.length > 0) await collection.removeExpired(expired)
  return { next, removed: expired.length, expires }
}
