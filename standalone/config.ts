import { isIP } from 'node:net'
import { z } from 'zod'
import { twilioSchema } from '../adapters/delivery/twilio/schema.ts'
import { proofingSchema } from '../adapters/proofing/oidc/schema.ts'
import { ConfigError } from '../options/config-error.ts'
import { phoneOptions, withNumbers } from '../options/phone.ts'
import { sharedOptions } from '../options/shared.ts'
import { signingAlgorithms } from '../rules/signing-keys.ts'
import { faultsIn } from './faults.ts'

/** Every setting of the program: what the plugin takes, and what a host would do itself. */
export const configSchema = z.strictObject({
  ...sharedOptions,
  port: z.int().min(0).max(65535).default(3000).describe('Where to listen.'),
  host: z.string().min(1).optional().describe('The address to listen on; every one if left out.'),
  health: z
    .strictObject({
      port: z.int().min(1).max(65535).describe('Where to listen for them, apart from `port`.'),
      host: z.string().min(1).optional().describe('The address to listen on; every one if left out.'),
    })
    .optional()
    .describe('`/livez`, `/readyz` and `/metrics`, for whoever watches. Off if left out.'),
  trustProxy: z
    .union([
      z.boolean().transform((one) => (one ? 1 : (false as const))),
      z.int().min(1).max(20),
      z.array(z.string().refine(isNetwork, 'an address or a network, for example "10.0.0.0/8"')).min(1),
    ])
    .default(false)
    .describe(
      'The proxies of yours in front, whose X-Forwarded-For is believed: how many in a row, or their networks (`["10.0.0.0/8"]`). `true` is one.',
    ),
  store: z
    .string()
    .regex(/^(lmdb|(mongodb(\+srv)?|postgres(ql)?):\/\/.+)$/, '"lmdb", or a mongodb:// or postgres:// URI')
    .default('lmdb')
    .describe(
      'Where state lives: `lmdb` for one machine, for more a mongodb:// URI of a replica set, or a postgres:// URI.',
    ),
  data: z.string().min(1).default('./data').describe('The folder of the embedded store.'),
  mail: z
    .strictObject({
      url: z
        .url({ protocol: /^smtps?$/ })
        .refine(
          endsWithHost,
          'it goes on after the server: in a name or password, / is written %2F, # is %23 and ? is %3F',
        )
        .describe('smtp://user:password@host:587 or smtps://…'),
      from: z
        .string()
        .min(3)
        .regex(/^\P{Cc}*$/u, 'one line')
        .describe('The sender of every mail: `Example <id@example.com>`.'),
    })
    .optional()
    .describe('The mail server. Without one nobody can be told anything, so Rekey does not start.'),
  phone: phoneOptions
    .extend({
      twilio: twilioSchema.optional().describe('The account at Twilio that texts and calls leave by.'),
    })
    .refine(...withNumbers)
    .optional()
    .describe(
      'Codes by text message and call, as a second factor: [what to know first](operating.md#texts-and-calls). Off if left out.',
    ),
  proofing: proofingSchema
    .optional()
    .describe('A provider that verifies people by photo ID: [how to connect one](identity-verification.md).'),
  clients: z
    .array(z.looseObject({ client_id: z.string().min(1) }))
    .default([])
    .describe(
      'Relying apps: standard client metadata (OpenID Connect Dynamic Client Registration 1.0), and [what is ours](relying-apps.md#register-an-app).',
    ),
  requirePkce: z
    .boolean()
    .default(false)
    .describe(
      'Whether apps that authenticate need PKCE, where their own `require_pkce` says nothing. Public ones always do.',
    ),
  responseTypes: z
    .array(z.enum(['id_token', 'id_token token', 'code id_token']))
    .default([])
    .describe(
      'What apps may register for beside `code`. Tokens in addresses leak more easily (RFC 9700 §2.1.2); there are libraries that take an ID token from a posted form by default.',
    ),
  claims: z
    .record(
      z.string().regex(/^[\w:/.-]{1,100}$/),
      z.strictObject({
        scope: z
          .string()
          .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
          .describe('The scope that asks for the claim.'),
        each: z
          .string()
          .optional()
          .describe(
            'How each organization is written, with `{id}`, `{name}` and `{role}` (`super_admin` or `member`) filled in. Objects with these three if left out.',
          ),
        role: z
          .enum(['super_admin', 'member'])
          .optional()
          .describe('Only the organizations where the person has this role.'),
        clients: z.array(z.string()).optional().describe('Only these apps get the claim.'),
      }),
    )
    .default({})
    .describe(
      'Claims that say which organizations a person belongs to, by name: [roles and groups](relying-apps.md#roles-and-groups).',
    ),
  signing: z
    .strictObject({
      default: z
        .enum(signingAlgorithms)
        .default('RS256')
        .describe(
          "What ID tokens are signed with, where an app's `id_token_signed_response_alg` says nothing.",
        ),
      algorithms: z
        .array(z.enum(signingAlgorithms))
        .default([])
        .describe(
          'Further algorithms that apps which register themselves may choose. RS256, ES256 and what configured apps name are there anyway; no other key is published.',
        ),
      rotateDays: z
        .int()
        .min(0)
        .max(3650)
        .default(90)
        .describe('How long a key signs before a new one takes its place; 0 for until `keys rotate`.'),
      publishHours: z
        .int()
        .min(1)
        .max(720)
        .default(24)
        .describe("How long a new key is published before it signs, so that every app's cache has seen it."),
    })
    .prefault({})
    .describe('The keys that tokens are signed with. They roll while Rekey runs.'),
  resources: z
    .array(
      z.strictObject({
        indicator: z.url(),
        scope: z.string(),
        format: z.enum(['opaque', 'jwt']).default('opaque'),
      }),
    )
    .default([])
    .describe(
      'APIs that apps may ask access tokens for (RFC 8707): `indicator`, the `scope`s it has, and whether its tokens are opaque or JWTs (RFC 9068, five minutes).',
    ),
  registration: z
    .strictObject({
      initialAccessToken: z
        .string()
        .regex(/^[\w.~+/-]{32,}=*$/, 'at least 32 characters that fit a Bearer header')
        .optional()
        .describe('Whoever has it may register an app.'),
      open: z
        .boolean()
        .default(false)
        .describe(
          "Whether anybody may: apps on people's own machines. They always ask for consent, are sent back over http to loopback addresses only, and get no more than `openid`, `profile`, `email` and `offline_access`.",
        ),
      perHour: z
        .int()
        .min(1)
        .default(20)
        .describe('How many a network may register in an hour, where anybody may.'),
      unusedDays: z
        .int()
        .min(1)
        .max(3650)
        .default(30)
        .describe('When one of those is forgotten that nobody uses.'),
    })
    .refine(({ initialAccessToken, open }) => open || initialAccessToken !== undefined, {
      path: ['initialAccessToken'],
      error: 'needed, unless anybody may register (`open`)',
    })
    .optional()
    .describe(
      'Turns dynamic client registration on (RFC 7591, RFC 7592). Off if left out. What is registered here is never first-party: people are asked for consent.',
    ),
})

export type Config = z.output<typeof configSchema>

/** A password that holds a / would be taken for the name of a server. */
function endsWithHost(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { pathname, hash } = new URL(text)
  return (pathname === '' || pathname === '/') && hash === ''
}

/** An address, or a network by the length of its prefix. */
function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  return family > 0 && (bits === undefined || Number(bits) <= (family === 6 ? 128 : 32))
}

/** Checks a configuration. Throws ConfigError, which never repeats a value: it may be a secret. */
export function readConfig(input: unknown): Config {
  const result = configSchema.safeParse(input)
  if (result.success) return result.data
  throw new ConfigError(faultsIn(result.error, input))
}
