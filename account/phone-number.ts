import type { CountryCode } from 'libphonenumber-js/max'
import { getCountryCallingCode, type NumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { PhoneNumber } from '../rules/phone.ts'

/** Numbers that people have. All others cost their caller, or belong to nobody. */
const people: NumberType[] = ['MOBILE', 'FIXED_LINE', 'FIXED_LINE_OR_MOBILE', 'VOIP']

/**
 * A number as someone typed it, in the way of their country or of another one with its `+`. Undefined where it is none,
 * or none that a person has.
 */
export function readNumber(typed: string, country?: string): PhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(typed.normalize('NFKC').slice(0, 40), country as CountryCode)
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
    return getCountryCallingCode(country as CountryCode)
  } catch {
    return undefined
  }
}
