import type { LastCommit } from './last-commit.ts'

/** Something that remembers documents by their ids. */
export interface Remembers {
  /** What is stored from a commit of this era on; nothing where it was removed. */
  learn(id: string, text: string | undefined, era: number): void
}

/** What one commit of this process has written, and whether it is known to be on the disk. */
interface OwnCommit {
  number: number
  done: boolean
  written: [by: Remembers, id: string, text: string | undefined][]
}

/** What a write transaction has written, to be told what came of it. */
export interface Written {
  done(): void
  failed(): void
}

/**
 * Until when what was read stays true. The number of the last commit tells whether anything was written since: nothing, so
 * all that is remembered is what the store would answer; or only what this process has written itself, which it knows;
 * or something by another process, and all has to be read again.
 */
export class Memory {
  readonly #lastCommit: Pick<LastCommit, 'read' | 'mend'>
  /** The commit whose state is remembered. */
  #at: number
  readonly #own = new Map<number, OwnCommit>()
  /** Of the write transaction that is under way. */
  #writing: OwnCommit | undefined
  #ended = false
  /** What was remembered in an earlier era has to be compared with the store. */
  era = 0

  constructor(lastCommit: Pick<LastCommit, 'read' | 'mend'>) {
    this.#lastCommit = lastCommit
    this.#at = lastCommit.read()
  }

  /**
   * Catches up with the last commit.
   *
   * @returns whether what is remembered is that commit's. Nobody knows while a commit is there that may be our own, and we
   *   haven't heard of ours: had it failed, another one would have its number.
   */
  catchUp(): boolean {
    return !this.#ended && this.#follow(this.#numberFrom(this.#at))
  }

  #follow(last: number): boolean {
    while (this.#at !== last) {
      const own = last < this.#at ? undefined : this.#own.get(this.#at + 1)
      if (own === undefined) this.#beginEra(last)
      else if (own.done) this.#learn(own)
      else return false
    }
    return true
  }

  /** Inside of a write transaction: what it writes. Only what changes something may be said, as nothing else is a commit. */
  wrote(by: Remembers, id: string, text: string | undefined): void {
    this.#writing ??= this.#begin()
    this.#writing.written.push([by, id, text])
  }

  /** At the end of a write transaction. */
  written(): Written {
    const own = this.#writing
    this.#writing = undefined
    return {
      done: () => {
        if (own === undefined) return
        own.done = true
        const last = this.#numberFrom(own.number)
        // A file system on which the number isn't seen can't be relied on.
        if (last < own.number) this.end()
        // Now, as whoever only writes never reads: what was written would pile up.
        else if (!this.#ended) this.#follow(last)
      },
      failed: () => {
        if (own !== undefined) this.#forget(own)
      },
    }
  }

  /** The number of the last commit, of which one is known: where it is less, it was set back. */
  #numberFrom(known: number): number {
    const last = this.#lastCommit.read()
    if (last >= known) return last
    this.#lastCommit.mend()
    return this.#lastCommit.read()
  }

  /** From now on everything is read. */
  end(): void {
    this.#ended = true
    this.#own.clear()
  }

  /** No other process can commit now. Several transactions may share one commit. */
  #begin(): OwnCommit {
    const number = this.#lastCommit.read() + 1
    const own = this.#own.get(number) ?? { number, done: false, written: [] }
    if (!this.#ended) this.#own.set(number, own)
    return own
  }

  #learn(own: OwnCommit): void {
    for (const [by, id, text] of own.written) by.learn(id, text, this.era)
    this.#at += 1
    this.#own.delete(this.#at)
  }

  #forget(failed: OwnCommit): void {
    if (this.#own.get(failed.number) === failed) this.#own.delete(failed.number)
    this.era += 1
  }

  #beginEra(last: number): void {
    this.era += 1
    for (const number of this.#own.keys()) if (number <= last) this.#own.delete(number)
    this.#at = last
  }
}
