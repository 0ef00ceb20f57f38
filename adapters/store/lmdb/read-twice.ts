import type { Database } from 'lmdb'
import type { Document } from '../port.ts'
import { idKey } from './keys.ts'

/** How many documents are remembered, at most twice: those read of late, and those before them. */
const mostRemembered = 500
/** Longer ones aren't worth the memory. Characters. */
const longestRemembered = 16_384

/** A document's text as it was last read, and the document itself once that text was read twice. */
interface Read<T> {
  key: Buffer
  text: string
  document?: T
}

/**
 * Documents that are read again and again without a change, as those of a token that apps ask about all the time: each
 * is parsed twice, and from then on the same object answers for the same text. Every read still asks the store for the text, so
 * nothing is ever older than the last commit. As several readers share it, such a document is frozen in depth.
 */
export class ReadTwice<T extends Document> {
  readonly #texts: Database<string, Buffer>
  #recent = new Map<string, Read<T>>()
  #before = new Map<string, Read<T>>()

  constructor(texts: Database<string, Buffer>) {
    this.#texts = texts
  }

  get(id: string): T | undefined {
    const read = this.#read(id)
    const key = read?.key ?? idKey(id)
    const text = key && this.#texts.get(key)
    if (text === undefined) return undefined
    if (read === undefined || read.text !== text) {
      if (text.length <= longestRemembered) this.#remember(id, { key: key!, text })
      return JSON.parse(text)
    }
    read.document ??= frozen<T>(JSON.parse(text))
    return read.document
  }

  #read(id: string): Read<T> | undefined {
    const recent = this.#recent.get(id)
    if (recent !== undefined) return recent
    const before = this.#before.get(id)
    if (before !== undefined) this.#remember(id, before)
    return before
  }

  #remember(id: string, read: Read<T>): void {
    if (this.#recent.size >= mostRemembered) {
      this.#before = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(id, read)
  }
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
