import { expect } from 'chai'
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { acrMultiFactor, levels } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { signIn } from '../support/journeys.ts'
import { embedded, type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

const insecure = { execute: [oidc.allowInsecureRequests] }
const api = 'https://api.example/ledger'
const clientSecret = 'a secret of the tests, long enough'

describeEachEngine('The standard surface', (engine) => {
  let opened: Opened
  let rekey: Rekey
  const initialAccessToken = 'initial-access-token-of-the-tests-long-enough'

  before(async () => {
    opened = await engine.open()
    rekey = await startRekey(opened.store, {
      config: {
        resources: [{ indicator: api, scope: 'ledger:read', format: 'jwt' }],
        registration: { initialAccessToken },
        requirePkce: true,
      },
      clients: [
        {
          client_id: 'tv',
          client_name: 'Living room',
          token_endpoint_auth_method: 'none',
          application_type: 'native',
          grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
          response_types: [],
          redirect_uris: [],
        },
        {
          client_id: 'private',
          client_secret: clientSecret,
          subject_type: 'pairwise',
          redirect_uris: ['https://private.example/callback'],
        },
      ],
    })
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
  })

  it('discovery announces what apps may use', async () => {
    const metadata = (await rekey.rp.config()).serverMetadata()
    expect(metadata.acr_values_supported).to.deep.equal(levels)
    expect(metadata.prompt_values_supported).to.deep.equal(['none', 'login', 'consent'])
    expect(metadata.ui_locales_supported).to.include.members(['en', 'ja', 'de'])
    expect(metadata.pushed_authorization_request_endpoint).to.be.a('string')
    expect(metadata.device_authorization_endpoint).to.be.a('string')
    expect(metadata.dpop_signing_alg_values_supported).to.include('ES256')
    expect(metadata.authorization_response_iss_parameter_supported).to.equal(true)
    expect(metadata.code_challenge_methods_supported).to.deep.equal(['S256'])
  })

  it('refuses a prompt that it does not announce, and one beside none', async () => {
    for (const prompt of ['select_account', 'create', 'action', 'login action', 'none login']) {
      const browser = new Browser()
      await rekey.rp.start(browser, { prompt })
      expect(await rekey.rp.refusal(browser), prompt).to.equal('invalid_request')
    }
  })

  it('answers a program without what is there for pages, and a page with it', async function () {
    // A host says itself what its answers carry.
    if (embedded) this.skip()
    const headersOf = async (path: string, init?: RequestInit) => {
      const { headers } = await fetch(`${rekey.issuer}${path}`, init)
      return ['x-content-type-options', 'content-security-policy'].map((name) => headers.get(name) !== null)
    }
    for (const path of ['/token', '/token/introspection', '/token/revocation', '/me'])
      expect(await headersOf(path, { method: 'POST' }), path).to.deep.equal([true, false])
    for (const path of ['/auth', '/security', '/nothing-here'])
      expect(await headersOf(path), path).to.deep.equal([true, true])
  })

  it('a token is revoked by the app that it was issued to, and by no other', async () => {
    const { tokens } = await rekey.rp.finish(await signIn(rekey, await rekey.person()))
    const own = await rekey.rp.config()
    const other = await oidc.discovery(new URL(rekey.issuer), 'private', clientSecret, undefined, insecure)
    const anybody = await oidc.discovery(new URL(rekey.issuer), 'tv', undefined, oidc.None(), insecure)
    await oidc.tokenRevocation(other, tokens.access_token).then(
      () => expect.fail('revoked'),
      (error) => expect(error.error).to.equal('invalid_request'),
    )
    // Whether there is such a token isn't told to someone who may be anybody.
    await oidc.tokenRevocation(anybody, tokens.access_token)
    expect((await oidc.tokenIntrospection(own, tokens.access_token)).active).to.equal(true)
    await oidc.tokenRevocation(own, tokens.access_token)
    expect((await oidc.tokenIntrospection(own, tokens.access_token)).active).to.equal(false)
  })

  it('refuses a request without PKCE where the operator wants it of every app', async () => {
    const config = await rekey.rp.config()
    const browser = new Browser()
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${rekey.rp.origin}/callback`,
      scope: 'openid',
      state: 'x',
    })
    await browser.open(url.href)
    expect(new URL(browser.shown.url).searchParams.get('error')).to.equal('invalid_request')
  })

  it('a device signs in with a second factor on another screen', async () => {
    const person = await rekey.person()
    const config = await oidc.discovery(new URL(rekey.issuer), 'tv', undefined, oidc.None(), insecure)
    const started = await oidc.initiateDeviceAuthorization(config, { scope: 'openid' })
    const browser = new Browser()
    await browser.open(started.verification_uri)
    await browser.press('Continue', { user_code: started.user_code.toLowerCase() })
    expect(browser.words).to.include('Living room').and.to.include(started.user_code)
    await browser.press('Continue')
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) })
    if (browser.shown.document.querySelector('button[name=decision]')) await browser.press('Allow')
    expect(browser.heading).to.equal('Your device is connected')
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, started)
    expect(tokens.claims()?.acr).to.equal(acrMultiFactor)
    expect(tokens.claims()?.sub).to.equal(person.id)
  })

  it('a wrong device code and a stopped device are told plainly', async () => {
    const config = await oidc.discovery(new URL(rekey.issuer), 'tv', undefined, oidc.None(), insecure)
    const started = await oidc.initiateDeviceAuthorization(config, { scope: 'openid' })
    const browser = new Browser()
    await browser.open(started.verification_uri)
    await browser.press('Continue', { user_code: 'BBBB-BBBB' })
    expect(browser.said).to.include('not one that a device is waiting with')
    await browser.press('Continue', { user_code: started.user_code })
    await browser.press('Stop')
    await oidc.pollDeviceAuthorizationGrant(config, started).then(
      () => expect.fail('the device was let in'),
      (error) => expect(error.error).to.equal('access_denied'),
    )
  })

  it('a JWT access token for an API says how the person signed in and lives for minutes', async () => {
    const person = await rekey.person()
    const params = { resource: api, scope: 'openid ledger:read' }
    const { tokens } = await rekey.rp.finish(await signIn(rekey, person, params))
    const config = await rekey.rp.config()
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!, { resource: api })
    const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri!))
    const options = { issuer: rekey.issuer, audience: api, typ: 'at+jwt' }
    const { payload } = await jwtVerify(refreshed.access_token, keys, options)
    expect(payload).to.include({ sub: person.id, acr: acrMultiFactor, scope: 'ledger:read' })
    expect(payload.exp! - payload.iat!).to.be.at.most(300)
  })

  it('a pairwise client sees another subject than everyone else', async () => {
    const person = await rekey.person()
    const metadata = { client_secret: 'a secret of the tests, long enough' }
    const config = await oidc.discovery(new URL(rekey.issuer), 'private', metadata, undefined, insecure)
    const verifier = oidc.randomPKCECodeVerifier()
    const browser = new Browser()
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: 'https://private.example/callback',
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    await browser.open(url.href)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) }, { stopAt: 'https://private.example/' })
    const tokens = await oidc.authorizationCodeGrant(config, new URL(browser.shown.url), {
      pkceCodeVerifier: verifier,
    })
    expect(tokens.claims()!.sub).to.match(/^[\w-]{43}$/)
  })

  it('registers a client only for whoever has the initial access token, and asks its people for consent', async () => {
    const metadata = { redirect_uris: ['https://new.example/callback'], client_name: 'New App' }
    const config = await rekey.rp.config()
    const endpoint = config.serverMetadata().registration_endpoint!
    const register = (token: string) =>
      fetch(endpoint, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(metadata),
      })
    expect((await register('something-else')).status).to.equal(401)
    const registered = (await (await register(initialAccessToken)).json()) as { client_id: string }
    expect(registered.client_id).to.be.a('string')
    const person = await rekey.person()
    const browser = new Browser()
    const url = new URL(config.serverMetadata().authorization_endpoint!)
    url.search = new URLSearchParams({
      client_id: registered.client_id,
      response_type: 'code',
      scope: 'openid email',
      redirect_uri: metadata.redirect_uris[0]!,
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    }).toString()
    await browser.open(url.href)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) })
    expect(browser.words).to.include('New App')
    expect(browser.shown.document.querySelector('button[name=decision][value=allow]')).to.not.equal(null)
  })

  it('a request may be signed, pushed and bound to a key', async () => {
    const person = await rekey.person()
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const id = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'k1' }
    const response = await fetch((await rekey.rp.config()).serverMetadata().registration_endpoint!, {
      method: 'POST',
      headers: { authorization: `Bearer ${initialAccessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: ['https://fapi.example/callback'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        request_object_signing_alg: 'ES256',
        require_pushed_authorization_requests: true,
        dpop_bound_access_tokens: true,
        fapi: '2.0',
        jwks: { keys: [id] },
      }),
    })
    const registered = (await response.json()) as { client_id: string }
    expect(response.status, JSON.stringify(registered)).to.equal(201)
    const key = { key: privateKey, kid: 'k1' }
    const config = await oidc.discovery(
      new URL(rekey.issuer),
      registered.client_id,
      {},
      oidc.PrivateKeyJwt(key),
      insecure,
    )
    const verifier = oidc.randomPKCECodeVerifier()
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
    const signed = await oidc.buildAuthorizationUrlWithJAR(
      config,
      {
        redirect_uri: 'https://fapi.example/callback',
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      key,
    )
    const pushed = await oidc.buildAuthorizationUrlWithPAR(config, {
      request: signed.searchParams.get('request')!,
    })
    const browser = new Browser()
    await browser.open(pushed.href)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) }, { stopAt: 'https://fapi.example/' })
    if (browser.shown.status !== 0) await browser.press('Allow', {}, { stopAt: 'https://fapi.example/' })
    const tokens = await oidc.authorizationCodeGrant(
      config,
      new URL(browser.shown.url),
      { pkceCodeVerifier: verifier },
      undefined,
      { DPoP },
    )
    expect(tokens.token_type).to.equal('dpop')
    expect(tokens.claims()?.sub).to.equal(person.id)
  })
})
