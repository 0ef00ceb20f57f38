import type { RootDatabase } from 'lmdb'
import type { Memory } from './memory.ts'

/**
 * What every read of a store begins with. Another process may have acknowledged a write meanwhile (a session ended, a
 * code spent): never answer from before that. News of it can only come in with another callback of the event loop, so
 * what runs until then, this code and the promises it settles, asks once which commit is the last.
 */
export class Reads {
  readonly #env: RootDatabase
  /** Nothing where what was read has to be read again each time. */
  readonly memory: Memory | undefined
  #begun = false
  #current = false
  #era: number | undefined

  constructor(env: RootDatabase, memory?: Memory) {
    this.#env = env
    this.memory = memory
  }

  /** Before anything is read. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#current = false
    // Unless it is known.
    this.#era = undefined
    process.nextTick(callbackEnds, this)
    if (this.memory?.catchUp()) this.#era = this.memory.era
  }

  /** Before the store itself is asked: the library keeps one snapshot for all reads of an event loop turn. */
  ask(): void {
    if (this.#current) return
    this.#env.resetReadTxn()
    this.#current = true
  }

  /** What is remembered since then is what the store would answer. Nothing is, where that isn't known. */
  get era(): number | undefined {
    return this.#era
  }

  end(): void {
    this.#begun = false
  }
}

/** It comes when all has run that belongs to this callback. */
function callbackEnds(reads: Reads): void {
  reads.end()
}
