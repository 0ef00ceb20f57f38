import * as oidc from 'openid-client'
import { clientAuth, discovering, insecure, requestTime } from '../../openid-client.ts'
import {
  type ComparedClaim,
  type ExpectedPerson,
  type Kept,
  type Proofing,
  type ProofingResult,
  ProofingUnavailable,
} from '../proofing.ts'
import { presets } from './presets.ts'
import { reasonOf } from './reasons.ts'
import type { OidcProofingSettings } from './settings.ts'
import { readStatement } from './verified-claims.ts'
import { readWebhook } from './webhook.ts'

/**
 * A provider on the de-facto contract: pushed request (RFC 9126), PKCE, `verified_claims` in the ID token. The ID
 * token's signature is always checked, though it comes over TLS: what it says resets somebody's factors.
 */
export function createOidcProofing(settings: OidcProofingSettings, redirectUri: string): Proofing {
  const preset = presets[settings.preset]
  const issuer = settings.issuer ?? preset.issuer
  if (issuer === undefined) throw new TypeError(`the preset ${settings.preset} needs an issuer`)
  const server = serverOf(settings, issuer)
  const demands = {
    trustFrameworks: settings.trustFrameworks,
    assuranceLevels: settings.assuranceLevels,
    maxEvidenceAge: settings.maxEvidenceAgeMinutes * 60_000,
  }

  const begin: Proofing['begin'] = async (person) => {
    const sent = settings.matching === 'send' ? sentClaims(person) : []
    const kept: Kept = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      sent,
    }
    const parameters = {
      redirect_uri: redirectUri,
      scope: settings.scopes ?? preset.scopes,
      state: kept.state,
      nonce: kept.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(kept.verifier),
      code_challenge_method: 'S256',
      login_hint: person.email,
      ui_locales: person.locale,
      claims: JSON.stringify(claimsRequest(settings, person, sent)),
    }
    try {
      const config = await connect(settings, await server(), fetch)
      return { url: (await announce(config, parameters, sent)).href, kept }
    } catch (error) {
      throw new ProofingUnavailable(error)
    }
  }

  const finish: Proofing['finish'] = async (callback, kept, now): Promise<ProofingResult> => {
    let idToken: string | undefined
    try {
      const config = await connect(
        settings,
        await server(),
        tokenFetch((token) => (idToken = token)),
      )
      oidc.enableNonRepudiationChecks(config)
      const tokens = await oidc.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: kept.verifier,
        expectedState: kept.state,
        expectedNonce: kept.nonce,
        idTokenExpected: true,
      })
      const { iss, sub, verified_claims, txn, jti } = tokens.claims()!
      return readStatement({ iss, sub, verified_claims, reference: txn ?? jti }, kept.sent, demands, now)
    } catch (error) {
      return { ok: false, reason: reasonOf(error, idToken) }
    }
  }

  return {
    issuer,
    time: settings.minutes * 60_000,
    begin,
    finish,
    readWebhook: (headers, body, now) => readWebhook(settings.webhook, issuer, demands, headers, body, now),
  }
}

/** Known endpoints, or the provider's discovery document, fetched at the first use and again after a failure. */
function serverOf(settings: OidcProofingSettings, issuer: string): () => Promise<oidc.ServerMetadata> {
  const endpoints = settings.endpoints ?? (settings.issuer ? undefined : presets[settings.preset].endpoints)
  if (endpoints !== undefined) {
    const known = {
      issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      jwks_uri: endpoints.jwks,
      pushed_authorization_request_endpoint: endpoints.par,
    }
    return async () => known
  }
  return discovering(issuer, settings.clientId)
}

async function connect(
  settings: OidcProofingSettings,
  server: oidc.ServerMetadata,
  fetchAs: oidc.CustomFetch | typeof fetch,
): Promise<oidc.Configuration> {
  const { signingAlg } = settings
  const metadata = signingAlg === undefined ? {} : { id_token_signed_response_alg: signingAlg }
  const auth = await clientAuth(settings.clientAuth ?? presets[settings.preset].clientAuth, settings)
  const config = new oidc.Configuration(server, settings.clientId, metadata, auth)
  config.timeout = requestTime
  config[oidc.customFetch] = fetchAs as oidc.CustomFetch
  for (const execute of insecure(server.issuer)) execute(config)
  return config
}

/** Personal data go to the provider itself, not through the browser's address bar. */
async function announce(
  config: oidc.Configuration,
  parameters: { [name: string]: string },
  sent: ComparedClaim[],
): Promise<URL> {
  if (config.serverMetadata().pushed_authorization_request_endpoint !== undefined)
    return oidc.buildAuthorizationUrlWithPAR(config, parameters)
  if (sent.length > 0) throw new TypeError('claims to compare need a pushed authorization request')
  return oidc.buildAuthorizationUrl(config, parameters)
}

const sentClaims = ({ birthDate }: ExpectedPerson): ComparedClaim[] =>
  birthDate === undefined ? ['given_name', 'family_name'] : ['given_name', 'family_name', 'birthdate']

/** OpenID Connect for Identity Assurance §6, in the form of the contract. */
function claimsRequest(
  settings: OidcProofingSettings,
  person: ExpectedPerson,
  sent: ComparedClaim[],
): object {
  const values: { [claim in ComparedClaim]?: string } = {
    given_name: person.givenName,
    family_name: person.familyName,
    birthdate: person.birthDate,
  }
  const names: ComparedClaim[] = ['given_name', 'family_name', 'birthdate']
  const claims = names.flatMap((name): [string, object | null][] => {
    if (settings.matching === 'compare') return [[name, null]]
    return sent.includes(name) ? [[name, { value: values[name], fuzzy: true }]] : []
  })
  const one = (list: string[]) => (list.length === 1 ? { value: list[0] } : { values: list })
  const verification = {
    trust_framework: { ...one(settings.trustFrameworks), essential: true },
    assurance_level: { ...one(settings.assuranceLevels), essential: true },
  }
  return { id_token: { verified_claims: [{ verification, claims: Object.fromEntries(claims) }] } }
}

/**
 * The contract's token response has an ID token and no access token, which OAuth requires (RFC 6749 §5.1) and
 * openid-client insists on: one that is never used is put in its place.
 */
function tokenFetch(seen: (idToken: string) => void): typeof fetch {
  return async (url, init) => {
    const response = await fetch(url, init)
    if (init?.method !== 'POST' || response.status !== 200) return response
    const text = await response.text()
    const { status, headers } = response
    try {
      const said = JSON.parse(text)
      if (typeof said?.id_token !== 'string') return new Response(text, { status, headers })
      seen(said.id_token)
      const whole = { access_token: 'none', token_type: 'Bearer', ...said }
      return new Response(JSON.stringify(whole), { status, headers })
    } catch {
      return new Response(text, { status, headers })
    }
  }
}
