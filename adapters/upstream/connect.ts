import * as oidc from 'openid-client'
import { defined } from '../../rules/defined.ts'
import { clientAuth, discovering, insecure, requestTime } from '../openid-client.ts'
import type { UpstreamSettings } from './schema.ts'
import {
  type KeptRequest,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamFailure,
  type UpstreamResult,
  UpstreamUnavailable,
} from './upstream.ts'

/** How far clocks may be apart. Seconds. */
const skew = 10

/**
 * Authorization code with PKCE, state and nonce. Each provider has a redirect URI of its own, and where it says who
 * answers (RFC 9207) that is compared: a provider can't pass another's code off as its own (mix-up). The ID token's
 * signature is always checked, though it comes over TLS.
 */
export function createUpstream(settings: UpstreamSettings, base: string): Upstream {
  const { id, issuer } = settings
  const redirectUri = `${base}/upstream/${id}`
  const server = discovering(issuer, settings.clientId)

  const begin: Upstream['begin'] = async ({ state, loginHint, locale, maxAge, now }) => {
    const kept: KeptRequest = {
      state,
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      maxAge,
      at: now,
    }
    const classes = settings.secondFactor.acr.join(' ')
    try {
      const config = await connect(settings, await server())
      const parameters = defined({
        redirect_uri: redirectUri,
        scope: settings.scope,
        state,
        nonce: kept.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        ui_locales: locale,
        login_hint: loginHint,
        acr_values: classes === '' ? undefined : classes,
        max_age: maxAge === undefined ? undefined : String(maxAge),
        prompt: maxAge === 0 ? 'login' : undefined,
      })
      return { url: oidc.buildAuthorizationUrl(config, parameters).href, kept }
    } catch (error) {
      throw new UpstreamUnavailable(error)
    }
  }

  const finish: Upstream['finish'] = async (answer, kept, now) => {
    try {
      const config = await connect(settings, await server())
      oidc.enableNonRepudiationChecks(config)
      const tokens = await oidc.authorizationCodeGrant(config, new URL(`${redirectUri}?${answer}`), {
        pkceCodeVerifier: kept.verifier,
        expectedState: kept.state,
        expectedNonce: kept.nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()!
      return judged(claims, kept, now, await emailOf(config, tokens.access_token, claims))
    } catch (error) {
      return { ok: false, reason: reasonOf(error) }
    }
  }

  return { id, issuer, begin, finish }
}

async function connect(settings: UpstreamSettings, server: oidc.ServerMetadata): Promise<oidc.Configuration> {
  const { clientId, signingAlg } = settings
  const metadata = signingAlg === undefined ? {} : { id_token_signed_response_alg: signingAlg }
  const auth = await clientAuth(settings.clientAuth, settings)
  const config = new oidc.Configuration(server, clientId, metadata, auth)
  config.timeout = requestTime
  for (const execute of insecure(server.issuer)) execute(config)
  return config
}

/** Most providers have it in the ID token; the library of ours, and others, only at the userinfo endpoint. */
async function emailOf(
  config: oidc.Configuration,
  token: string,
  claims: oidc.IDToken,
): Promise<string | undefined> {
  const said =
    claims.email === undefined && config.serverMetadata().userinfo_endpoint !== undefined
      ? await oidc.fetchUserInfo(config, token, claims.sub)
      : claims
  // Not `"true"`, not left out: what isn't proven there is anybody's.
  const proven = said.email_verified === true && typeof said.email === 'string'
  return proven ? String(said.email).toLowerCase() : undefined
}

function judged(
  claims: oidc.IDToken,
  kept: KeptRequest,
  now: number,
  email: string | undefined,
): UpstreamResult {
  const { sub, acr, amr, auth_time: provenAt } = claims
  if (kept.maxAge !== undefined && !isFresh(claims, kept.at / 1000 - kept.maxAge))
    return { ok: false, reason: 'stale' }
  const answer: UpstreamAnswer = {
    subject: sub,
    email,
    acr: typeof acr === 'string' ? acr : undefined,
    amr: Array.isArray(amr) ? amr.map(String) : [],
    at: typeof provenAt === 'number' ? Math.min(now, provenAt * 1000 + 999) : now,
  }
  return { ok: true, answer }
}

/**
 * Whether the sign-in there is of `since` (seconds) or later. One that is still to come by the clock of the provider itself
 * is from before that clock was put right: nobody knows how old it is.
 */
const isFresh = ({ auth_time: at, iat }: oidc.IDToken, since: number): boolean =>
  Number(at) >= since - skew && Number(at) <= iat + skew

/** What the provider says of itself is an answer; everything else that goes wrong before the tokens is no answer to us. */
function reasonOf(error: unknown): UpstreamFailure {
  if (error instanceof oidc.AuthorizationResponseError)
    return ['server_error', 'temporarily_unavailable'].includes(error.error) ? 'unavailable' : 'refused'
  if (error instanceof oidc.ResponseBodyError)
    return error.error === 'invalid_grant' ? 'wrong' : 'unavailable'
  if (error instanceof oidc.ClientError && error.code !== 'OAUTH_TIMEOUT') return 'wrong'
  return 'unavailable'
}
