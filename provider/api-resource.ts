import { type Client, type Configuration, errors } from 'oidc-provider'
import { apiResource, apiScopes, isApiScope } from '../rules/api-scopes.ts'

type Indicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/** Seconds. Opaque, so that one that is revoked is good for nothing at once. */
const lifetime = 600

/** Only what the operator has tied to an organization, or to the operator, gets tokens for the API: no other app of theirs. */
export const isApiClient = (client: Client): boolean =>
  typeof client.organization === 'string' || client.operator === true

/** What an API client may ask for at most, as the operator says now. */
export const apiScopesOf = ({ scope }: Pick<Client, 'scope'>): string[] =>
  (scope ?? '').split(' ').filter(isApiScope)

export const apiScopeNames = Object.keys(apiScopes)

/**
 * The API as a resource of its own beside the host's (RFC 8707). A client that asks for its own token and can name no
 * resource, as those of SCIM, means the API where all it asks for is the API's.
 */
export function withApi(own: Indicators = {}, config: { base: string }): Indicators {
  const api = apiResource(config)
  return {
    ...own,
    enabled: true,
    getResourceServerInfo: async (ctx, indicator, client) => {
      if (indicator === api) return apiServer(api, client)
      if (own.getResourceServerInfo === undefined) throw new errors.InvalidTarget('no such resource')
      return own.getResourceServerInfo(ctx, indicator, client)
    },
    defaultResource: async (ctx, client, oneOf) => {
      const theirs = (await own.defaultResource?.(ctx, client, oneOf)) ?? oneOf
      const asked = theirs === undefined && ctx.oidc.params?.grant_type === 'client_credentials'
      return asked && means(client, ctx.oidc.params?.scope) ? api : (theirs as string)
    },
  }
}

function means(client: Client, asked: unknown): boolean {
  if (!isApiClient(client)) return false
  const scopes = typeof asked === 'string' ? asked.split(' ') : (client.scope ?? '').split(' ')
  return scopes.every(isApiScope)
}

function apiServer(audience: string, client: Client) {
  const scope = apiScopesOf(client).join(' ')
  if (!isApiClient(client) || scope === '') throw new errors.InvalidTarget('no client of the API')
  return { audience, scope, accessTokenFormat: 'opaque' as const, accessTokenTTL: lifetime }
}
