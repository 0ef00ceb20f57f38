import type { Configuration, FindAccount, JWKS } from 'oidc-provider'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import { acrRecovered } from '../rules/assurance.ts'
import { mountOf } from '../rules/mount.ts'
import type { Settings } from '../rules/settings.ts'
import type { AcrNames } from './acr-names.ts'
import { actionParameters } from './actions.ts'
import { apiScopeNames, withApi } from './api-resource.ts'
import type { MayUse } from './app-audience.ts'
import { assuranceClaims } from './assurance-claims.ts'
import { cookieSignatures } from './cookie-signatures.ts'
import { externalSigningSupport } from './key-slots.ts'
import { cappedLifetimes } from './lifetimes.ts'
import { consoleClient, consoleClientId } from './own-client.ts'
import { loadOwnGrant, type SessionUse, withChecks } from './policy.ts'
import { checkAddresses } from './registered-addresses.ts'
import { keepOperatorsWord, operatorsAlone } from './registration.ts'

/** What Rekey brings to a configuration. */
export interface Needs {
  config: Pick<Settings, 'base' | 'brand' | 'fetchHosts'>
  clock: () => number
  ring: KeyRing
  acrNames: AcrNames
  /** Over Rekey's own store, or around the host's. */
  adapter: NonNullable<Configuration['adapter']>
  findAccount: FindAccount
  use: SessionUse
  mayUse: MayUse
  /** Where the host has none of its own: they roll while it runs. */
  jwks: JWKS
  fetch: NonNullable<Configuration['fetch']>
}

type Own = Configuration

/**
 * A configuration of the host's with what recoverable second factors need. Everything that is set stays as it is, and is
 * added to; what can't be had both ways is a ConfigError's to say (clashes.ts).
 */
export function configured(own: Own, needs: Needs): Configuration {
  const jwks = own.jwks ?? needs.jwks
  return {
    ...own,
    jwks,
    adapter: needs.adapter,
    findAccount: needs.findAccount,
    acrValues: [...new Set([...(own.acrValues ?? []), ...needs.acrNames.all])],
    claims: withAssurance(own.claims),
    clients: [...(own.clients ?? []), consoleClient({ ...needs, own: { ...own, jwks } })] as Own['clients'],
    cookies: { keys: cookieSignatures(needs.ring.cookieKeys), ...own.cookies },
    extraClientMetadata: withMetadata(own.extraClientMetadata, needs.config.fetchHosts),
    extraParams: withActions(own.extraParams),
    extraTokenClaims: withAssuranceClaims(own.extraTokenClaims),
    features: {
      ...own.features,
      devInteractions: { enabled: false },
      externalSigningSupport:
        own.jwks === undefined ? externalSigningSupport : own.features?.externalSigningSupport,
      backchannelLogout: { enabled: true, ...own.features?.backchannelLogout },
      clientCredentials: { enabled: true, ...own.features?.clientCredentials },
      resourceIndicators: withResource(own, needs),
      fapi: withoutConsole(own.features?.fapi),
    },
    fetch: own.fetch ?? needs.fetch,
    interactions: withPages(own.interactions, needs),
    loadExistingGrant: (ctx) =>
      ctx.oidc.client?.clientId === consoleClientId
        ? loadOwnGrant(ctx)
        : (own.loadExistingGrant ?? granted)(ctx),
    pairwiseIdentifier: withPublicConsole(own),
    scopes: [...new Set([...(own.scopes ?? ['openid', 'offline_access']), ...apiScopeNames])],
    ttl: { ...own.ttl, ...cappedLifetimes(own.ttl, needs.acrNames.theirs(acrRecovered), needs.clock) },
  }
}

/** `acr`, `amr` and `auth_time` are always told: an app can't act on what it has to know to ask for. */
function withAssurance(own: Own['claims'] = {}): Own['claims'] {
  const openid = (own as { openid?: string[] | object }).openid ?? ['sub']
  const asked = Array.isArray(openid) ? openid : Object.keys(openid)
  const told = Object.fromEntries([...asked, 'acr', 'amr', 'auth_time'].map((claim) => [claim, null]))
  return {
    // When and by which route the person was last recovered, until a new factor is enrolled; for apps that ask.
    recovery: ['recovery'],
    ...own,
    openid: Array.isArray(openid) ? told : { ...told, ...openid },
  } as Own['claims']
}

function withAssuranceClaims(own: Own['extraTokenClaims']): NonNullable<Own['extraTokenClaims']> {
  if (own === undefined) return assuranceClaims
  return async (ctx, token) => {
    const [ours, theirs] = [assuranceClaims(ctx), await own(ctx, token)]
    return ours === undefined ? theirs : { ...ours, ...theirs }
  }
}

function withActions(own: Own['extraParams'] = {}): NonNullable<Own['extraParams']> {
  const given = isList(own) ? Object.fromEntries([...own].map((name) => [name, null])) : own
  return { ...actionParameters, ...given } as NonNullable<Own['extraParams']>
}

const isList = (params: object): params is Iterable<string> => Symbol.iterator in params

/** Client metadata of ours, which the host may know already. */
const metadata = ['actions', 'require_consent', 'logout_within_days', ...operatorsAlone]

function withMetadata(
  own: Own['extraClientMetadata'] = {},
  allowed: string[],
): NonNullable<Own['extraClientMetadata']> {
  return {
    ...own,
    properties: [...new Set([...(own.properties ?? []), ...metadata])],
    validator: (ctx, key, value, said) => {
      // Only the operator's configuration ties a client to the API: one that registers or changes itself never does.
      if (ctx !== undefined) keepOperatorsWord(ctx, said)
      if (ctx !== undefined && key === metadata[0]) checkAddresses(said, allowed)
      // What a host asks of its apps, it doesn't ask of Rekey's own pages; and it knows nothing of Rekey's metadata.
      if (said.client_id === consoleClientId || own.properties?.includes(key) !== true) return undefined
      return own.validator?.(ctx, key, value, said)
    },
  }
}

type Fapi = NonNullable<Own['features']>['fapi']

/** A profile is for apps: Rekey's own pages are a client within the provider, and speak no JARM. */
function withoutConsole(own: Fapi): Fapi {
  if (own?.enabled !== true) return own
  const { profile } = own
  return {
    ...own,
    profile: (ctx, client) => {
      if (client?.clientId === consoleClientId) return undefined
      return typeof profile === 'function' ? profile(ctx, client) : profile
    },
  }
}

/** A host that has switched resources off has no API either: its apps' `resource` goes on meaning nothing. */
function withResource(
  { features }: Own,
  { config }: Needs,
): NonNullable<Own['features']>['resourceIndicators'] {
  return features?.resourceIndicators?.enabled === false
    ? features.resourceIndicators
    : withApi(features?.resourceIndicators, config)
}

/** Prompts whose pages are Rekey's. */
export const ourPrompts = ['login', 'consent', 'action']

function withPages(
  own: Own['interactions'],
  { acrNames, config, use, mayUse }: Needs,
): NonNullable<Own['interactions']> {
  const ours = (uid: string) => `${mountOf(config)}/interaction/${uid}`
  return {
    policy: withChecks(acrNames, own?.policy, use, mayUse),
    url: (ctx, interaction) =>
      ourPrompts.includes(interaction.prompt.name) || own?.url === undefined
        ? ours(interaction.uid)
        : own.url(ctx, interaction),
  }
}

/** The library's own way to find what was agreed to. */
const granted: NonNullable<Own['loadExistingGrant']> = async ({ oidc }) => {
  const id = oidc.result?.consent?.grantId ?? oidc.session?.grantIdFor(oidc.client!.clientId)
  return id === undefined ? undefined : oidc.provider.Grant.find(id)
}

/** Our own pages know people by the host's ids, also where every app has others. */
function withPublicConsole({ pairwiseIdentifier: own }: Own): Own['pairwiseIdentifier'] {
  if (own === undefined) return undefined
  return (ctx, account, client) => (client.clientId === consoleClientId ? account : own(ctx, account, client))
}
