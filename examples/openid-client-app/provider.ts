import * as oidc from 'openid-client'
import type { Leaving, SignedIn } from './sessions.ts'

export interface ProviderOptions {
  issuer: string
  /** Where this app is reached. */
  origin: string
  clientId: string
  clientSecret: string
  /** The APIs that the app calls for the person, and what it may do there. */
  resources: string[]
  scope: string
}

/** What a page insists on, as parameters of the authorization request. */
export interface Insisting {
  acr_values?: string
  claims?: string
  max_age?: string
  /** Asks again, whoever is signed in. */
  prompt?: 'login'
  /** The language of the pages. */
  ui_locales?: string
}

/** Everything the app says to the provider. */
export interface ProviderOfApp {
  leave(returnTo: string, insisting?: Insisting): Promise<{ url: URL; state: string; leaving: Leaving }>
  arrive(url: URL, state: string, leaving: Leaving): Promise<SignedIn>
  /** Calls an API. Throws what `stepUpOf` reads when the API wants a stronger or more recent sign-in. */
  call(signedIn: SignedIn, resource: string, url: string, method: string): Promise<unknown>
  signOut(signedIn: SignedIn | undefined): Promise<URL>
}

export function createProviderOfApp(options: ProviderOptions): ProviderOfApp {
  const connect = connectOnce(options)
  const redirect_uri = `${options.origin}/callback`

  /** An access token for one of the APIs. */
  const accessToken = async (signedIn: SignedIn, resource: string): Promise<string> => {
    const tokens = await oidc.refreshTokenGrant(await connect(), signedIn.refreshToken, { resource })
    signedIn.refreshToken = tokens.refresh_token ?? signedIn.refreshToken
    return tokens.access_token
  }

  return {
    leave: async (returnTo, insisting = {}) => {
      const leaving: Leaving = {
        verifier: oidc.randomPKCECodeVerifier(),
        nonce: oidc.randomNonce(),
        returnTo,
        ...(insisting.max_age === undefined ? {} : { maxAge: Number(insisting.max_age) }),
      }
      const state = oidc.randomState()
      const parameters = new URLSearchParams({
        redirect_uri,
        scope: options.scope,
        state,
        nonce: leaving.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(leaving.verifier),
        code_challenge_method: 'S256',
        ...insisting,
      })
      for (const resource of options.resources) parameters.append('resource', resource)
      return { url: oidc.buildAuthorizationUrl(await connect(), parameters), state, leaving }
    },
    arrive: async (url, state, { verifier, nonce, maxAge, returnTo }) => {
      const checks = {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
        ...(maxAge === undefined ? {} : { maxAge }),
      }
      const resource = options.resources[0]!
      const tokens = await oidc.authorizationCodeGrant(await connect(), url, checks, { resource })
      return {
        claims: tokens.claims()!,
        idToken: tokens.id_token!,
        refreshToken: tokens.refresh_token!,
        madeFor: returnTo,
      }
    },
    call: async (signedIn, resource, url, method) => {
      const token = await accessToken(signedIn, resource)
      const answer = await oidc.fetchProtectedResource(await connect(), token, new URL(url), method)
      if (!answer.ok) throw new Error(`the API answered ${answer.status}`)
      return answer.json()
    },
    signOut: async (signedIn) =>
      oidc.buildEndSessionUrl(await connect(), {
        post_logout_redirect_uri: `${options.origin}/`,
        ...(signedIn === undefined ? {} : { id_token_hint: signedIn.idToken }),
      }),
  }
}

/** What an API asks for by RFC 9470 §3, ready for the next authorization request; undefined for any other error. */
export function stepUpOf(error: unknown): Insisting | undefined {
  if (!(error instanceof oidc.WWWAuthenticateChallengeError)) return undefined
  const asked = error.cause.find((one) => one.parameters.error === 'insufficient_user_authentication')
  if (asked === undefined) return undefined
  const { acr_values, max_age } = asked.parameters
  return { ...(acr_values ? { acr_values } : {}), ...(max_age ? { max_age } : {}) }
}

/** Discovery, once it succeeds; so the app may start before the provider. */
function connectOnce({ issuer, clientId, clientSecret }: ProviderOptions): () => Promise<oidc.Configuration> {
  let connected: Promise<oidc.Configuration> | undefined
  const execute = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []
  return () => {
    connected ??= oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute })
    connected.catch(() => {
      connected = undefined
    })
    return connected
  }
}
