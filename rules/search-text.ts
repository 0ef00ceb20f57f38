/** Text as it is searched: lower case, one width, without the accents of Latin letters. */
export function searchText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}

/** Scripts in which one or two characters are a name. */
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const letter = /[\p{L}\p{N}]/u
/** Letters with the marks that are written after them. */
const letters = /[\p{L}\p{M}\p{N}]+/gu
const beginsInLetter = /^[\p{L}\p{M}\p{N}]/u
const endsInLetter = /[\p{L}\p{M}\p{N}]$/u

/**
 * Pieces of up to three letters that a text is found by: every three in a row, and the two that a word begins with. Where
 * one or two are a name, each of them too. A single letter of other scripts narrows nothing down.
 */
export function grams(text: string): string[] {
  const found = new Set<string>()
  for (const [word] of text.matchAll(letters)) for (const gram of gramsOfWord([...word])) found.add(gram)
  return [...found]
}

function gramsOfWord(characters: string[]): string[] {
  const piece = (at: number, length: number) =>
    at + length <= characters.length ? [characters.slice(at, at + length).join('')] : []
  return characters.flatMap((character, at) => {
    const isDense = dense.test(character)
    return [...piece(at, 3), ...(isDense || at === 0 ? piece(at, 2) : []), ...(isDense ? [character] : [])]
  })
}

/** The words that someone looks for. More than a few narrow nothing down. */
export function searchWords(typed: string): string[] {
  return [...new Set(searchText(typed.slice(0, 200)).split(' '))].filter((word) => word !== '').slice(0, 8)
}

/** Pieces under which whatever holds a word is listed; none for a few letters that may stand anywhere. */
export function gramsOf(word: string): string[] {
  const found = [...word.matchAll(letters)].flatMap(({ 0: part, index }) =>
    // Beside a sign, what is typed first may be how another word ends.
    gramsOfPart([...part], index > 0 || part === word),
  )
  return [...new Set(found)]
}

function gramsOfPart(characters: string[], begins: boolean): string[] {
  if (characters.length >= 3) return characters.slice(2).map((_, at) => characters.slice(at, at + 3).join(''))
  const isListed = dense.test(characters[0]!) || (begins && characters.length === 2)
  return isListed ? [characters.join('')] : []
}

/** Whether a text has all of the words in it; one or two letters count where a word begins with them. */
export function holdsWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word) && (countsAnywhere(word) || hasBeginning(text, word)))
}

function countsAnywhere(word: string): boolean {
  const [first, , third] = word
  return third !== undefined || dense.test(first!) || !beginsInLetter.test(word)
}

function hasBeginning(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!endsInLetter.test(text.slice(0, at))) return true
  return false
}

const latin = ' abcdefghijklmnopqrstuvwxyz0123456789'
const latinLetters = 9

/**
 * A number that sorts as the text does, as indexes are in the order of a number: by its first nine letters where they
 * are Latin, by three characters after those where they aren't.
 */
export function textRank(text: string): number {
  const plain = searchText(text)
  const first = [...plain].slice(0, latinLetters)
  const known = first.map((character) => latin.indexOf(letter.test(character) ? character : ' ') + 1)
  if (known.every((place) => place > 0)) return numberOf(known, latinLetters, latin.length + 1)
  return (
    2 ** 52 +
    numberOf(
      [...plain].slice(0, 3).map((character) => character.codePointAt(0)!),
      3,
      2 ** 17,
    )
  )
}

const numberOf = (digits: number[], length: number, base: number): number =>
  Array.from({ length }, (_, at) => Math.min(digits[at] ?? 0, base - 1)).reduce(
    (number, digit) => number * base + digit,
    0,
  )
