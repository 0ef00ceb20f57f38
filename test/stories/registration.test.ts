import { expect } from 'chai'
import * as oidc from 'openid-client'
import { Browser } from '../support/browser.ts'
import { embedded } from '../support/rekey.ts'
import { story } from '../support/story.ts'

const initialAccessToken = 'initial-access-token-of-the-tests-long-enough'
const day = 86_400_000
const loopback = 'http://127.0.0.1/callback'

interface Registered {
  client_id: string
  registration_access_token: string
  registration_client_uri: string
  [metadata: string]: unknown
}

story(
  'Apps that register themselves',
  (rekey) => {
    before(function () {
      // A host decides itself.
      if (embedded) this.skip()
    })
    const register = async (metadata: object, token?: string) => {
      const answer = await fetch(`${rekey.issuer}/reg`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(metadata),
      })
      return { status: answer.status, body: (await answer.json()) as Registered & { error?: string } }
    }
    const native = {
      client_name: 'Command line',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: [loopback],
      grant_types: ['authorization_code', 'refresh_token'],
    }
    const manage = (of: Registered, method = 'GET', body?: object) =>
      fetch(of.registration_client_uri, {
        method,
        headers: {
          authorization: `Bearer ${of.registration_access_token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })

    it('says nothing of itself that only an operator says, at first nor later', async () => {
      const alone = {
        allowed_organizations: ['hanami'],
        allowed_people: ['mina'],
        previous_client_secret: 'known to somebody',
        previous_client_secret_expires_at: 4_000_000_000,
        organization: 'hanami',
        operator: true,
      }
      const { body } = await register({ ...native, ...alone })
      const kept = async () =>
        JSON.parse((await rekey.store.artifacts.get(`Client:${body.client_id}`))!.payload)
      expect(await kept()).not.to.have.any.keys(Object.keys(alone))
      await rekey.store.artifacts.update(`Client:${body.client_id}`, (current) => [
        {
          ...current!,
          payload: JSON.stringify({ ...JSON.parse(current!.payload), allowed_organizations: ['nordlys'] }),
        },
        undefined,
      ])
      const {
        registration_access_token: _,
        registration_client_uri: __,
        ...own
      } = body as never as {
        [member: string]: unknown
      }
      for (const name of ['client_id_issued_at', 'client_secret_expires_at']) delete own[name]
      const answer = await manage(body, 'PUT', { ...own, ...alone })
      expect(answer.status, await answer.text()).to.equal(200)
      expect((await kept()).allowed_organizations).to.deep.equal(['nordlys'])
      expect(await kept()).not.to.have.any.keys('previous_client_secret', 'operator', 'organization')
    })

    it('anybody’s signs people in once they have agreed, on whatever port it listens', async () => {
      const { status, body } = await register(native)
      expect(status, JSON.stringify(body)).to.equal(201)
      const person = await rekey.person()
      const verifier = oidc.randomPKCECodeVerifier()
      const browser = new Browser()
      const redirect_uri = 'http://127.0.0.1:49152/callback'
      const params = new URLSearchParams({
        client_id: body.client_id,
        response_type: 'code',
        scope: 'openid email',
        redirect_uri,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      await browser.open(`${rekey.issuer}/auth?${params}`)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) })
      expect(browser.words).to.include('Command line')
      await browser.press('Allow', {}, { stopAt: redirect_uri })
      expect(new URL(browser.shown.url).searchParams.get('code')).to.be.a('string')
    })

    it('is held to terms where nobody vouches for it', async () => {
      for (const [metadata, error] of [
        [{ redirect_uris: ['http://elsewhere.example/'], application_type: 'web' }, 'invalid_redirect_uri'],
        [{ grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
        [{ grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] }, 'invalid_client_metadata'],
        [{ scope: 'openid ssf.manage' }, 'invalid_client_metadata'],
      ] as const) {
        const { status, body } = await register({ ...native, ...metadata })
        expect([status, body.error], JSON.stringify(metadata)).to.deep.equal([400, error])
      }
    })

    it('says of itself nothing that is no web address, and shows nothing of anybody else’s', async () => {
      for (const name of ['logo_uri', 'policy_uri', 'tos_uri', 'client_uri'])
        for (const address of [
          'javascript:alert(1)',
          'data:text/html,x',
          '//evil.example/',
          'ftp://evil.example/',
        ]) {
          const { status, body } = await register({ ...native, [name]: address })
          expect([status, body.error], `${name} ${address}`).to.deep.equal([400, 'invalid_client_metadata'])
        }
      const about = { logo_uri: 'https://bank.example/logo.png', tos_uri: 'http://127.0.0.1/terms' }
      const { body } = await register({ ...native, redirect_uris: ['http://127.0.0.1/callback'], ...about })
      const browser = new Browser()
      const challenge = await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier())
      await browser.open(
        `${rekey.issuer}/auth?${new URLSearchParams({
          client_id: body.client_id,
          response_type: 'code',
          scope: 'openid',
          redirect_uri: 'http://127.0.0.1/callback',
          code_challenge: challenge,
          code_challenge_method: 'S256',
        })}`,
      )
      expect(browser.heading).to.equal('Sign in')
      expect(browser.shown.text).to.not.include('app-logo')
      expect(browser.shown.headers.get('content-security-policy')).to.not.include('bank.example')
      expect(browser.shown.document.querySelector('.app-links a')!.getAttribute('href')).to.equal(
        about.tos_uri,
      )
    })

    it('can’t vouch for itself', async () => {
      const { body } = await register({
        ...native,
        require_consent: false,
        operator: true,
        organization: 'acme',
        actions: ['reset_authenticator'],
        forgotten_after_days: 3650,
      })
      expect(body).to.include({ require_consent: true, scope: 'openid profile email offline_access' })
      expect(body).to.not.have.any.keys('operator', 'organization', 'actions')
      expect(body.forgotten_after_days).to.equal(30)
    })

    it('reads, changes and removes its registration, each time with the newest token', async () => {
      const { body } = await register(native)
      expect(await (await manage(body)).json()).to.include({ client_id: body.client_id })
      const change = {
        ...native,
        client_id: body.client_id,
        client_name: 'Another name',
        require_consent: false,
      }
      const changed = (await (await manage(body, 'PUT', change)).json()) as Registered
      expect(changed).to.include({
        client_name: 'Another name',
        require_consent: true,
        forgotten_after_days: 30,
      })
      expect((await manage(body)).status).to.equal(401)
      const bad = { ...change, redirect_uris: ['http://elsewhere.example/'], application_type: 'web' }
      expect((await manage(changed, 'PUT', bad)).status).to.equal(400)
      expect((await manage(changed, 'DELETE')).status).to.equal(204)
      expect((await manage(changed)).status).to.equal(401)
    })

    it('with the initial access token is vouched for; with a wrong one it isn’t let in', async () => {
      const trusted = {
        redirect_uris: ['https://partner.example/'],
        grant_types: ['client_credentials'],
        response_types: [],
      }
      const { status, body } = await register(trusted, initialAccessToken)
      expect(status, JSON.stringify(body)).to.equal(201)
      expect(body).to.not.have.any.keys('forgotten_after_days')
      expect((await register(native, 'something else')).status).to.equal(401)
    })

    it('is forgotten when nobody uses it, and kept as long as somebody does', async () => {
      const [used, unused] = [(await register(native)).body, (await register(native)).body]
      const person = await rekey.person()
      const signIn = async () => {
        const browser = new Browser()
        const params = new URLSearchParams({
          client_id: used.client_id,
          response_type: 'code',
          scope: 'openid',
          redirect_uri: loopback,
          code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
          code_challenge_method: 'S256',
        })
        await browser.open(`${rekey.issuer}/auth?${params}`)
        await browser.press('Sign in', { email: person.email, password: person.password })
        await browser.press('Verify', { code: rekey.code(person) })
        await browser.press('Allow', {}, { stopAt: loopback })
      }
      rekey.advance(20 * day)
      await signIn()
      rekey.advance(20 * day)
      expect((await manage(unused)).status).to.equal(401)
      expect((await manage(used)).status).to.equal(200)
      rekey.advance(11 * day)
      expect((await manage(used)).status).to.equal(401)
    })

    it('a network registers so many in an hour', async () => {
      let last = 201
      for (let tries = 0; tries < 60 && last !== 429; tries += 1) last = (await register(native)).status
      expect(last).to.equal(429)
      expect((await register(native, 'something else')).status).to.equal(401)
      rekey.advance(day)
      expect((await register(native)).status).to.equal(201)
    })
  },
  { config: { registration: { initialAccessToken, open: true, perHour: 40 } } },
)
