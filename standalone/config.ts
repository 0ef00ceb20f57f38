import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { phoneSchema } from '../adapters/delivery/twilio/schema.ts'
import { proofingSchema } from '../adapters/proofing/oidc/schema.ts'

const url = z.url({ protocol: /^https?$/ })
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

/** Every setting of Rekey. docs/configuration.md is generated from the descriptions. */
export const configSchema = z
  .strictObject({
    issuer: url
      .refine((text) => URL.canParse(text) && new URL(text).pathname === '/', 'an origin, without a path')
      .transform((text) => new URL(text).origin)
      .describe(
        'The public origin of the provider, its `iss`: https://id.example.com. Never taken from a request.',
      ),
    brand: z
      .string()
      .min(1)
      .max(60)
      .default('Rekey')
      .describe('The name people see on pages, in mails and in their authenticator app.'),
    port: z.int().min(0).max(65535).default(3000).describe('Where to listen.'),
    host: z.string().optional().describe('The address to listen on; every one if left out.'),
    trustProxy: z
      .boolean()
      .default(false)
      .describe('Whether X-Forwarded-For and -Proto come from a proxy of yours that overwrites them.'),
    store: z
      .string()
      .regex(/^(lmdb|mongodb(\+srv)?:\/\/.+)$/, '"lmdb" or a mongodb:// URI')
      .default('lmdb')
      .describe('Where state lives: `lmdb` for one machine, a mongodb:// URI of a replica set for more.'),
    data: z.string().min(1).default('./data').describe('The folder of the embedded store.'),
    keys: z
      .array(ringKey)
      .min(1)
      .describe(
        'The key ring, newest first: `[{ id, key }]`, each key at least 32 random bytes, base64url. Add a new one in front to rotate; keep the last one.',
      ),
    mail: z
      .strictObject({
        url: z.url({ protocol: /^smtps?$/ }).describe('smtp://user:password@host:587 or smtps://…'),
        from: z.string().min(3).describe('The sender of every mail: `Example <id@example.com>`.'),
      })
      .optional()
      .describe('The mail server. Without one nobody can be told anything, so Rekey does not start.'),
    phone: phoneSchema
      .optional()
      .describe(
        'Codes by text message and call, as a second factor: [what to know first](operating.md#texts-and-calls). Off if left out.',
      ),
    proofing: proofingSchema
      .optional()
      .describe(
        'A provider that verifies people by photo ID: [how to connect one](identity-verification.md).',
      ),
    keepRemovedDays: z
      .int()
      .min(1)
      .max(3650)
      .default(90)
      .describe(
        'How long a removed account is kept, so that it can come back and its history be understood.',
      ),
    clients: z
      .array(z.looseObject({ client_id: z.string().min(1) }))
      .default([])
      .describe(
        'Relying apps: standard client metadata (OpenID Connect Dynamic Client Registration 1.0), and `require_consent`.',
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
          .regex(/^[\w.~+/-]{32,}=*$/, 'at least 32 characters that fit a Bearer header'),
      })
      .optional()
      .describe(
        'Turns dynamic client registration on (RFC 7591), for whoever has this initial access token. Off if left out.',
      ),
    passkeys: z
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
      .prefault({})
      .describe('Passkeys and security keys: [hardware keys](operating.md#hardware-security-keys).'),
    fetchHosts: z
      .array(z.string().regex(/^[^/\s]+$/))
      .default([])
      .describe(
        'Hosts (`name` or `name:port`) on private networks that may be sent logout tokens, security events and pushes. All other private addresses are refused (SSRF).',
      ),
    signals: z
      .strictObject({
        keepDays: z
          .int()
          .min(1)
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
        inactiveDays: z
          .int()
          .min(1)
          .default(30)
          .describe('When a stream that nobody polls is paused: `inactivity_timeout`.'),
      })
      .prefault({})
      .describe('Security events for relying apps (Shared Signals).'),
    signInsPerMinute: z
      .int()
      .min(1)
      .default(60)
      .describe('Passwords and codes that one network address may try in a minute.'),
  })
  .refine((config) => new Set(config.keys.map((key) => key.id)).size === config.keys.length, {
    path: ['keys'],
    error: 'every key needs an id of its own',
  })

export type Config = z.output<typeof configSchema>

/** Everything that is wrong with a configuration, at once. */
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

/** Checks a configuration. Throws ConfigError, which never repeats a value: it may be a secret. */
export function readConfig(input: unknown): Config {
  const result = configSchema.safeParse(input)
  if (result.success) return result.data
  throw new ConfigError(faultsOf(result.error))
}

/** A configuration that people can be reached with. Throws ConfigError. */
export function readProductConfig(input: unknown): Config & { mail: NonNullable<Config['mail']> } {
  const result = configSchema.safeParse(input)
  const faults = result.success ? [] : faultsOf(result.error)
  if ((input as Partial<Config>).mail === undefined)
    faults.push('mail: needed, as nobody could be told of a reset without it (npm start is the demo)')
  if (result.success && result.data.phone !== undefined && result.data.phone.twilio === undefined)
    faults.push('phone.twilio: needed, as nothing could be sent without it (npm start is the demo)')
  if (faults.length > 0 || !result.success) throw new ConfigError(faults)
  return { ...result.data, mail: result.data.mail! }
}

const faultsOf = ({ issues }: z.ZodError): string[] =>
  issues.map((issue) => {
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    return `${issue.path.join('.') || 'configuration'}: ${missing ? 'needed' : issue.message}`
  })

/**
 * The settings of the environment over those of the file in REKEY_CONFIG (JSON, or a module that exports `config`).
 * REKEY_PORT, REKEY_DATA and REKEY_STORE are the same settings in either place.
 */
export async function loadSettings(env: NodeJS.ProcessEnv): Promise<{ [setting: string]: unknown }> {
  const file = env.REKEY_CONFIG === undefined ? {} : await readSettingsFile(resolve(env.REKEY_CONFIG))
  return {
    ...file,
    ...(env.REKEY_PORT === undefined ? {} : { port: Number(env.REKEY_PORT) }),
    ...(env.REKEY_DATA === undefined ? {} : { data: env.REKEY_DATA }),
    ...(env.REKEY_STORE === undefined ? {} : { store: env.REKEY_STORE }),
  }
}

async function readSettingsFile(path: string): Promise<{ [setting: string]: unknown }> {
  try {
    if (extname(path) === '.json') return JSON.parse(await readFile(path, 'utf8'))
    const module = await import(pathToFileURL(path).href)
    return module.config ?? module.default
  } catch (error) {
    throw new ConfigError([`REKEY_CONFIG: can't be read: ${(error as Error).message}`])
  }
}
