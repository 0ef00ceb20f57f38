import { createRequire } from 'node:module'
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

/** Guesses, as a power of ten, that a password has to withstand: alone, and beside a second factor. */
const leastGuesses = { alone: 10, beside: 7 } as const

/** Letters that are looked at: who finds these by guessing doesn't find what follows. Longer ones cost time. */
const looked = 64

let factory: ZxcvbnFactory | undefined

/**
 * Whether a password is one of those that are tried first: on the list of the 49,000 most common ones that were breached,
 * or such a one in disguise, a walk over the keyboard, a date, a repetition (NIST SP 800-63B-4 §3.1.1.2). The lists are
 * read at the first password that is set.
 *
 * @param words that stand for the person: names, addresses, ours.
 */
export function isCommonPassword(password: string, words: string[], alone: boolean): boolean {
  factory ??= read()
  const { guessesLog10 } = factory.check([...password].slice(0, looked).join(''), words)
  return guessesLog10 < (alone ? leastGuesses.alone : leastGuesses.beside)
}

/** The packages are read when they are needed: most processes never are. */
function read(): ZxcvbnFactory {
  const require = createRequire(import.meta.url)
  const core = require('@zxcvbn-ts/core') as typeof import('@zxcvbn-ts/core')
  const common = require('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common')
  return new core.ZxcvbnFactory({
    dictionary: common.dictionary,
    graphs: common.adjacencyGraphs,
    maxLength: looked,
  })
}
