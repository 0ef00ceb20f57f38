import type { Configuration } from 'oidc-provider'
import { consoleClientId } from './own-client.ts'
import { typeFaults } from './setting-types.ts'

/** Where Rekey's pages are: the first part of their paths below the issuer. */
export const ownPathParts = [
  'interaction',
  'upstream',
  'recovery',
  'security',
  'administration',
  'support',
  'authenticator',
  'console',
  'assets',
  'delivery',
  'ssf',
  'api',
  'scim',
]

const standardPrompts = ['login', 'consent']

/** What a host's configuration asks for and can't have beside Rekey: a line for each, naming the setting. */
export function clashesOf(own: Configuration): string[] {
  const wrong = typeFaults(own)
  if (wrong.length > 0) return wrong
  return [
    ...interactionClashes(own),
    ...parameterClashes(own),
    ...laterClashes(own),
    ...((own.clients ?? []).some(({ client_id }) => client_id === consoleClientId)
      ? [`clients: ${consoleClientId} is the client of Rekey's own pages`]
      : []),
    ...(own.features?.devInteractions?.enabled === true
      ? ["features.devInteractions: the library's own pages would stand in for Rekey's; leave it out"]
      : []),
  ]
}

/** Of these Rekey brings nothing, so that they are the host's to say after `configure` as well. */
export const laterClashes = (own: Configuration): string[] => [
  ...routeClashes(own),
  ...requestClashes(own),
  ...defaultClashes(own),
  ...(own.responseTypes !== undefined && !own.responseTypes.includes('code')
    ? ['responseTypes: Rekey\'s own pages sign in by "code"; add it']
    : []),
  ...(own.clientAuthMethods !== undefined &&
  ![...own.clientAuthMethods].some((method) => /^client_secret_(basic|post)$/.test(method))
    ? ['clientAuthMethods: Rekey\'s own pages need "client_secret_basic" or "client_secret_post"; add one']
    : []),
]

function interactionClashes({ interactions }: Configuration): string[] {
  const policy = interactions?.policy
  const names = policy?.map((prompt) => prompt.name) ?? standardPrompts
  const further = names.filter((name) => !standardPrompts.includes(name))
  const faults: string[] = []
  if (!names.includes('login')) faults.push('interactions.policy: needs the prompt "login"')
  if (names.includes('action')) faults.push('interactions.policy: the prompt "action" is Rekey\'s')
  if (interactions?.url !== undefined && further.length === 0)
    faults.push(
      "interactions.url: the pages of login and consent are Rekey's; leave it out (a login page of your own is firstFactor.url)",
    )
  if (interactions?.url === undefined && further.length > 0)
    faults.push(`interactions.url: needed, as the pages of ${further.join(', ')} are yours`)
  return faults
}

function routeClashes({ routes }: Configuration): string[] {
  return Object.entries(routes ?? {})
    .filter(([, path]) => ownPathParts.includes(String(path).split('/')[1] ?? ''))
    .map(([name]) => `routes.${name}: Rekey has pages there`)
}

function parameterClashes({ extraParams }: Configuration): string[] {
  const names =
    extraParams === undefined
      ? []
      : Symbol.iterator in extraParams
        ? [...(extraParams as Iterable<string>)]
        : Object.keys(extraParams)
  return ['action', 'kc_action']
    .filter((name) => names.includes(name))
    .map((name) => `extraParams.${name}: Rekey's actions have that name`)
}

/** What every client would have to do, and Rekey's own pages don't. One client alone may be asked for it. */
function requestClashes({ features }: Configuration): string[] {
  const { enabled, requireSignedRequestObject } = features?.requestObjects ?? {}
  return enabled === true && requireSignedRequestObject === true
    ? [
        "features.requestObjects.requireSignedRequestObject: Rekey's own pages sign none; say require_signed_request_object at your clients",
      ]
    : []
}

/** Defaults that take keys of each client's own. */
const takesKeys = /_encrypted_response_alg$|^jwks(_uri)?$|^sector_identifier_uri$/

function defaultClashes({ clientDefaults }: Configuration): string[] {
  return Object.entries(clientDefaults ?? {})
    .filter(([name, value]) => takesKeys.test(name) && value !== undefined)
    .map(
      ([name]) => `clientDefaults.${name}: Rekey's own pages are a client without it; say it at your clients`,
    )
}
