import { createRequire } from 'node:module'
import type { CountryCode, NumberType } from 'libphonenumber-js/max'
import type { PhoneNumber } from '../rules/phone.ts'

const require = createRequire(import.meta.url)

/** Every country's numbers: loaded with the first number that somebody types. */
const numbering = () => require('libphonenumber-js/max') as typeof import('libphonenumber-js/max')

/** Numbers that people have. All others cost their caller, or belong to nobody. */
const people: NumberType[] = ['MOBILE', 'FIXED_LINE', 'FIXED_LINE_OR_MOBILE', 'VOIP']

/**
 * A number as someone typed it, in the way of their country or of another one with its `+`. Undefined where it is none,
 * or none that a person has.
 */
export function readNumber(typed: string, country?: string): PhoneNumber | undefined {
  const parsed = numbering().parsePhoneNumberFromString(
    typed.normalize('NFKC').slice(0, 40),
    country as CountryCode,
  )
  const type = parsed?.getType()
  // A carrier can't dial an extension, and would ring whoever answers for all.
  if (parsed === undefined || !parsed.isValid() || parsed.ext !== undefined || !people.includes(type))
    return undefined
  return {
    number: parsed.number,
    callingCode: parsed.countryCallingCode,
    country: parsed.country,
    takesTexts: type !== 'FIXED_LINE',
  }
}

/** The calling code of a country (`81` of `JP`), for people who look for theirs. Undefined for what is no country. */
export function callingCodeOf(country: string): string | undefined {
  try {
    return numbering().getCountryCallingCode(country as CountryCode)
  } catch {
    return undefined
  }
}
