import { X509Certificate } from 'node:crypto'
import type { Logger } from 'pino'
import { pino } from 'pino'
import { z } from 'zod'
import type { Delivery } from './adapters/delivery/delivery.ts'
import type { OpenDelivery } from './adapters/delivery/ways.ts'
import type { Listed } from './adapters/people/map.ts'
import type { People } from './adapters/people/people.ts'
import type { OpenProofing } from './adapters/proofing/proofing.ts'
import type { OpenStore } from './adapters/store/store.ts'
import { upstreamsSchema } from './adapters/upstream/schema.ts'
import type { Locale } from './rules/account.ts'
import { contrastFaults } from './views/contrast.ts'
import { type HostTexts, type HostViews, pageNames } from './views/host-views.ts'
import { locales, textKeys } from './views/i18n.ts'

const ringKey = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
  key: z.string().refine((key) => Buffer.from(key, 'base64url').length >= 32, 'at least 32 bytes, base64url'),
})

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey !== undefined
  } catch {
    return false
  }
}

const name = z.string().min(1).max(60)
const picture = z.string().min(1)
const color = z.string().regex(/^#([\da-f]{3}|[\da-f]{6})$/i, 'a color as #rgb or #rrggbb')
const link = z.url({ protocol: /^https?$/ })

const brand = z.strictObject({
  name: name.describe('The name of the identity provider.'),
  logo: picture.optional().describe('A file (SVG, PNG) or an https address, 32 pixels high on pages.'),
  logoDark: picture.optional().describe('The same for dark pages.'),
  favicon: picture.optional().describe('A file or an https address.'),
  colors: z
    .strictObject({
      primary: color.optional().describe('Buttons and links.'),
      background: color.optional().describe('Behind everything, on light pages.'),
    })
    .superRefine((colors, { addIssue }) => {
      for (const { color, fault } of contrastFaults(colors))
        addIssue({ code: 'custom', path: [color], message: fault })
    })
    .default({}),
  corners: z.enum(['round', 'square']).optional(),
  links: z
    .strictObject({ help: link.optional(), privacy: link.optional(), terms: link.optional() })
    .default({})
    .describe('At the foot of every page.'),
  mail: z
    .strictObject({ header: picture.optional().describe('An https address of a picture above every mail.') })
    .default({}),
})

const days = z.int().min(1)

const phone = z.strictObject({
  countries: z
    .array(z.string().regex(/^([A-Z]{2}|\+[1-9]\d{0,7})$/, 'a country ("JP") or a prefix ("+4420")'))
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

const passkeys = z
  .strictObject({
    attestation: z
      .enum(['none', 'direct'])
      .default('none')
      .describe(
        'Whether new passkeys are asked for proof of their make; some browsers ask the person for consent then.',
      ),
    roots: z
      .array(z.string().refine(isCertificate, 'a certificate as PEM text'))
      .default([])
      .describe(
        'Certificates (PEM) of makers of security keys whose keys live in hardware. Only keys attested by one of them reach `phrh`.',
      ),
  })
  .refine(({ attestation, roots }) => roots.length === 0 || attestation === 'direct', {
    path: ['attestation'],
    error: '"direct", or no key ever shows where it is from',
  })

const signals = z.strictObject({
  keepDays: days
    .max(90)
    .default(14)
    .describe('How long an event waits for a receiver that is away, or whose stream is paused.'),
  pollSeconds: z
    .int()
    .min(0)
    .max(120)
    .default(30)
    .describe('How long a poll waits for something to say (RFC 8936, long polling).'),
  verificationSeconds: z
    .int()
    .min(0)
    .default(60)
    .describe('How often a receiver may ask for a verification event: `min_verification_interval`.'),
  inactiveDays: days.default(30).describe('When a stream that nobody polls is paused: `inactivity_timeout`.'),
})

const api = z.strictObject({
  requestsPerMinute: z
    .int()
    .min(1)
    .default(600)
    .describe('Requests that one client of the API may make in a minute, at each process.'),
})

const audit = z.strictObject({
  keepDays: z
    .int()
    .min(30)
    .default(730)
    .describe('How long entries of the audit log are kept. Of older ones a keyed summary stays.'),
  checkpoints: z
    .strictObject({
      everySeconds: z
        .int()
        .min(1)
        .max(86_400)
        .default(60)
        .describe('How often the end of the log is signed, while something is written to it.'),
      file: z
        .string()
        .min(1)
        .optional()
        .describe('A file that signed checkpoints are added to; keep it on another machine.'),
      webhook: link.optional().describe('Gets each signed checkpoint by POST, as text/plain.'),
    })
    .prefault({})
    .describe('Where signed checkpoints go, besides the program’s own log.'),
})

/** What the plugin's host and the program's operator decide alike. docs/configuration.md is generated from this. */
export const sharedOptions = {
  issuer: z
    .url({ protocol: /^https?$/ })
    .refine(isPlainAddress, 'an address without query, fragment, user or password')
    .transform((text) => (new URL(text).pathname === '/' ? new URL(text).origin : text))
    .describe(
      'The public address of the provider, its `iss`: https://id.example.com, or below a path. Never taken from a request.',
    ),
  brand: z
    .union([name.transform((text) => ({ name: text, colors: {}, links: {}, mail: {} })), brand])
    .prefault('Rekey')
    .describe(
      'What people see on pages, in mails and in their authenticator app: a name, or more than that.',
    ),
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
  phone: phone
    .optional()
    .describe(
      'Codes by text message and call, as a second factor: [what to know first](operating.md#texts-and-calls). Off if left out.',
    ),
  audit: audit.prefault({}).describe('The audit log: [what it proves](audit.md).'),
  keepRemovedDays: days
    .max(3650)
    .default(90)
    .describe('How long a removed account is kept, so that it can come back and its history be understood.'),
  sessionCookie: z
    .enum(['lasting', 'browser'])
    .default('lasting')
    .describe(
      'Whether a browser keeps someone signed in for as long as the session lasts, or forgets them when it is closed.',
    ),
  refreshGrace: z
    .strictObject({
      seconds: z.int().min(0).max(120).default(10).describe('0 for not at all.'),
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
      "How long after a sign-in an app is told of a reset, a 'this wasn't me', a deactivation or a removal, where its own `logout_within_days` says nothing: as long as apps keep people signed in. Apps that hold a grant always are.",
    ),
  acr: z
    .strictObject({
      recovered: z.string().min(1),
      password: z.string().min(1),
      multiFactor: z.string().min(1),
      phishingResistant: z.string().min(1),
      phishingResistantHardware: z.string().min(1),
    })
    .partial()
    .default({})
    .describe(
      'Other names for the authentication context classes (`acr`), weakest first; docs/relying-apps.md has the usual ones.',
    ),
  passkeys: passkeys
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
  signals: signals.prefault({}).describe('Security events for relying apps (Shared Signals).'),
  api: api.prefault({}).describe('The API for programs: [how to use it](api.md).'),
  signInsPerMinute: z
    .int()
    .min(1)
    .default(60)
    .describe(
      'Passwords that one network (an IPv4 address, an IPv6 /64) may try in a minute. [Each process counts](scale.md#budgets-of-networks), and tells the others.',
    ),
}

const has = (value: unknown, ...methods: string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  methods.every((method) => typeof (value as { [name: string]: unknown })[method] === 'function')

const isViews = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(([name, view]) => pageNames.includes(name) && typeof view === 'function')

const isTexts = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(([locale, texts]) => isTextsOf(locale as Locale, texts))

function isTextsOf(locale: Locale, texts: unknown): boolean {
  if (!locales.includes(locale) || typeof texts !== 'object' || texts === null) return false
  const known = textKeys(locale)
  return Object.entries(texts).every(([key, text]) => known.has(key) && typeof text === 'string')
}

const way = z.custom<Delivery | OpenDelivery>(
  (value) => typeof value === 'function' || has(value, 'send', 'close'),
  'a delivery, such as smtp(…) of "rekey/smtp"',
)

/** What `rekey()` takes. */
export const pluginSchema = z.strictObject({
  ...sharedOptions,
  store: z
    .custom<OpenStore>(
      (value) => typeof value === 'function',
      'an engine, such as lmdb({ path }) of "rekey/lmdb"',
    )
    .describe(
      "Rekey's own collections: `lmdb` of `rekey/lmdb`, `mongo` of `rekey/mongo`, or `postgres` of `rekey/postgres`.",
    ),
  delivery: z
    .strictObject({
      mail: way.describe('`smtp` of `rekey/smtp`, or a delivery of yours.'),
      sms: way
        .optional()
        .describe('`twilio` of `rekey/twilio`, or a delivery of yours; `phone` says where to.'),
      voice: way.optional().describe('The same for calls.'),
      push: way.optional().describe('`webPush` of `rekey/webpush`. Without it there is no authenticator.'),
    })
    .describe('How people are reached.'),
  proofing: z
    .custom<OpenProofing>((value) => typeof value === 'function', 'oidcProofing(…) of "rekey/oidc-proofing"')
    .optional()
    .describe('`oidcProofing` of `rekey/oidc-proofing`: a provider that verifies people by photo ID.'),
  people: z
    .custom<People | Map<string, Listed>>(
      (value) => value instanceof Map || has(value, 'get', 'find'),
      'an object with get and find, or a Map',
    )
    .describe('Who can sign in: four methods over your table. A Map by id will do to try things out.'),
  organizations: z
    .custom<NonNullable<People['organizations']>>(
      (value) => has(value, 'of', 'superAdmins'),
      'an object with of and superAdmins',
    )
    .optional()
    .describe('Who belongs to which organization, if not in `people`.'),
  path: z
    .string()
    .regex(/^\/[\w./~-]*$/, 'a path: /oidc')
    .optional()
    .describe('Where the provider is mounted, if not at the path of the issuer.'),
  firstFactor: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe('It gets `uid` in its query and ends in `passed`.'),
    })
    .optional()
    .describe('A login page of yours. Rekey asks for the password itself if left out.'),
  views: z
    .custom<HostViews>(isViews, 'functions by the name of a page')
    .optional()
    .describe('Pages of yours in place of Rekey’s: a function by the name of each.'),
  texts: z
    .custom<HostTexts>(isTexts, 'texts by the keys of Rekey’s own, for `en` and `ja`')
    .optional()
    .describe('Texts of yours in place of Rekey’s: `{ en: { "password.lead": "…" } }`.'),
  start: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where a mail sends someone who may sign in now: your app. The security page if left out.'),
  log: z
    .custom<Logger>((value) => has(value, 'info', 'warn', 'error'), 'a logger like pino')
    .default(() => pino({ level: 'warn' }))
    .describe('A logger with the interface of pino.'),
  clock: z
    .custom<() => number>((value) => typeof value === 'function', 'a function that returns milliseconds')
    .default(() => Date.now)
    .describe('Milliseconds since 1970; for tests.'),
})

/** The options as they must fit together. */
const pluginOptions = pluginSchema
  .refine(({ upstreams, firstFactor }) => upstreams.length === 0 || firstFactor === undefined, {
    path: ['upstreams'],
    error: 'not beside a login page of yours (firstFactor.url), which decides where people sign in',
  })
  .refine(
    ({ people, firstFactor }) => people instanceof Map || has(people, 'verify') || firstFactor !== undefined,
    { path: ['people', 'verify'], error: 'needed, or a login page of yours: firstFactor.url' },
  )

/** What `rekey()` takes. */
export type PluginOptions = z.input<typeof pluginSchema>

/** Checks the plugin's options. Throws ConfigError, which never repeats a value: it may be a secret. */
export function readOptions(input: unknown): z.output<typeof pluginSchema> {
  const result = pluginOptions.safeParse(input)
  if (result.success) return result.data
  throw new ConfigError(faultsOf(result.error))
}

/** Texts and calls, for a schema that adds how they leave. */
export const phoneOptions = phone

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { username, password, search, hash } = new URL(text)
  return [username, password, search, hash].every((part) => part === '')
}

/** Everything that is wrong with the options or the configuration, at once. It never repeats a value. */
export class ConfigError extends Error {
  readonly faults: string[]
  constructor(faults: string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/** What a schema finds wrong, by the path of each. A value may be a secret, and is never in it. */
export function faultsOf({ issues }: z.ZodError): string[] {
  return issues.map((issue) => {
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    return `${issue.path.join('.') || 'configuration'}: ${missing ? 'needed' : issue.message}`
  })
}
