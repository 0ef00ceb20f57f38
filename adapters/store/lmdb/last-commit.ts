import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'

/** Where the lock file says which commit was the last, and how many bytes of the number are read. */
const place = { at: 8, length: 6 }

/**
 * The number of the last commit, whichever process made it: LMDB writes it into the lock file once the commit is on the
 * disk, and each reader begins with what is there. The library tells it as well, among much else, in twice the time.
 */
export class LastCommit {
  readonly #file: number
  readonly #bytes = Buffer.alloc(place.length)
  /** Whether the file says what the library says. On Windows files that others have in memory are read otherwise. */
  readonly isKnown: boolean

  constructor(env: RootDatabase, path: string) {
    this.#file = openSync(join(path, 'lock.mdb'), 'r')
    const { lastTxnId } = env.getStats() as { lastTxnId?: number }
    this.isKnown = process.platform !== 'win32' && this.read() === lastTxnId
  }

  read(): number {
    readSync(this.#file, this.#bytes, 0, place.length, place.at)
    return this.#bytes.readUIntLE(0, place.length)
  }

  close(): void {
    closeSync(this.#file)
  }
}
