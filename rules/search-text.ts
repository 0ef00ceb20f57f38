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

/** Pieces of one to three characters that a text is found by: every three in a row, and how its words begin. */
export function grams(text: string): string[] {
  const found = new Set<string>()
  for (const word of text.split(' ')) {
    const characters = [...word]
    characters.forEach((character, at) => {
      if (at + 3 <= characters.length) found.add(characters.slice(at, at + 3).join(''))
      if (!beginsWord(characters, at) && !dense.test(character)) return
      found.add(character)
      if (at + 2 <= characters.length) found.add(characters.slice(at, at + 2).join(''))
    })
  }
  return [...found]
}

const beginsWord = (characters: string[], at: number): boolean =>
  letter.test(characters[at]!) && (at === 0 || !letter.test(characters[at - 1]!))

/** The words that someone looks for. More than a few narrow nothing down. */
export function searchWords(typed: string): string[] {
  return [...new Set(searchText(typed.slice(0, 200)).split(' '))].filter((word) => word !== '').slice(0, 8)
}

/** The pieces under which whatever holds a word is listed. */
export function gramsOf(word: string): string[] {
  const characters = [...word]
  if (characters.length <= 3) return [word]
  return [...new Set(characters.slice(2).map((_, at) => characters.slice(at, at + 3).join('')))]
}

/** Whether a text has all of the words in it; one or two letters count where a word begins with them. */
export function holdsWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word) && ([...word].length > 2 || grams(text).includes(word)))
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
