import type { RootDatabase } from 'lmdb'
import type { Memory } from './memory.ts'

/** How many commits this process has heard of, in any of its stores: whoever has waited for one reads what it wrote. */
let heard = 0

/** Before anybody is told what came of a commit. */
export function hearOfCommit(): void {
  heard += 1
}

/** After this time it is asked again which commit is the last: whoever has waited for another process took longer. Milliseconds. */
const longestTurn = 1

/**
 * What every read of a store begins with. Another process may have acknowledged a write meanwhile (a session ended, a
 * code spent): never answer from before that. Whoever has heard of it asks by a message that the event loop hasn't seen
 * yet, so what runs until it looks for messages again asks once which commit is the last. On a connection that has several
 * requests under way at a time (HTTP/2) a later one may be seen with an earlier; what it is answered is as old as
 * `longestTurn` then.
 */
export class Reads {
  readonly #env: RootDatabase
  /** Nothing where what was read has to be read again each time. */
  readonly memory: Memory | undefined
  /** What the event loop has counted, and what was heard of. */
  readonly #turn = { loopCount: -1, events: -1, heard: -1, until: 0 }
  #current = false
  #known = false
  #era: number | undefined

  constructor(env: RootDatabase, memory?: Memory) {
    this.#env = env
    this.memory = memory
  }

  /** Before anything is read. */
  begin(): void {
    const { loopCount, events } = performance.nodeTiming.uvMetricsInfo
    const now = performance.now()
    const turn = this.#turn
    const same = turn.loopCount === loopCount && turn.events === events && turn.heard === heard
    if (same && now < turn.until) return
    turn.loopCount = loopCount
    turn.events = events
    turn.heard = heard
    turn.until = now + longestTurn
    this.#current = this.#known = false
  }

  /** Before the store itself is asked: the library keeps one snapshot for all reads of an event loop turn. */
  ask(): void {
    if (this.#current) return
    this.#current = true
    this.#env.resetReadTxn()
    // What is remembered isn't older than what is read beside it.
    this.#look()
  }

  /** What is remembered since then is what the store would answer. Nothing is, where that isn't known. */
  get era(): number | undefined {
    if (!this.#known) this.#look()
    return this.#era
  }

  #look(): void {
    this.#known = true
    this.#era = this.memory?.catchUp() ? this.memory.era : undefined
  }
}
