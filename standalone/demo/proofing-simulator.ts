import { createHash, randomBytes } from 'node:crypto'
import Router from '@koa/router'
import { exportJWK, generateKeyPair } from 'jose'
import type { Middleware } from 'koa'
import { inject } from 'light-my-request'
import { type Adapter, type AdapterPayload, interactionPolicy, Provider } from 'oidc-provider'
import { bodyParser } from '../../provider/parsed-body.ts'
import { nameParts } from '../../rules/same-person.ts'
import { choices, simulatorPage } from './proofing-simulator-page.ts'

/** What the simulator pretends to have read from a document. */
interface Seen {
  verification: { trust_framework: string; assurance_level: string; time: string }
  claims: { given_name?: string; family_name?: string; birthdate?: string }
}

export interface SimulatorOptions {
  issuer: string
  clientId: string
  clientSecret: string
  redirectUri: string
  /** Who has an address, as the documents of the demo say. */
  nameOf(email: string): Promise<{ name: string; birthDate?: string } | undefined>
}

const minute = 60_000

/**
 * A provider of identity verification for one machine: node-oidc-provider again, with a page on which the person
 * chooses how the check ends. It speaks the contract of docs/identity-verification.md, and looks at no document.
 */
export async function createProofingSimulator(options: SimulatorOptions): Promise<Provider> {
  const { issuer, clientId, clientSecret, redirectUri } = options
  const seen = new Map<string, Seen>()
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const provider = new Provider(issuer, {
    adapter: memoryAdapter(),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
        require_pushed_authorization_requests: true,
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'simulator', alg: 'ES256', use: 'sig' }] },
    // An RSA key takes a tenth of a second to make, and this one is made at each start.
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    claims: { openid: ['sub'], profile: [], identity_assurance: ['verified_claims'] },
    scopes: ['openid', 'profile', 'identity_assurance'],
    conformIdTokenClaims: false,
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      // Cookies know no ports: Rekey's own must not be overwritten.
      names: { session: 'simulator-session', interaction: 'simulator-visit', resume: 'simulator-resume' },
    },
    features: {
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      claimsParameter: { enabled: true },
    },
    findAccount: async (_ctx, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, verified_claims: seen.has(sub) ? [seen.get(sub)] : undefined }),
    }),
    interactions: { policy: alwaysAsk(), url: (_ctx, visit) => `/visit/${visit.uid}` },
    loadExistingGrant: async (ctx) => {
      const { client, account } = ctx.oidc
      const grant = new ctx.oidc.provider.Grant({ clientId: client!.clientId, accountId: account!.accountId })
      grant.addOIDCScope('openid profile identity_assurance')
      grant.addOIDCClaims(['verified_claims'])
      await grant.save()
      return grant
    },
    pkce: { required: () => true },
    responseTypes: ['code'],
    ttl: {
      Interaction: 3600,
      Session: 3600,
      Grant: 3600,
      AuthorizationCode: 60,
      AccessToken: 60,
      IdToken: 300,
    },
  })
  provider.use(forgetful as never)
  provider.use(takeList(provider) as never)
  provider.use(visits(provider, options, seen).routes() as never)
  return provider
}

/** No browser is known again: the next visit may end as someone else. */
const forgetful: Middleware = async (ctx, next) => {
  await next()
  const set = [ctx.response.get('set-cookie') ?? []].flat() as string[]
  const kept = set.filter((cookie) => !cookie.startsWith('simulator-session'))
  if (kept.length < set.length) ctx.set('set-cookie', kept)
}

/**
 * The contract asks for a list of `verified_claims`, as Identity Assurance 1.0 §6 allows; the library wants an object
 * there. What it gets is the request with the only element of the list.
 */
function takeList(provider: Provider): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/request' || ctx.get(rewritten) !== '') return next()
    const chunks: Buffer[] = []
    for await (const chunk of ctx.req as AsyncIterable<Buffer>) chunks.push(chunk)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const asked = JSON.parse(form.get('claims') ?? '{}')
    const list = asked.id_token?.verified_claims
    if (Array.isArray(list)) asked.id_token.verified_claims = list[0]
    form.set('claims', JSON.stringify(asked))
    const { 'content-length': _, ...headers } = ctx.headers
    const answer = await inject(provider.callback() as never, {
      method: 'POST',
      url: '/request',
      headers: { ...(headers as { [name: string]: string }), [rewritten]: 'yes' },
      payload: form.toString(),
    })
    ctx.status = answer.statusCode
    ctx.type = 'json'
    ctx.body = answer.payload
  }
}

const rewritten = 'x-simulator-rewritten'

/** Nobody is known from before: each visit ends as it is chosen. */
function alwaysAsk(): interactionPolicy.DefaultPolicy {
  const { base, Check } = interactionPolicy
  const policy = base()
  policy
    .get('login')!
    .checks.add(new Check('always', 'every visit is checked', (ctx) => ctx.oidc.result?.login === undefined))
  return policy
}

function visits(provider: Provider, options: SimulatorOptions, seen: Map<string, Seen>): Router {
  const router = new Router()
  router.get('/visit/:uid', async (ctx) => {
    const { params, uid } = await provider.interactionDetails(ctx.req, ctx.res)
    ctx.type = 'html'
    ctx.set('Cache-Control', 'no-store')
    ctx.body = simulatorPage(uid, String(params.login_hint ?? ''), String(params.ui_locales ?? 'en'))
  })
  router.post('/visit/:uid', bodyParser({ enableTypes: ['form'] }), async (ctx) => {
    const { params } = await provider.interactionDetails(ctx.req, ctx.res)
    const { choice } = ctx.request.body as { choice?: string }
    const email = String(params.login_hint ?? '')
    const chosen = choices.find((one) => one === choice)
    if (chosen === undefined) return ctx.throw(400, 'unknown choice')
    if (chosen === 'leave') {
      const error = { error: 'access_denied', error_description: 'the person turned back' }
      return provider.interactionFinished(ctx.req, ctx.res, error)
    }
    const right = chosen !== 'other'
    const person = right ? await options.nameOf(email) : { name: 'Robin Stranger', birthDate: '1971-01-01' }
    const sub = `sim-${createHash('sha256')
      .update(right ? email : 'stranger')
      .digest('base64url')
      .slice(0, 22)}`
    seen.set(sub, seenAs(person ?? { name: 'Nobody Known' }, chosen))
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: sub, remember: false } })
  })
  return router
}

function seenAs({ name, birthDate }: { name: string; birthDate?: string }, choice: string): Seen {
  const { given, family } = nameParts({ name })
  const time = new Date(Date.now() - (choice === 'old' ? 24 * 60 * minute : 0)).toISOString()
  const assurance_level = choice === 'fail' ? 'FAILED' : 'VERIFIED'
  return {
    verification: { trust_framework: 'IDV-DELEGATED', assurance_level, time },
    claims: { given_name: given, family_name: family, birthdate: birthDate || undefined },
  }
}

/** The simulator forgets everything when it stops. */
function memoryAdapter(): (model: string) => Adapter {
  const kept = new Map<string, { payload: AdapterPayload; until: number }>()
  return (model) => {
    const key = (id: string) => `${model}:${id}`
    const find = async (id: string) => {
      const found = kept.get(key(id))
      return found !== undefined && found.until > Date.now() ? found.payload : undefined
    }
    return {
      upsert: async (id, payload, expiresIn) => {
        kept.set(key(id), { payload, until: Date.now() + (expiresIn ?? 3600) * 1000 })
      },
      find,
      findByUid: async (uid) =>
        [...kept.values()].find(({ payload }) => payload.uid === uid && payload.kind === model)?.payload,
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const found = await find(id)
        if (found !== undefined) found.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => {
        kept.delete(key(id))
      },
      revokeByGrantId: async (grant) => {
        for (const [id, { payload }] of kept) if (payload.grantId === grant) kept.delete(id)
      },
    }
  }
}
