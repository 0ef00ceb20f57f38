import { z } from 'zod'

/** Settings of text messages and calls; part of the configuration. */
export const phoneSchema = z.strictObject({
  countries: z
    .array(z.string().regex(/^([A-Z]{2}|\+[1-9]\d{0,7})$/, 'a country ("JP") or a prefix ("+4420")'))
    .min(1)
    .describe(
      'Where numbers may be: countries (ISO 3166-1, `JP`) or prefixes (`+4420`). Nothing is sent anywhere else (toll fraud).',
    ),
  twilio: z
    .strictObject({
      accountSid: z.string().regex(/^AC[\da-f]{32}$/i, 'AC and 32 hexadecimal digits'),
      authToken: z.string().min(1).describe('The primary token of the account: it signs callbacks too.'),
      from: z
        .string()
        .regex(/^\+[1-9]\d{6,14}$/, 'an E.164 number')
        .describe('The number that calls, and that texts come from.'),
      messagingServiceSid: z
        .string()
        .regex(/^MG[\da-f]{32}$/i, 'MG and 32 hexadecimal digits')
        .optional()
        .describe('Texts come from this messaging service instead.'),
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('Instead of https://api.twilio.com: a regional address, or a service with the same API.'),
    })
    .optional()
    .describe('The account at Twilio that texts and calls leave by.'),
  perHour: z.int().min(1).default(1000).describe('Texts and calls in an hour, to everyone together.'),
  perCountryPerHour: z
    .int()
    .min(1)
    .default(200)
    .describe('Texts and calls in an hour to numbers with one country calling code.'),
})
