import { type Client, type Configuration, errors, type Provider } from 'oidc-provider'
import { checkSelfRegistered, operatorsAlone, unusedDays } from './registration.ts'
import { checkFapiClient } from './standards.ts'

type Metadata = { [name: string]: unknown }

/** What a client may say beside the standard metadata. */
export const ownMetadata = [
  'require_consent',
  'require_pkce',
  'id_token_claims',
  'logout_within_days',
  'fapi',
  'actions',
  'request_uris',
  ...operatorsAlone,
  unusedDays,
] as const

const { InvalidClientMetadata } = errors

/** Checks what the library doesn't know. It calls this once for each name, each time with all of the metadata. */
export const extraClientMetadata: NonNullable<Configuration['extraClientMetadata']> = {
  properties: [...ownMetadata],
  validator: (ctx, key, value, metadata) => {
    if (ctx !== undefined) checkSelfRegistered(ctx, metadata)
    if (key === 'fapi') checkFapiClient(metadata)
    if (value !== undefined) checkOwn(key, value)
    if (key === ownMetadata[0]) checkSecret(metadata)
  },
}

const isTexts = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string')
const isBoolean = (value: unknown) => typeof value === 'boolean'

/** OpenID Connect Core §6.2. */
const isRequestUri = (value: unknown) =>
  typeof value === 'string' && /^https?:\/\/[!-~]+$/.test(value) && value.length <= 512 && URL.canParse(value)

const checks: {
  [name in (typeof ownMetadata)[number]]?: [holds: (value: unknown) => boolean, must: string]
} = {
  require_consent: [isBoolean, 'true or false'],
  require_pkce: [isBoolean, 'true or false'],
  operator: [isBoolean, 'true or false'],
  organization: [(value) => typeof value === 'string' && value !== '', 'the id of an organization'],
  id_token_claims: [isBoolean, 'true or false'],
  logout_within_days: [
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 365,
    'a whole number of days, 365 at most',
  ],
  request_uris: [
    (value) => Array.isArray(value) && value.length <= 20 && value.every(isRequestUri),
    'a list of https addresses, 20 at most, of 512 characters at most',
  ],
  allowed_organizations: [isTexts, 'a list of organizations'],
  allowed_people: [isTexts, 'a list of people'],
  previous_client_secret: [(value) => typeof value === 'string', 'a secret'],
  previous_client_secret_expires_at: [Number.isInteger, 'a time in seconds'],
  actions: [isTexts, 'a list of actions'],
}

function checkOwn(name: string, value: unknown): void {
  const check = checks[name as (typeof ownMetadata)[number]]
  if (check !== undefined && !check[0](value)) throw new InvalidClientMetadata(`${name} must be ${check[1]}`)
}

/** RFC 7518 §3.2: a key as long as the hash. Libraries refuse to sign with less. */
function checkSecret({ token_endpoint_auth_method: method, client_secret: secret }: Metadata): void {
  if (method === 'client_secret_jwt' && typeof secret === 'string' && Buffer.byteLength(secret) < 32)
    throw new InvalidClientMetadata('client_secret must have at least 32 bytes for client_secret_jwt')
}

/**
 * Whether a client must prove by PKCE that it is who began (RFC 9700 §2.1.1): always where nothing else does, and where
 * a profile says so; of the others, where the client or the operator wants it.
 */
export function needsPkce(client: Client, byDefault: boolean): boolean {
  if (client.clientAuthMethod === 'none' || client.fapi !== undefined) return true
  return typeof client.require_pkce === 'boolean' ? client.require_pkce : byDefault
}

/** The library fails at the first client that is there twice, before anything can be said about the others. */
export const eachOnce = <C extends { client_id: string }>(clients: readonly C[]): C[] => [
  ...new Map(clients.map((client) => [client.client_id, client])).values(),
]

/** Everything by which the clients of a configuration can't work, each by its `client_id`. */
export function clientFaults(provider: Provider, clients: Metadata[]): string[] {
  const ids = clients.map(({ client_id: id }) => id)
  const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))]
  const faults = clients.map((client) => faultsOf(provider, client))
  return [...twice.map((id) => `clients: ${id}: there is more than one of this client_id`), ...faults.flat()]
}

/** The library's client, which checks what it is made of; its types leave the constructor out. */
type KnownClient = new (metadata: Metadata) => { metadata(): Metadata }

function faultsOf({ Client }: Provider, metadata: Metadata): string[] {
  const Known = Client as unknown as KnownClient
  const said = (fault: string) => `clients: ${metadata.client_id}: ${fault}`
  try {
    const known = new Known(metadata).metadata()
    return Object.keys(metadata)
      .filter((name) => !(name in known || informative.includes(name)) && metadata[name] !== undefined)
      .map((name) => said(`${name} is not known here${suggestion(name)}`))
  } catch (error) {
    const { error_description: description, message } = error as errors.OIDCProviderError
    return [said(description ?? message)]
  }
}

/** Says something about an app, and nothing here acts on it (RFC 7591 §2). */
const informative = ['software_id', 'software_version']

/** Names that are often written in another way. */
const written = [
  'client_secret',
  'client_name',
  'client_uri',
  'redirect_uris',
  'post_logout_redirect_uris',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
  'grant_types',
  'response_types',
  'application_type',
  'subject_type',
  'token_endpoint_auth_method',
  'id_token_signed_response_alg',
  'jwks_uri',
  'scope',
  ...ownMetadata,
]

/** `backchannelLogoutUrl`, `backchannel-logout-uri` and `backchannel_logout_uris` are one. */
const essence = (name: string) =>
  name
    .replace(/[^a-z]/gi, '')
    .toLowerCase()
    .replace('url', 'uri')
    .replace(/s$/, '')

function suggestion(name: string): string {
  const meant = written.find((known) => essence(known) === essence(name))
  return meant === undefined ? '' : `; is ${meant} meant?`
}
