import type { Account } from './account.ts'

/** What a document says about a person, as the provider of identity verification read it. */
export interface DocumentClaims {
  givenName?: string
  familyName?: string
  /** Where given and family name are not told apart. */
  name?: string
  /** YYYY-MM-DD. */
  birthDate?: string
}

export type SamePerson =
  | 'same'
  | 'different'
  /** Something that has to be compared was neither told nor compared by the provider. */
  | 'unproven'

type Known = Pick<Account, 'name' | 'givenName' | 'familyName' | 'birthDate'>

/**
 * Whether a document belongs to the person of an account.
 *
 * Names are compared word by word after Unicode NFKC and case folding, without the accents of Latin and Greek letters.
 * Order doesn't matter. The whole family name must be there; of several given names either side may leave some out,
 * but one must be common. Nothing is transliterated: 佐藤 is not Sato unless the provider tells the Latin form. The
 * birth date must be the same where the account knows it.
 *
 * @param matched what the provider compared itself, with what it was sent.
 */
export function samePerson(known: Known, told: DocumentClaims, matched: readonly string[]): SamePerson {
  const names = compareNames(known, told, matched)
  const births = compareBirthDates(known, told, matched)
  if (names === 'different' || births === 'different') return 'different'
  return names === 'unproven' || births === 'unproven' ? 'unproven' : 'same'
}

function compareNames(known: Known, told: DocumentClaims, matched: readonly string[]): SamePerson {
  const { givenName, familyName, name } = told
  if (familyName !== undefined && givenName !== undefined)
    return sameName(known, givenName, familyName) ? 'same' : 'different'
  if (name !== undefined) return sameWhole(known, words(name)) ? 'same' : 'different'
  // One of them was told and the other compared: the one that was told must still fit.
  const { given, family } = nameParts(known)
  if (familyName !== undefined && !sameName(known, given, familyName)) return 'different'
  if (givenName !== undefined && !sameName(known, givenName, family)) return 'different'
  const left = ['given_name', 'family_name'].filter(
    (claim) => told[claim === 'given_name' ? 'givenName' : 'familyName'] === undefined,
  )
  return left.every((claim) => matched.includes(claim)) ? 'same' : 'unproven'
}

function compareBirthDates(known: Known, told: DocumentClaims, matched: readonly string[]): SamePerson {
  if (known.birthDate === undefined) return 'same'
  if (told.birthDate !== undefined) return told.birthDate === known.birthDate ? 'same' : 'different'
  return matched.includes('birthdate') ? 'same' : 'unproven'
}

function sameName(known: Known, givenName: string, familyName: string): boolean {
  const [whole, given, family] = [words(known.name), words(givenName), words(familyName)]
  if (given.length === 0 || family.length === 0) return false
  // What is known in parts must agree in its parts: of "Michael James Smith" nobody is called James by family name.
  if (known.familyName !== undefined && !sameWords(words(known.familyName), family)) return false
  if (known.givenName !== undefined && !agree(words(known.givenName), given)) return false
  if (known.familyName !== undefined && known.givenName !== undefined) return true
  // Written without a space, as in 佐藤美奈.
  if (whole.length === 1)
    return [...given, ...family].join('') === whole[0] || [...family, ...given].join('') === whole[0]
  return fits(whole, family, given, usesFamilyFirst(known.name))
}

/**
 * Whether a name consists of these parts. Its family name stands at its end, or at its beginning where that is the custom
 * of the script; and never in between. In the other order nothing may be left out, or a middle name would do.
 */
function fits(whole: string[], family: string[], given: string[], familyFirst: boolean): boolean {
  const last = sameWords(whole.slice(-family.length), family) && whole.slice(0, -family.length)
  const first = sameWords(whole.slice(0, family.length), family) && whole.slice(family.length)
  const [usual, other] = familyFirst ? [first, last] : [last, first]
  return (usual && agree(usual, given)) || (other && sameWords(other, given))
}

const usesFamilyFirst = (name: string): boolean =>
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(name)

const sameWords = (one: string[], other: string[]): boolean =>
  one.join('') === other.join('') || (one.length === other.length && without(one, other) !== undefined)

/** Given names: either side may leave some out, but not the first. */
function agree(one: string[], other: string[]): boolean {
  if (one.length === 0 || other.length === 0) return false
  if (sameWords(one, other)) return true
  const left = one.length < other.length ? without(other, one) : without(one, other)
  return left !== undefined && one[0] === other[0]
}

/** A whole name of a document, whose parts nobody tells apart: in the account's order, or with the family name first. */
function sameWhole(known: Known, told: string[]): boolean {
  const whole = words(known.name)
  if (whole.length === 0 || told.length === 0) return false
  const { given, family } = nameParts(known)
  if (known.familyName === undefined || known.givenName === undefined) {
    if (sameWords(whole, told)) return true
    if (whole.length === 1) return false
  }
  return (
    fits(told, words(family), words(given), false) ||
    // "SATO Mina Aoi", as documents of some countries write it.
    (sameWords(told.slice(0, words(family).length), words(family)) &&
      agree(words(given), told.slice(words(family).length)))
  )
}

/** The words left of a list after taking others from it, each as often as it is there; undefined if one is missing. */
function without(list: string[], taken: string[]): string[] | undefined {
  const left = [...list]
  for (const word of taken) {
    const index = left.indexOf(word)
    if (index < 0) return undefined
    left.splice(index, 1)
  }
  return left
}

/** The words of a name, as they are compared. */
export function words(name: string): string[] {
  return fold(name)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean)
}

// Upper case first, so that ß and ss, ς and σ are the same. Marks of other scripts are letters of their own: が is not か.
const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFD')
    .replace(/([\p{Script=Latin}\p{Script=Greek}])\p{M}+/gu, '$1')
    .normalize('NFC')

/** A name as it is told apart from others of the organization: its words in any order. */
export function nameKey(name: string): string {
  return words(name).sort().join(' ')
}

/** Given and family name of an account: as they are known, or by the order of the script. */
export function nameParts(known: Known): { given: string; family: string } {
  if (known.givenName !== undefined && known.familyName !== undefined)
    return { given: known.givenName, family: known.familyName }
  const parts = known.name.trim().split(/\s+/u)
  const familyFirst = usesFamilyFirst(known.name)
  const family = familyFirst ? parts[0]! : parts.at(-1)!
  const given = (familyFirst ? parts.slice(1) : parts.slice(0, -1)).join(' ')
  return { given: given === '' ? family : given, family }
}

/**
 * Whether more than a name was compared: a birth date that the account knows, or an identity that was enrolled beforehand.
 * Many people share a name, and a name is easily found out: by itself it lets people decide, and resets nothing.
 */
export function isIdentified(
  known: Pick<Account, 'birthDate' | 'proofing'>,
  told: DocumentClaims = {},
  matched: readonly string[] = ['birthdate'],
): boolean {
  if (known.proofing !== undefined) return true
  return known.birthDate !== undefined && (told.birthDate !== undefined || matched.includes('birthdate'))
}

/**
 * Whether a verification fits more than one account: someone else of the same name whom nothing tells apart. Where the
 * person enrolled before, the provider's subject tells; where both birth dates are known, they do.
 */
export function isAmbiguous(
  known: Account,
  others: Account[],
  told: DocumentClaims,
  matched: readonly string[],
): boolean {
  if (known.proofing !== undefined) return false
  const key = nameKey(known.name)
  const proved =
    known.birthDate !== undefined && (told.birthDate !== undefined || matched.includes('birthdate'))
  return others.some((other) => {
    if (other.id === known.id || nameKey(other.name) !== key) return false
    return !(proved && other.birthDate !== undefined && other.birthDate !== known.birthDate)
  })
}
