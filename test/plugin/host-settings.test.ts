import { expect } from 'chai'
import express from 'express'
import { decodeJwt } from 'jose'
import {
  type Account,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  type Provider,
} from 'oidc-provider'
import { Browser } from '../support/browser.ts'
import { authenticator, type Host, startHost } from '../support/host.ts'
import { secretOn } from '../support/journeys.ts'

const { base, Check, Prompt } = interactionPolicy
const ben = { email: 'ben@host.example', password: 'ben-and-a-long-password' }

const below = (provider: Provider, path: string) => express().use(path, provider.callback())
const hostWith = (configuration: Configuration) => startHost({ path: '/oidc', mount: below, configuration })

/** The first sign-in, to the end of setting up an authenticator app. */
async function enrol(browser: Browser, who = ben): Promise<void> {
  await browser.press('Sign in', who)
  const code = authenticator(secretOn(browser), { offset: 0, restore: () => {} })
  await browser.press('Turn on', { code: code() })
  await browser.press('Continue', { saved: 'yes' })
}

/** What a host may ask of every client, or leave out for all. */
const settings: { [said: string]: Configuration } = {
  'a FAPI profile, requests that are pushed, and metadata that each client needs': {
    features: {
      fapi: { enabled: true, profile: '1.0 Final' },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    },
    extraClientMetadata: {
      properties: ['tenant'],
      validator: (_ctx, key, value) => {
        expect(key, 'what the host declared').to.equal('tenant')
        if (key === 'tenant' && value === undefined)
          throw new errors.InvalidClientMetadata('tenant is missing')
      },
    },
  },
  'defaults of clients, and a FAPI profile of a function': {
    features: {
      fapi: { enabled: true, profile: () => '1.0 Final' },
      dPoP: { enabled: true },
      requestObjects: { enabled: true },
      jwtResponseModes: { enabled: true },
    },
    clientDefaults: {
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      response_modes: ['jwt'],
      scope: 'openid email',
      require_pushed_authorization_requests: true,
      require_signed_request_object: true,
      dpop_bound_access_tokens: true,
      default_max_age: 1,
    } as Configuration['clientDefaults'],
  },
  'nothing of what can be left out': {
    scopes: ['offline_access'],
    features: Object.fromEntries(
      [
        'backchannelLogout',
        'claimsParameter',
        'clientCredentials',
        'dPoP',
        'introspection',
        'pushedAuthorizationRequests',
        'resourceIndicators',
        'revocation',
        'rpInitiatedLogout',
        'userinfo',
      ].map((feature) => [feature, { enabled: false }]),
    ),
  },
}

describe("Rekey's own pages sign people in at a host that has", () => {
  for (const [said, configuration] of Object.entries(settings))
    it(said, async () => {
      const host = await hostWith(configuration)
      try {
        const browser = new Browser()
        await browser.open(`${host.base}/security`)
        await enrol(browser)
        expect(browser.heading).to.equal('Security')
      } finally {
        await host.stop()
      }
    })
})

/** An account as many hosts have it: what it says of itself it keeps to itself. */
class HostAccount implements Account {
  [claim: string]: unknown
  readonly #team = 'blue'
  readonly accountId: string
  constructor(id: string) {
    this.accountId = id
  }
  async claims() {
    return { sub: this.accountId, name: 'Ben of the host', team: this.#team }
  }
}

describe('What a host has set', () => {
  let host: Host
  const seen: { [said: string]: unknown } = {}

  /** A prompt of the host's, asked once, and a check of its own in `login`. */
  function policy() {
    const own = base()
    const asked = new Check('terms_not_accepted', 'terms', 'interaction_required', ({ oidc }) => {
      return oidc.session?.accountId !== undefined && oidc.result?.terms === undefined
    })
    own.add(new Prompt({ name: 'terms', requestable: false }, asked), 1)
    own.get('login')!.checks.add(
      new Check('maintenance', 'closed', 'temporarily_unavailable', ({ oidc }) => {
        if (oidc.params?.ui_locales === 'xx') throw new errors.TemporarilyUnavailable('closed for today')
        return oidc.params?.ui_locales === 'yy' && oidc.result?.login !== undefined
      }),
    )
    return own
  }

  const configuration: Configuration = {
    interactions: { policy: policy(), url: (_ctx, { uid }) => `/terms/${uid}` },
    cookies: { keys: ['a key of the host’s'] },
    claims: { openid: ['sub'], profile: ['name', 'team'] },
    conformIdTokenClaims: false,
    findAccount: async (_ctx, id) => new HostAccount(id),
    extraTokenClaims: async () => ({ team: 'blue' }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId!,
      })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
    renderError: async (ctx: KoaContextWithOIDC, out) => {
      ctx.type = 'html'
      ctx.body = `<h1>The host’s error: ${out.error}</h1>`
    },
    ttl: {
      AccessToken: function access() {
        return 77
      },
      IdToken: function id(this: unknown, ctx) {
        seen['ttl of'] = ctx.oidc.client?.clientId
        return 88
      },
    } as Configuration['ttl'],
    features: {
      introspection: {
        enabled: true,
        allowedPolicy: async () => {
          seen['allowed policy'] = true
          return true
        },
      },
    },
  }

  before(async () => {
    host = await startHost({
      path: '/oidc',
      mount: (provider, path) => {
        const app = express()
        app.get('/terms/:uid', ({ url }, response) => {
          response.send(`<h1>Terms</h1><form method="post" action="${url}"><button>I agree</button></form>`)
        })
        app.post('/terms/:uid', async (request, response) => {
          await provider.interactionFinished(
            request,
            response,
            { terms: true },
            { mergeWithLastSubmission: true },
          )
        })
        return app.use(path, provider.callback())
      },
      configuration,
    })
  })
  after(() => host.stop())

  it('is asked, told, and lived by: its prompt after the sign-in, its account, its grant, its tokens', async () => {
    const browser = new Browser()
    await host.rp.start(browser)
    await enrol(browser)
    expect(browser.heading).to.equal('Terms')
    await browser.press('I agree')
    const { claims, tokens } = await host.rp.finish(browser)
    expect(claims).to.include({ name: 'Ben of the host', team: 'blue' })
    expect(tokens.expires_in).to.equal(77)
    expect(claims.exp - claims.iat).to.equal(88)
    expect(seen['ttl of']).to.equal('app')
    const answer = await fetch(`${host.base}/token/introspection`, {
      method: 'POST',
      body: new URLSearchParams({
        token: tokens.access_token,
        client_id: host.rp.client.client_id,
        client_secret: host.rp.client.client_secret,
      }),
    })
    expect(await answer.json()).to.include({ active: true, team: 'blue' })
    expect(seen['allowed policy']).to.equal(true)
    expect(decodeJwt(tokens.id_token!).amr).to.deep.equal(['mfa', 'otp', 'pwd'])
  })

  it('asks for another sign-in after one, and leaves no cookies of the first', async () => {
    const browser = new Browser()
    await host.rp.start(browser, { ui_locales: 'yy' })
    await enrol(browser, { email: 'ada@host.example', password: 'ada-and-a-long-password' })
    expect(browser.trail.filter((url) => url.includes('/interaction/')).length).to.be.above(1)
    const kept = (await browser.jar.serialize()).cookies.filter(
      ({ expires }) => !(Date.parse(String(expires)) <= Date.now()),
    )
    expect(kept.filter(({ value }) => !value).map(({ key, path }) => [key, path])).to.deep.equal([])
  })

  it('decides in `login` beside Rekey’s checks, and shows its own errors on its own endpoints', async () => {
    const browser = new Browser()
    await host.rp.start(browser, { ui_locales: 'xx' })
    expect(await host.rp.refusal(browser)).to.equal('temporarily_unavailable')
    await browser.open(`${host.base}/auth?client_id=nobody`)
    expect(browser.heading).to.equal('The host’s error: invalid_client')
  })
})
