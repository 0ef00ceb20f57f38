import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Adapter, type AdapterPayload, type Configuration, type JWKS, Provider } from 'oidc-provider'
import { acrPassword } from '../rules/assurance.ts'
import { clients } from './scene.ts'

/**
 * oidc-provider alone, with an unbounded Map for an adapter (the bundled one evicts sessions). It has the clients,
 * features, claims and lifetimes that Rekey gives the apps of the measurement, and none of its parts: the library's own
 * policy, accounts without data, one page that asks for an e-mail address, no second factor, no audit log, nothing kept.
 */
export function bareProvider(issuer: string): RequestListener {
  const provider = new Provider(issuer, bareConfiguration())
  const handle = provider.callback()
  return (request, response) => {
    if (request.url!.startsWith('/interaction/')) void signIn(provider, request, response)
    else handle(request, response)
  }
}

/** What a host has set up without Rekey. */
export function bareConfiguration(): Configuration {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'bench' }
  return {
    adapter: mapAdapters(),
    jwks: { keys: [jwk] } as JWKS,
    clients,
    acrValues: [acrPassword],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      email: ['email', 'email_verified'],
      profile: ['name', 'locale'],
    },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    extraTokenClaims,
    features: {
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      devInteractions: { enabled: false },
      fapi: { enabled: true, profile: () => undefined },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) =>
          client.clientAuthMethod !== 'none' || token.clientId === client.clientId,
      },
      requestObjects: { enabled: true },
      revocation: { enabled: true },
    },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: id, name: id }) }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('openid'),
    loadExistingGrant: firstPartyGrant,
    pkce: { required: () => true },
    responseTypes: ['code'],
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 14 * 86_400,
      IdToken: 3_600,
      Interaction: 86_400,
      RefreshToken: 14 * 86_400,
      Session: 86_400,
    },
  }
}

/** How the person signed in, in what introspection says. */
const extraTokenClaims: Configuration['extraTokenClaims'] = (ctx) => {
  const { RefreshToken, AuthorizationCode } = ctx.oidc.entities
  const { acr, amr, authTime } = (RefreshToken ?? AuthorizationCode ?? {}) as {
    acr?: string
    amr?: string[]
    authTime?: number
  }
  return acr === undefined ? undefined : { acr, amr, auth_time: authTime }
}

/** The library's own recipe for apps that need no consent. */
const firstPartyGrant: Configuration['loadExistingGrant'] = async (ctx) => {
  const { client, session, account, provider } = ctx.oidc
  const id = ctx.oidc.result?.consent?.grantId ?? session!.grantIdFor(client!.clientId)
  if (id !== undefined) return provider.Grant.find(id)
  if (account === undefined) return undefined
  const grant = new provider.Grant({ clientId: client!.clientId, accountId: account.accountId })
  grant.addOIDCScope('openid email profile')
  await grant.save()
  return grant
}

const form =
  '<!doctype html><title>Sign in</title><form method="post"><input name="email"><input name="password">'

async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await provider.interactionDetails(request, response)
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html').end(form)
    return
  }
  let body = ''
  for await (const chunk of request) body += chunk
  const login = {
    accountId: new URLSearchParams(body).get('email')!,
    acr: acrPassword,
    amr: ['pwd'],
  }
  await provider.interactionFinished(request, response, { login })
}

type Kept = { payload: AdapterPayload; expiresAt: number }

function mapAdapters(): (model: string) => Adapter {
  return () => {
    const kept = new Map<string, Kept>()
    const uids = new Map<string, string>()
    const grants = new Map<string, Set<string>>()
    const live = (id: string | undefined) => {
      const found = id === undefined ? undefined : kept.get(id)
      return found !== undefined && found.expiresAt > Date.now() ? found.payload : undefined
    }
    return {
      upsert: async (id, payload, expiresIn) => {
        kept.set(id, { payload, expiresAt: Date.now() + (expiresIn ?? Number.POSITIVE_INFINITY) * 1000 })
        if (payload.uid !== undefined) uids.set(payload.uid, id)
        if (payload.grantId !== undefined)
          grants.set(payload.grantId, (grants.get(payload.grantId) ?? new Set()).add(id))
      },
      find: async (id) => live(id),
      findByUid: async (uid) => live(uids.get(uid)),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const found = kept.get(id)
        if (found !== undefined) found.payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => {
        kept.delete(id)
      },
      revokeByGrantId: async (grant) => {
        for (const id of grants.get(grant) ?? []) kept.delete(id)
        grants.delete(grant)
      },
    }
  }
}
