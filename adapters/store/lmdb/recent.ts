import type { Database } from 'lmdb'
import type { Document } from '../port.ts'
import { idKey } from './keys.ts'
import type { Remembers } from './memory.ts'
import type { Reads } from './reads.ts'
import { documentOf } from './texts.ts'

/** How many documents are remembered, at most twice: those read or written of late, and those before them. */
const mostRemembered = 1000
/** Longer ones aren't worth the memory. Characters. */
const longestRemembered = 16_384

/** A document's text, and the document itself once it was read. */
interface Read<T> {
  text: string
  /** The era in which it is what the store answers (memory.ts). */
  era: number | undefined
  document?: T
}

/**
 * Documents that were read or written of late, as those of a token that apps ask about all the time: the store is asked for
 * the text only where another process may have changed it, and it is parsed once; from then on the same object answers
 * for the same text. As several readers share it, every document is frozen in depth.
 */
export class Recent<T extends Document> implements Remembers {
  readonly #texts: Database<string, Buffer>
  readonly #reads: Reads
  #recent = new Map<string, Read<T>>()
  #before = new Map<string, Read<T>>()
  /** Ids that nothing is stored under, as one looks for them with every token. */
  readonly #absent = new Set<string>()
  #absentIn: number | undefined

  constructor(texts: Database<string, Buffer>, reads: Reads) {
    this.#texts = texts
    this.#reads = reads
  }

  get(id: string): T | undefined {
    const read = this.#read(id)
    // What nothing is known of is asked for at once, without a look at whether that still stands.
    if (read !== undefined) {
      if (read.era !== undefined && read.era === this.#reads.era) return documentIn(read)
    } else if (this.#absent.has(id) && this.#absentIn === this.#reads.era) return undefined
    const key = idKey(id)
    if (key === undefined) return undefined
    this.#reads.ask()
    const { era } = this.#reads
    const text = this.#texts.get(key)
    if (text === undefined) {
      this.#noteAbsent(id, era)
      return undefined
    }
    if (read?.text === text) {
      read.era = era ?? read.era
      return documentIn(read)
    }
    const fresh: Read<T> = { text, era }
    this.#remember(id, fresh)
    return documentIn(fresh)
  }

  /** The document of a text that the store has just answered. */
  of(id: string, text: string): T {
    const read = this.#read(id)
    return documentIn(read?.text === text ? read : { text })
  }

  learn(id: string, text: string | undefined, era: number): void {
    this.#recent.delete(id)
    this.#before.delete(id)
    this.#absent.delete(id)
    if (text !== undefined) this.#remember(id, { text, era })
  }

  #read(id: string): Read<T> | undefined {
    const recent = this.#recent.get(id)
    if (recent !== undefined) return recent
    const before = this.#before.get(id)
    if (before !== undefined) this.#remember(id, before)
    return before
  }

  #remember(id: string, read: Read<T>): void {
    if (read.text.length > longestRemembered) {
      this.#recent.delete(id)
      this.#before.delete(id)
      return
    }
    if (this.#recent.size >= mostRemembered) {
      this.#before = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(id, read)
  }

  #noteAbsent(id: string, era: number | undefined): void {
    this.#recent.delete(id)
    this.#before.delete(id)
    if (era === undefined) return
    if (this.#absentIn !== era || this.#absent.size >= mostRemembered) this.#absent.clear()
    this.#absentIn = era
    this.#absent.add(id)
  }
}

function documentIn<T extends Document>(read: Pick<Read<T>, 'text' | 'document'>): T {
  read.document ??= frozen(documentOf<T>(read.text))
  return read.document
}

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) frozen(part)
  return Object.freeze(value)
}
