import { setImmediate as turn } from 'node:timers/promises'
import type { RootDatabase } from 'lmdb'
import { StoreUnavailable } from '../port.ts'
import type { LastCommit } from './last-commit.ts'
import type { Memory, Written } from './memory.ts'
import { hearOfCommit } from './reads.ts'

/** How long writes wait for others at most, while requests go on asking the store. Milliseconds. */
const longestWait = 4
/** No more in one commit: nothing else runs while they are carried out. */
const mostAtOnce = 500

/** How often a transaction begins anew, if others open the store meanwhile again and again. */
const mostTries = 10

class SetBack extends Error {}

interface Write {
  work(): unknown
  done(outcome: unknown): void
  failed(error: unknown): void
}

/**
 * Writes share commits: one costs two syncs of the disk and a third of a millisecond of CPU, whatever is in it. So it
 * begins when a turn of the event loop has passed in which nothing was asked of the store: whoever is on the way to a
 * write is in it as well. While there are always more, nobody waits for long.
 */
export class Commits {
  readonly #env: RootDatabase
  readonly #lastCommit: LastCommit | undefined
  readonly #memory: Memory | undefined
  #waiting: Write[] = []
  #asked = false
  #until = 0
  #last: Promise<void> = Promise.resolve()

  constructor(env: RootDatabase, lastCommit?: LastCommit, memory?: Memory) {
    this.#env = env
    this.#lastCommit = lastCommit
    this.#memory = memory
  }

  /** Something was asked of the store, which may lead to a write soon. */
  noteAsked(): void {
    this.#asked = true
  }

  /**
   * Carries out `work` inside a write transaction, after all that was added before. It must not throw what others
   * shouldn't suffer from: they share it.
   *
   * @returns what came of it once that is on the disk. Throws StoreUnavailable where the commit fails, on a full disk say.
   */
  add<R>(work: () => R): Promise<R> {
    this.#asked = true
    return new Promise<R>((done, failed) => {
      this.#waiting.push({ work, done: done as Write['done'], failed })
      if (this.#waiting.length === 1) this.#wait()
    })
  }

  /** When all that was added is done. */
  async settled(): Promise<void> {
    while (this.#waiting.length > 0) await turn()
    await this.#last
  }

  #wait(): void {
    this.#until = performance.now() + longestWait
    setImmediate(this.#look)
  }

  #look = (): void => {
    if (this.#asked && performance.now() < this.#until) {
      this.#asked = false
      setImmediate(this.#look)
      return
    }
    this.#last = this.#commit(this.#waiting.splice(0, mostAtOnce))
    if (this.#waiting.length > 0) this.#wait()
  }

  async #commit(writes: Write[], tries = mostTries): Promise<void> {
    let written: Written | undefined
    try {
      const outcomes = await this.#env.transaction(() => {
        if (this.#lastCommit?.isSetBack()) throw new SetBack()
        try {
          return writes.map(({ work }) => work())
        } finally {
          written = this.#memory?.written()
        }
      })
      written?.done()
      hearOfCommit()
      for (const [at, { done }] of writes.entries()) done(outcomes[at])
    } catch (error) {
      written?.failed()
      hearOfCommit()
      if (error instanceof SetBack && tries > 0) {
        this.#lastCommit!.mend()
        return this.#commit(writes, tries - 1)
      }
      // Why comes by a promise that must not be left alone.
      const { commitError } = error as { commitError?: Promise<never> }
      commitError?.catch(() => {})
      const unavailable = new StoreUnavailable(error)
      for (const { failed } of writes) failed(unavailable)
    }
  }
}
