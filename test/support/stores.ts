import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLmdbStore } from '../../adapters/lmdb/store.ts'
import type { Store } from '../../adapters/store.ts'

/** A store of its own, empty at first, and the way to leave nothing of it behind. */
export interface Opened {
  store: Store
  dispose(): Promise<void>
}

/** One way to store things. A clock that a test moves had better start at the present: MongoDB expires by its own. */
export interface Engine {
  name: string
  open(clock?: () => number): Promise<Opened>
}

export const lmdb: Engine = {
  name: 'lmdb',
  async open(clock = Date.now) {
    const path = await mkdtemp(join(tmpdir(), 'rekey-'))
    const store = openLmdbStore({ path, clock })
    return {
      store,
      async dispose() {
        await store.close()
        await rm(path, { recursive: true })
      },
    }
  },
}

/** Every engine that can be had here: nothing in the project may depend on which one it is. */
export const engines: Engine[] = [lmdb]

/** The same tests on every engine. */
export function describeEachEngine(title: string, body: (engine: Engine) => void): void {
  for (const engine of engines) describe(`${title} (${engine.name})`, () => body(engine))
}
