import { z } from 'zod'

/** What reads phone numbers is installed by whoever sends something to them. */
function readsNumbers(): boolean {
  try {
    return import.meta.resolve('libphonenumber-js/max') !== ''
  } catch {
    return false
  }
}

let names: Intl.DisplayNames | undefined

/** Of one that is none no number would ever be served. */
function isCountry(code: string): boolean {
  names ??= new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  return (
    !/^[A-Z]{2}$/.test(code) ||
    (new Intl.Locale(`und-${code}`).region === code && names.of(code) !== undefined)
  )
}

/** For the schema of `phone`, whatever it adds. */
export const withNumbers = [
  readsNumbers,
  'takes the package libphonenumber-js: npm install libphonenumber-js',
] as const

/** Texts and calls, for a schema that adds how they leave. */
export const phoneOptions = z.strictObject({
  countries: z
    .array(
      z
        .string()
        .regex(/^([A-Z]{2}|\+[1-9]\d{0,7})$/, 'a country ("JP") or a prefix ("+4420")')
        .refine((one) => one.startsWith('+') || isCountry(one), 'no country of ISO 3166-1 ("GB", not "UK")'),
    )
    .min(1)
    .describe(
      'Where numbers may be: countries (ISO 3166-1, `JP`) or prefixes (`+4420`). Nothing is sent anywhere else (toll fraud).',
    ),
  perHour: z.int().min(1).default(1000).describe('Texts and calls in an hour, to everyone together.'),
  perCountryPerHour: z
    .int()
    .min(1)
    .default(200)
    .describe('Texts and calls in an hour to numbers with one country calling code.'),
})
