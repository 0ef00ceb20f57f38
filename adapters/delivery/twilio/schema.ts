import { z } from 'zod'

/** The account at Twilio; part of the program's configuration. */
export const twilioSchema = z.strictObject({
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
