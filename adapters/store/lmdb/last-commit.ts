import { closeSync, openSync, readSync, realpathSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import { metaNumbersAt } from './inspect.ts'

/** Where the lock file says which commit was the last. */
const lockNumberAt = 8
/** How much of the file a number takes, and how much of that is ever needed. Bytes. */
const length = 8
const needed = 6

interface Files {
  lock: number
  data: number
  users: number
}

/**
 * The files of the folders that stores are open on. Closing a lock file drops all locks that this process has on it (POSIX),
 * the library's own as well: so there is one for all stores on a folder, until the last of them is closed.
 */
const folders = new Map<string, Files>()

/**
 * The number of the last commit, whichever process made it: LMDB writes it into the lock file once the commit is on the
 * disk, and each reader and writer begins with what is there. What the library says itself (`getStats`) may be ahead of that.
 */
export class LastCommit {
  readonly #folder: string
  readonly #files: Files
  readonly #metas: number[]
  readonly #bytes = Buffer.alloc(length)
  /** Whether the files say what the library says, or one commit less, as when it was set back. On Windows files that others have in memory are read otherwise. */
  readonly isKnown: boolean

  constructor(env: RootDatabase, folder: string) {
    this.#folder = realpathSync(folder)
    this.#files = folders.get(this.#folder) ?? opened(this.#folder)
    folders.set(this.#folder, this.#files)
    this.#files.users += 1
    this.#metas = metaNumbersAt(this.#files.data)
    this.isKnown = process.platform !== 'win32' && this.#isSaidBy(env)
    if (this.isKnown) this.mend()
  }

  /** Throws where the file can't be read. */
  read(): number {
    return this.#numberAt(this.#files.lock, lockNumberAt)
  }

  /**
   * Whether the number was set back, inside of a write transaction. Whoever opens a store sets it to what it has read a moment
   * before, and doesn't wait for a commit that is under way (lmdb-js 3.5.6; LMDB itself has mended it, ITS#9496). The next commit
   * would have the number of the one that was made in that moment, and take its place.
   */
  isSetBack(): boolean {
    return this.isKnown && this.read() < this.#newest()
  }

  /** Sets the number to the newest commit that is on the disk, where it is known. Where it isn't right again, the next writer sees that as well. */
  mend(): void {
    const newest = this.#newest()
    if (this.read() >= newest) return
    const bytes = Buffer.alloc(length)
    bytes.writeUIntLE(newest, 0, needed)
    writeSync(this.#files.lock, bytes, 0, length, lockNumberAt)
  }

  /** Only once the store is closed. */
  close(): void {
    this.#files.users -= 1
    if (this.#files.users > 0) return
    folders.delete(this.#folder)
    closeSync(this.#files.lock)
    closeSync(this.#files.data)
  }

  /** Of the two places that commits are written to by turns. */
  #newest(): number {
    return Math.max(...this.#metas.map((at) => this.#numberAt(this.#files.data, at)))
  }

  #numberAt(file: number, at: number): number {
    if (readSync(file, this.#bytes, 0, length, at) !== length)
      throw new Error('a file of the store is cut off')
    return this.#bytes.readUIntLE(0, needed)
  }

  /** Others may commit in between. */
  #isSaidBy(env: RootDatabase, tries = 5): boolean {
    const { lastTxnId = Number.NaN } = env.getStats() as { lastTxnId?: number }
    const behind = lastTxnId - this.read()
    const isSaid = (behind === 0 || behind === 1) && this.#newest() === lastTxnId
    return isSaid || (tries > 1 && this.#isSaidBy(env, tries - 1))
  }
}

function opened(folder: string): Files {
  const lock = openSync(join(folder, 'lock.mdb'), 'r+')
  return { lock, data: openSync(join(folder, 'data.mdb'), 'r'), users: 0 }
}
