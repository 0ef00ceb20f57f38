import type { Document } from '../port.ts'
import type { PostgresCollection } from './collection.ts'

const removedAtOnce = 500

/** Removes expired documents in the background, some at a time. Processes that do so at once pass over each other's. */
export function startRowSweeper(
  collections: PostgresCollection<Document>[],
  pause: number,
): { stop(): Promise<void> } {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> = Promise.resolve()

  async function sweep(): Promise<void> {
    for (const collection of collections) {
      while (!stopped && (await collection.removeExpired(removedAtOnce)));
      if (stopped) return
    }
  }

  function schedule(): void {
    if (stopped) return
    timer = setTimeout(() => {
      // What fails (no server) is tried again later: nobody sees an expired document anyway.
      turn = sweep().then(schedule, schedule)
    }, pause)
    timer.unref()
  }

  schedule()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await turn
    },
  }
}
