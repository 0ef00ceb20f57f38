import { z } from 'zod'
import { upstreamsSchema } from '../adapters/upstream/schema.ts'
import { auditOptions } from './audit.ts'
import { brandOptions } from './brand.ts'
import { passkeyOptions } from './passkeys.ts'
import { phoneOptions, withNumbers } from './phone.ts'
import { signalsOptions } from './signals.ts'

/** As an environment variable has it, which may be missing: then that is said at the start. */
type FromEnvironment = z.ZodType<string, string | undefined>

const ringKey = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .describe(
      'A name of its own: what is sealed says by it which key opens it. Letters, digits, `-` and `_`.',
    ),
  key: z
    .string()
    .refine((key) => Buffer.from(key, 'base64url').length >= 32, 'at least 32 bytes, base64url')
    .describe(
      'At least 32 random bytes, base64url. Keep it: what is stored opens with no other.',
    ) as FromEnvironment,
})

const api = z.strictObject({
  requestsPerMinute: z
    .int()
    .min(1)
    .default(600)
    .describe('Requests that one client of the API may make in a minute, at each process.'),
})

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { username, password, search, hash, pathname } = new URL(text)
  return [username, password, search, hash].every((part) => part === '') && !pathname.includes('//')
}

/** As apps will compare it: without blanks around it, and the host in small letters (RFC 3986 §6.2.2.1). */
function asWritten(text: string): string {
  const { origin, pathname } = new URL(text)
  return pathname === '/' ? origin : origin + pathname
}

/** What the plugin's host and the program's operator decide alike. docs/configuration.md is generated from this. */
export const sharedOptions = {
  issuer: z
    .url({ protocol: /^https?$/ })
    .refine(isPlainAddress, 'an address without query, fragment, user or password')
    .transform(asWritten)
    .describe(
      'The public address of the provider, its `iss`: https://id.example.com, or below a path. Never taken from a request.',
    ),
  brand: brandOptions,
  keys: z
    .array(ringKey)
    .min(1)
    .refine(
      (keys) => new Set(keys.map((key) => key.id)).size === keys.length,
      'every key needs an id of its own',
    )
    .describe(
      'The key ring, newest first: `[{ id, key }]`, each key at least 32 random bytes, base64url. How one is retired: [keys](operating.md#keys).',
    ),
  phone: phoneOptions
    .refine(...withNumbers)
    .optional()
    .describe(
      'Codes by text message and call, as a second factor: [what to know first](operating.md#texts-and-calls). Off if left out.',
    ),
  audit: auditOptions.prefault({}).describe('The audit log: [what it proves](audit.md).'),
  keepRemovedDays: z
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe('Days that a removed account is kept, so that it can come back and its history be understood.'),
  sessionCookie: z
    .enum(['lasting', 'browser', 'choose'])
    .default('lasting')
    .describe(
      'Whether a browser keeps someone signed in for as long as the session lasts, or forgets them when it is closed. `choose`: people are asked on the page of the password; the box "Keep me signed in" is empty, and who is not asked there is forgotten.',
    ),
  refreshGrace: z
    .strictObject({
      seconds: z.int().min(0).max(120).default(10).describe('Seconds; 0 for not at all.'),
      for: z
        .enum(['public', 'all'])
        .default('public')
        .describe('Apps without a secret, whose refresh tokens change at each use; or all.'),
    })
    .prefault({})
    .describe(
      'How long a refresh token that was used may be sent again, as the answer was lost: it gets the same successor.',
    ),
  logoutWithinDays: z
    .int()
    .min(0)
    .max(365)
    .default(30)
    .describe(
      "Days after a sign-in that an app is told of a reset, a 'this wasn't me', a deactivation or a removal, where its own `logout_within_days` says nothing: as long as apps keep people signed in. Apps that hold a grant always are.",
    ),
  acr: z
    .strictObject({
      recovered: z.string().min(1).describe('Password only, after a reset.'),
      password: z.string().min(1).describe('One factor.'),
      multiFactor: z.string().min(1).describe('A second factor besides.'),
      phishingResistant: z.string().min(1).describe('A passkey.'),
      phishingResistantHardware: z.string().min(1).describe('A passkey attested to live in hardware.'),
    })
    .partial()
    .default({})
    .describe(
      'Other names for the authentication context classes (`acr`), weakest first; docs/relying-apps.md has the usual ones.',
    ),
  passkeys: passkeyOptions
    .prefault({})
    .describe('Passkeys and security keys: [hardware keys](operating.md#hardware-security-keys).'),
  fetchHosts: z
    .array(z.string().regex(/^[^/\s]+$/))
    .default([])
    .describe(
      'Hosts (`name` or `name:port`) on private networks that may be sent logout tokens, security events and pushes. All other private addresses are refused (SSRF).',
    ),
  upstreams: upstreamsSchema
    .default([])
    .describe(
      'OpenID providers of organizations: their members prove the first factor there ([how](upstream.md)).',
    ),
  signals: signalsOptions.prefault({}).describe('Security events for relying apps (Shared Signals).'),
  api: api.prefault({}).describe('The API for programs: [how to use it](api.md).'),
  signInsPerMinute: z
    .int()
    .min(1)
    .default(60)
    .describe(
      'Passwords that one network (an IPv4 address, an IPv6 /64) may try in a minute. [Each process counts](scale.md#budgets-of-networks), and tells the others.',
    ),
}
