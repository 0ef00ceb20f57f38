import { closeSync, openSync, readSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'

/** Where the lock file says which commit was the last, and how much of it the number takes. Bytes. */
const place = { at: 8, length: 8, number: 6 }

/**
 * Lock files that are read here. Closing one drops all locks that this process has on it (POSIX), the library's own as well: so
 * there is one for all stores on a folder, until the last of them is closed.
 */
const files = new Map<string, { file: number; users: number }>()

/**
 * The number of the last commit, whichever process made it: LMDB writes it into the lock file once the commit is on the
 * disk, and each reader begins with what is there. What the library says itself (`getStats`) may be ahead of that.
 */
export class LastCommit {
  readonly #path: string
  readonly #file: number
  readonly #bytes = Buffer.alloc(place.length)
  /** Whether the file says what the library says. On Windows files that others have in memory are read otherwise. */
  readonly isKnown: boolean

  constructor(env: RootDatabase, folder: string) {
    this.#path = realpathSync(join(folder, 'lock.mdb'))
    const known = files.get(this.#path) ?? { file: openSync(this.#path, 'r'), users: 0 }
    files.set(this.#path, known)
    known.users += 1
    this.#file = known.file
    this.isKnown = process.platform !== 'win32' && this.#isSaidBy(env)
  }

  /** Throws where the file can't be read. */
  read(): number {
    const length = readSync(this.#file, this.#bytes, 0, place.length, place.at)
    if (length !== place.length) throw new Error('the lock file of the store is cut off')
    return this.#bytes.readUIntLE(0, place.number)
  }

  /** Only once the store is closed. */
  close(): void {
    const known = files.get(this.#path)
    if (known === undefined) return
    known.users -= 1
    if (known.users > 0) return
    files.delete(this.#path)
    closeSync(known.file)
  }

  /** Others may commit in between. */
  #isSaidBy(env: RootDatabase, tries = 5): boolean {
    const { lastTxnId } = env.getStats() as { lastTxnId?: number }
    return this.read() === lastTxnId || (tries > 1 && this.#isSaidBy(env, tries - 1))
  }
}
