import { isIP } from 'node:net'
import { ConfigError } from '../options/config-error.ts'
import { standardScopes } from '../provider/claims.ts'
import { consoleClientId } from '../provider/own-client.ts'
import { apiResource } from '../rules/api-scopes.ts'
import { type Config, configSchema } from './config.ts'
import { faultLine, faultsIn } from './faults.ts'
import type { ProgramSettings } from './settings.ts'

export type ProductConfig = Config & { mail: NonNullable<Config['mail']> }

/** A configuration that people can be reached with, and in which nothing clashes. Throws ConfigError with every fault. */
export function readProductConfig(input: unknown): ProductConfig {
  const result = configSchema.safeParse(input)
  const given = (input ?? {}) as ProgramSettings
  const faults = [...(result.success ? [] : faultsIn(result.error, input)), ...clashes(soundPart(given))]
  if (given.mail === undefined)
    faults.push(
      faultLine('mail', 'needed, as nobody could be told of a reset without it; npm start is the demo'),
    )
  if (faults.length > 0 || !result.success) throw new ConfigError(faults)
  return { ...result.data, mail: result.data.mail! }
}

/** The settings that are sound by themselves: one that isn't must not hide what else is wrong. */
function soundPart(given: ProgramSettings): Partial<Config> {
  const read = Object.entries(configSchema.shape).map(
    ([name, one]) => [name, one.safeParse(given[name])] as const,
  )
  return Object.fromEntries(read.flatMap(([name, { success, data }]) => (success ? [[name, data]] : [])))
}

/** ProgramSettings that are sound by themselves, and can't be together, or not in production. */
function clashes(config: Partial<Config>): string[] {
  return [
    ...issuerFaults(config),
    ...(config.health !== undefined && config.health.port === config.port
      ? ['health.port: the same as port; each needs its own (for example 9090)']
      : []),
    ...keyFaults(config),
    ...mailFaults(config),
    ...clientFaults(config),
    ...resourceFaults(config),
    ...claimFaults(config),
    ...signingFaults(config),
    ...repeated((config.resources ?? []).map(({ indicator }) => indicator)).map(
      ([index]) => `resources.${index}.indicator: the same as one before; each API needs its own`,
    ),
    ...repeated(Object.values(config.acr ?? {})).map(
      ([index]) =>
        `acr.${Object.keys(config.acr ?? {})[index]}: the same name as another level's; each needs its own`,
    ),
    ...(config.phone !== undefined && config.phone.twilio === undefined
      ? [faultLine('phone.twilio', 'needed, as nothing could be sent without it; npm start is the demo')]
      : []),
  ]
}

function issuerFaults({ issuer, trustProxy }: Partial<Config>): string[] {
  if (issuer === undefined) return []
  const { protocol, hostname } = new URL(issuer)
  if (protocol === 'http:' && !isLoopback(hostname))
    return [faultLine('issuer', 'http is for localhost alone: cookies and passkeys need https')]
  if (protocol === 'https:' && trustProxy === false)
    return [
      faultLine(
        'trustProxy',
        'needed for an https issuer: TLS ends at a proxy of yours, which says where requests come from',
      ),
    ]
  return []
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '[::1]' ||
  (isIP(host) === 4 && host.startsWith('127.'))

function keyFaults({ keys = [] }: Partial<Config>): string[] {
  const bytes = keys.map(({ key }) => Buffer.from(key, 'base64url'))
  return [
    ...bytes.flatMap((key, index) =>
      new Set(key).size < 12 ? [faultLine(`keys.${index}.key`, 'not random; anybody could guess it')] : [],
    ),
    ...repeated(bytes.map((key) => key.toString('hex'))).map(
      ([index]) => `keys.${index}.key: the same as another under a different id; take one of them out`,
    ),
  ]
}

function resourceFaults({ resources = [], issuer }: Partial<Config>): string[] {
  const wrong = (indicator: string): string | undefined => {
    if (new URL(indicator).hash !== '') return 'an address without a fragment (RFC 8707 §2)'
    return issuer !== undefined && indicator === apiResource({ base: issuer })
      ? "taken by Rekey's own API"
      : undefined
  }
  return resources.flatMap(({ indicator }, index) => {
    const fault = wrong(indicator)
    return fault === undefined ? [] : [faultLine(`resources.${index}.indicator`, fault)]
  })
}

/** A claim of the operator's must not stand in for one that says who signed in, and how. */
function claimFaults({ claims = {} }: Partial<Config>): string[] {
  return Object.keys(claims)
    .filter((claim) => takenClaims.has(claim))
    .map(
      (claim) =>
        `claims.${claim}: a claim of the standards, which has its meaning already; take another name`,
    )
}

const takenClaims: ReadonlySet<string> = new Set([
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'auth_time',
    'nonce',
    'acr',
    'amr',
    'azp',
    'sid',
    'cnf',
  ],
  ...['at_hash', 'c_hash', 's_hash', 'client_id', 'scope', 'events', 'act', 'recovery', 'verified_claims'],
  ...Object.values(standardScopes).flat(),
])

function signingFaults({ signing }: Partial<Config>): string[] {
  if (signing === undefined || signing.rotateDays === 0) return []
  return signing.publishHours > signing.rotateDays * 24
    ? [faultLine('signing.publishHours', 'longer than a key signs (signing.rotateDays)')]
    : []
}

function mailFaults({ mail }: Partial<Config>): string[] {
  if (mail === undefined) return []
  const { hostname, username, password } = new URL(mail.url)
  const addresses = mail.from.match(/[^\s<>@,]+@[^\s<>@,]+/g) ?? []
  return [
    ...(hostname === '' ? [faultLine('mail.url', 'names no server')] : []),
    ...(isDecodable(username) && isDecodable(password)
      ? []
      : [faultLine('mail.url', 'in a name or password, % itself is written %25')]),
    ...(addresses.length === 0 ? [faultLine('mail.from', 'holds no e-mail address')] : []),
    ...(addresses.length > 1 ? [faultLine('mail.from', 'holds more than one e-mail address')] : []),
  ]
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function clientFaults({ clients = [] }: Partial<Config>): string[] {
  const ids = clients.map((client) => client.client_id)
  return [
    ...repeated(ids).map(
      ([index]) => `clients.${index}.client_id: the same as one before; each app needs its own`,
    ),
    ...ids.flatMap((id, index) =>
      id === consoleClientId
        ? [faultLine(`clients.${index}.client_id`, 'taken by the pages of Rekey itself')]
        : [],
    ),
  ]
}

/** The places and values that were there before. */
const repeated = (values: (string | undefined)[]): [index: number, value: string][] =>
  values.flatMap((value, index) =>
    value !== undefined && values.indexOf(value) < index ? [[index, value]] : [],
  )
