import type { Configuration } from 'oidc-provider'
import { laterClashes } from './clashes.ts'
import type { ProviderState } from './made-from.ts'
import { consoleClientId } from './own-client.ts'

type Named = { [name: string]: unknown }

/** What Rekey brings to a configuration (configure.ts) and can't do without; of `features` only those. */
const brought = [
  'acrValues',
  'claims',
  'extraClientMetadata',
  'extraParams',
  'extraTokenClaims',
  'findAccount',
  'interactions',
  'loadExistingGrant',
  'pairwiseIdentifier',
  'scopes',
  'ttl',
]
const broughtFeatures = [
  'backchannelLogout',
  'clientCredentials',
  'devInteractions',
  'externalSigningSupport',
  'resourceIndicators',
]

/**
 * Which settings of a configuration were put over after `configure` had returned it: a line for each. What was added is
 * the host's to add, unless it clashes.
 */
export function overriddenIn(
  { configuration, keystore, staticClients }: ProviderState,
  configured: Configuration,
): string[] {
  if (configuration === undefined || keystore === undefined) return []
  const actual: Named = { ...configuration, extraParams: parametersOf(configuration) }
  const expected = configured as Named
  const features = (actual['features'] ?? {}) as Named
  const paths = [
    ...brought.flatMap((name) => missing(actual[name], expected[name], name)),
    ...broughtFeatures.flatMap((name) =>
      missing(features[name], (expected['features'] as Named)[name], `features.${name}`),
    ),
    ...(asksOwnPages(features['fapi'] as Fapi) ? ['features.fapi'] : []),
    ...(sizeOf(actual) === sizeOf(expected) ? [] : ['interactions.policy']),
    ...(sameClients(staticClients ?? new Map(), configured.clients) ? [] : ['clients']),
    ...(sameKeys([...keystore], (configured.jwks?.keys ?? []) as object[]) ? [] : ['jwks']),
  ]
  return [
    ...[...new Set(paths)].map((path) => `${path}: changed after configure(…); give it to configure(…)`),
    ...laterClashes(configuration as Configuration),
  ]
}

/** The paths of what was expected and isn't there. The library turns lists into Sets, and lists of claims into objects. */
function missing(actual: unknown, expected: unknown, path: string): string[] {
  if (expected === undefined || actual === expected) return []
  if (isList(expected)) return [...expected].every(isIn(actual)) ? [] : [path]
  if (!isPlain(expected)) return [path]
  const there = isPlain(actual) ? actual : {}
  return Object.entries(expected).flatMap(([name, value]) => missing(there[name], value, `${path}.${name}`))
}

/** A configuration as it is now: what is changed in it later is not changed here. */
export function snapshotOf<T>(value: T): T {
  if (isList(value)) return [...value] as T
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, snapshotOf(one)])) as T
}

const isIn = (holder: unknown) => (one: unknown) =>
  isList(holder) ? [...holder].includes(one) : isPlain(holder) && Object.hasOwn(holder, String(one))

const isList = (value: unknown): value is Iterable<unknown> => Array.isArray(value) || value instanceof Set

/** What the library copies: everything else in a configuration stays itself. */
const isPlain = (value: unknown): value is Named =>
  (value as Named | null | undefined)?.constructor === Object

/** The library keeps names and functions apart. */
function parametersOf({ extraParams, extraParamsValidations }: Named): Named {
  const names = [...((extraParams ?? []) as Iterable<string>)].map((name) => [name, null] as const)
  const functions = (extraParamsValidations ?? []) as [string, unknown][]
  return Object.fromEntries([...names, ...functions])
}

interface Fapi {
  enabled?: boolean
  profile(ctx: undefined, client: { clientId: string }): unknown
}

/** The library puts a function of its own around that of `configure`, which answers for Rekey's own client alone. */
function asksOwnPages(fapi: Fapi | undefined): boolean {
  if (fapi?.enabled !== true) return false
  try {
    return fapi.profile(undefined, { clientId: consoleClientId }) !== undefined
  } catch {
    return true
  }
}

/** Of prompts: a further one has no page. */
const sizeOf = ({ interactions }: Named): unknown =>
  (interactions as Configuration['interactions'])?.policy?.length

const sameClients = (actual: Map<string, unknown>, expected: Configuration['clients'] = []): boolean =>
  actual.size === expected.length && expected.every(({ client_id }) => actual.has(client_id))

/** The library's copies of a host's keys have what makes them up; Rekey's are themselves. */
const sameKeys = (actual: object[], expected: object[]): boolean =>
  actual.length === expected.length && expected.every((key) => actual.some(isSame(key as Named)))

const isSame =
  (one: Named) =>
  (other: object): boolean =>
    other === one || ['kty', 'n', 'x', 'y', 'pub'].every((part) => (other as Named)[part] === one[part])
