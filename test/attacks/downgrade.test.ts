import { expect } from 'chai'
import { exportJWK, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { createApi } from '../../examples/resource-server/api.ts'
import { acrMultiFactor, acrPassword, acrRecovered } from '../../rules/assurance.ts'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { approve, ask } from '../support/cases.ts'
import { listening, originOf, serve, shut } from '../support/examples.ts'
import { enrol, givePassword, signIn } from '../support/journeys.ts'
import type { RelyingApp } from '../support/relying-app.ts'
import { insisting } from '../support/relying-app.ts'
import { team } from '../support/team.ts'

const minute = 60_000
const api = 'https://api.example'
const { privateKey, publicKey } = await generateKeyPair('ES256')
const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'k1' }

const options = {
  others: { second: {}, signing: { jwks: { keys: [jwk] }, request_object_signing_alg: 'ES256' } },
  clients: [
    {
      client_id: 'api',
      client_secret: 'a secret of the tests, long enough',
      grant_types: [],
      response_types: [],
      redirect_uris: [],
    },
  ],
  config: {
    resources: [
      { indicator: `${api}/accounts`, scope: 'accounts:read', format: 'opaque' },
      { indicator: `${api}/payments`, scope: 'payments:write', format: 'jwt' },
    ],
  },
}

attack(
  'A weaker sign-in than was asked for',
  (rekey) => {
    /** Signed in with a password alone. */
    const weak = async (params: { [name: string]: string } = {}) => {
      const person = await rekey.person({ bare: true })
      const browser = await givePassword(rekey, person, params)
      await browser.press('Not now')
      return { person, browser }
    }

    /** Signed in after a reset, without a new factor. */
    const recovered = async () => {
      const us = await team(rekey)
      const asked = await ask(rekey, us)
      await approve(rekey, us, asked)
      await asked.waiting.open(asked.waiting.shown.url)
      await asked.waiting.press('Not now')
      expect((await rekey.rp.finish(asked.waiting)).claims.acr).to.equal(acrRecovered)
      return { person: us.person, browser: asked.waiting }
    }

    const acrAt = async (app: RelyingApp, browser: Browser) => (await app.finish(browser)).claims.acr

    it('is told as it is when acr_values is taken out of the address, and the API still refuses', async () => {
      const server = await listening()
      const secret = 'a secret of the tests, long enough'
      const known = { issuer: rekey.issuer, origin: api, clientId: 'api', clientSecret: secret }
      serve(server, createApi(known).callback())
      const statements = async (token: string) =>
        (
          await fetch(`${originOf(server)}/accounts/statements`, {
            headers: { authorization: `Bearer ${token}` },
          })
        ).status
      const params = { scope: 'openid accounts:read', resource: `${api}/accounts` }
      const { browser } = await weak(params)
      const got = await rekey.rp.finish(browser)
      expect(got.claims.acr).to.equal(acrPassword)
      expect(await statements(got.tokens.access_token)).to.equal(401)
      await rekey.rp.start(browser, { ...params, acr_values: acrMultiFactor })
      await enrol(rekey, browser)
      await browser.press('Continue', { saved: 'yes' })
      expect(await statements((await rekey.rp.finish(browser)).tokens.access_token)).to.equal(200)
      await shut(server)
    })

    it('can not be had by adding to a request that was signed or pushed', async () => {
      const { browser } = await weak()
      const app = rekey.others.signing!
      const config = await app.config()
      const verifier = oidc.randomPKCECodeVerifier()
      const request = {
        redirect_uri: `${app.origin}/callback`,
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        prompt: 'none',
        ...insisting,
      }
      const signed = await oidc.buildAuthorizationUrlWithJAR(config, request, { key: privateKey, kid: 'k1' })
      const pushed = await oidc.buildAuthorizationUrlWithPAR(await rekey.others.second!.config(), {
        ...request,
        redirect_uri: `${rekey.others.second!.origin}/callback`,
      })
      for (const url of [signed, pushed]) {
        url.searchParams.set('claims', '{}')
        url.searchParams.set('acr_values', acrPassword)
        await browser.open(url.href)
        const error = new URL(browser.shown.url).searchParams.get('error')
        expect(error).to.be.oneOf(['unmet_authentication_requirements', 'invalid_request'])
      }
    })

    it("does not come of another app's silent request, nor is it made stronger by one", async () => {
      const { browser } = await weak()
      const second = rekey.others.second!
      await second.start(browser, { prompt: 'none', ...insisting })
      expect(await second.refusal(browser)).to.equal('unmet_authentication_requirements')
      await second.start(browser, { prompt: 'none' })
      expect(await acrAt(second, browser)).to.equal(acrPassword)
      await rekey.rp.start(browser, { prompt: 'none', acr_values: acrMultiFactor })
      expect(await rekey.rp.refusal(browser)).to.equal('unmet_authentication_requirements')
    })

    it('does not come of a second tab that asks for less', async () => {
      const person = await rekey.person({ bare: true })
      const browser = await givePassword(rekey, person, insisting)
      const first = { url: browser.shown.url, trail: browser.trail }
      expect(browser.shown.document.querySelectorAll('button').map((one) => one.text.trim())).to.not.include(
        'Not now',
      )
      const second = rekey.others.second!
      await second.start(browser)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Not now')
      expect(await acrAt(second, browser)).to.equal(acrPassword)
      // Back in the first tab: loading it again, skipping what can't be skipped, resuming without a result.
      await browser.open(first.url)
      expect(browser.heading).to.equal('Set up an authenticator app')
      const { body } = browser.form('Turn on', { code: '000000' })
      await browser.send(`${first.url}/enrol/skip`, body)
      expect(browser.shown.url).to.include(first.url)
      await browser.open(first.url.replace('/interaction/', '/auth/'))
      expect(browser.trail.some((url) => url.includes('code='))).to.equal(false)
    })

    it('is what an old refresh token stays at, whatever it asks for', async () => {
      const { browser } = await weak()
      const before = await rekey.rp.finish(browser)
      await rekey.rp.start(browser, insisting)
      await enrol(rekey, browser)
      await browser.press('Continue', { saved: 'yes' })
      expect(await acrAt(rekey.rp, browser)).to.equal(acrMultiFactor)
      const config = await rekey.rp.config()
      const refreshed = await oidc.refreshTokenGrant(config, before.tokens.refresh_token!, {
        acr_values: acrMultiFactor,
        ...insisting,
      })
      expect(refreshed.claims()?.acr).to.equal(acrPassword)
      expect((await oidc.tokenIntrospection(config, refreshed.access_token)).acr).to.equal(acrPassword)
    })

    it('is all that a recovered session is, to every app and every request', async () => {
      const { browser } = await recovered()
      const second = rekey.others.second!
      await second.start(browser, { prompt: 'none' })
      expect(await acrAt(second, browser)).to.equal(acrRecovered)
      for (const asked of [insisting, { acr_values: acrMultiFactor }, { acr_values: acrPassword }]) {
        await second.start(browser, { prompt: 'none', ...asked })
        expect(await second.refusal(browser)).to.equal('unmet_authentication_requirements')
      }
      await second.start(browser, insisting)
      expect(browser.heading).to.equal('Set up your new device')
      const { url } = browser.shown
      const { body } = browser.form('Turn on', { code: '000000' })
      await browser.send(`${url}/enrol/skip`, body)
      expect(browser.shown.url).to.include(url)
      await browser.open(url)
      await enrol(rekey, browser)
      await browser.press('Continue', { saved: 'yes' })
      expect(await acrAt(second, browser)).to.equal(acrMultiFactor)
    })

    it('a silent request never shows a page, and never tells more than is true', async () => {
      const states: [name: string, acr: string | undefined, make: () => Promise<{ browser: Browser }>][] = [
        ['nobody', undefined, async () => ({ browser: new Browser() })],
        ['a password', acrPassword, weak],
        [
          'a second factor',
          acrMultiFactor,
          async () => ({ browser: await signIn(rekey, await rekey.person()) }),
        ],
        ['a recovered sign-in', acrRecovered, recovered],
      ]
      const requests: { [name: string]: string }[] = [
        {},
        insisting,
        { acr_values: acrPassword },
        { acr_values: `urn:nobody:knows ${acrMultiFactor}` },
        { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:nobody:knows' } } }) },
        { max_age: '0' },
        { max_age: '60' },
        { login_hint: 'someone@else.example' },
      ]
      for (const [name, acr, make] of states) {
        const { browser } = await make()
        rekey.advance(2 * minute)
        for (const request of requests) {
          const what = `${name}: ${JSON.stringify(request)}`
          await rekey.rp.start(browser, { prompt: 'none', ...request })
          expect(browser.shown.url, what).to.match(new RegExp(`^${rekey.rp.origin}/callback`))
          expect(browser.trail, what).to.have.length(2)
          const url = new URL(browser.shown.url)
          if (url.searchParams.has('error')) continue
          expect(await acrAt(rekey.rp, browser), what).to.equal(acr)
          expect(request.max_age, what).to.equal(undefined)
        }
      }
    })

    it('a silent request with max_age is refused when the sign-in is older', async () => {
      const browser = await signIn(rekey, await rekey.person())
      rekey.advance(10 * minute)
      for (const max_age of ['0', '300']) {
        await rekey.rp.start(browser, { prompt: 'none', max_age })
        expect(await rekey.rp.refusal(browser)).to.equal('login_required')
      }
      await rekey.rp.start(browser, { prompt: 'none', max_age: '3600' })
      expect(await acrAt(rekey.rp, browser)).to.equal(acrMultiFactor)
    })

    it("an id_token_hint of someone else never yields one's own tokens", async () => {
      const other = await rekey.rp.finish(await signIn(rekey, await rekey.person()))
      const me = await rekey.person()
      const browser = await signIn(rekey, me)
      const mine = await rekey.rp.finish(browser)
      const hint = { id_token_hint: other.tokens.id_token! }
      await rekey.rp.start(browser, { prompt: 'none', ...hint })
      expect(await rekey.rp.refusal(browser)).to.equal('login_required')
      await rekey.rp.start(browser, hint)
      expect(browser.heading).to.equal('Sign in')
      await browser.press('Sign in', { email: me.email, password: me.password })
      await browser.press('Verify', { code: rekey.code(me) })
      expect(await rekey.rp.refusal(browser)).to.equal('login_required')
      await rekey.rp.start(browser, { id_token_hint: mine.tokens.id_token!, prompt: 'login' })
      await browser.press('Sign in', { email: me.email, password: me.password })
      await browser.press('Verify', { code: rekey.code(me) })
      expect((await rekey.rp.finish(browser)).claims.sub).to.equal(me.id)
    })
  },
  options,
)
