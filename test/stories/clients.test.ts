import { expect } from 'chai'
import * as oidc from 'openid-client'
import { Browser } from '../support/browser.ts'
import { givePassword, signIn } from '../support/journeys.ts'
import { embedded, type Rekey } from '../support/rekey.ts'
import { story } from '../support/story.ts'

const secret = 'a secret of the tests, long enough'
const minute = 60_000

story(
  'Apps of every kind',
  (rekey) => {
    /** Sends a browser to sign in as an app does that knows nothing but the code flow. */
    const plainly = async (client: string, more: { [parameter: string]: string } = {}) => {
      const browser = new Browser()
      await browser.open(`${rekey.issuer}/auth?${plainParams(rekey, client, more)}`)
      return browser
    }
    const claimsAt = async (client: string, params = {}) => {
      const app = client === 'app' ? rekey.rp : rekey.others[client]!
      const browser = await signIn(rekey, await rekey.person(named), params, new Browser(), app)
      const { tokens, claims } = await app.finish(browser)
      const info = await oidc.fetchUserInfo(await app.config(), tokens.access_token, claims.sub)
      return { claims, info, tokens }
    }
    const named = { memberships: [] as { organization: string; role?: 'super_admin' }[] }

    it('an app that authenticates signs people in without PKCE', async () => {
      const person = await rekey.person()
      const browser = await plainly('app')
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) })
      const code = new URL(browser.shown.url).searchParams.get('code')!
      const answer = await redeem(rekey, 'app', { code })
      expect(answer.status).to.equal(200)
      expect(await answer.json()).to.include.keys('id_token', 'access_token')
    })

    it('a code that was asked for without PKCE is not redeemed with it, nor the other way round', async () => {
      const verifier = oidc.randomPKCECodeVerifier()
      const challenge = {
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }
      for (const [params, more] of [
        [{}, { code_verifier: verifier }],
        [challenge, {}],
      ] as const) {
        const person = await rekey.person()
        const browser = await plainly('app', params)
        await browser.press('Sign in', { email: person.email, password: person.password })
        await browser.press('Verify', { code: rekey.code(person) })
        const code = new URL(browser.shown.url).searchParams.get('code')!
        expect((await redeem(rekey, 'app', { code, ...more })).status).to.equal(400)
      }
    })

    for (const client of ['public', 'careful'])
      it(`refuses a request without PKCE of an app that needs it (${client})`, async () => {
        const { headers } = await fetch(`${rekey.issuer}/auth?${plainParams(rekey, client)}`, {
          redirect: 'manual',
        })
        expect(new URL(headers.get('location')!).searchParams.get('error')).to.equal('invalid_request')
      })

    it('a request may be posted, and finds who is signed in', async function () {
      // A host decides itself.
      if (embedded) this.skip()
      const browser = await signIn(rekey, await rekey.person())
      const body = plainParams(rekey, 'app', { prompt: 'none', state: 'a state of = & + its own' })
      const shown = await browser.send(`${rekey.issuer}/auth`, body)
      expect(browser.trail[1]).to.include(`${rekey.issuer}/auth?`)
      expect(new URL(shown.url).searchParams.get('state')).to.equal('a state of = & + its own')
      expect(new URL(shown.url).searchParams.get('code')).to.be.a('string')
    })

    it('a request to sign out may be posted', async function () {
      // A host decides itself.
      if (embedded) this.skip()
      const browser = await signIn(rekey, await rekey.person())
      const { tokens } = await rekey.rp.finish(browser)
      await browser.send(
        `${rekey.issuer}/session/end`,
        new URLSearchParams({
          id_token_hint: tokens.id_token!,
          post_logout_redirect_uri: `${rekey.rp.origin}/`,
        }),
      )
      await browser.press('Sign out')
      expect(browser.shown.url).to.equal(`${rekey.rp.origin}/`)
    })

    it('what is posted is a form, and not endless', async function () {
      // A host decides itself.
      if (embedded) this.skip()
      const post = (body: string, type = 'application/x-www-form-urlencoded') =>
        fetch(`${rekey.issuer}/auth`, {
          method: 'POST',
          body,
          headers: { 'content-type': type },
          redirect: 'manual',
        })
      expect((await post('{}', 'application/json')).status).to.equal(415)
      expect((await post(`state=${'x'.repeat(12_000)}`)).status).to.equal(413)
      expect((await post('client_id=app&client_id=app')).headers.get('location')).to.equal(
        '/auth?client_id=app&client_id=app',
      )
    })

    it('what is asked between password and code doesn’t age the sign-in', async () => {
      const person = await rekey.person()
      const browser = await givePassword(rekey, person, { max_age: '5' })
      rekey.advance(minute)
      await browser.press('Verify', { code: rekey.code(person) })
      // openid-client checks auth_time against the max_age that it asked for.
      const { claims } = await rekey.rp.finish(browser)
      expect(claims.auth_time).to.be.closeTo(rekey.now() / 1000, 5)
    })

    it('tells what profile and email are for', async () => {
      const { claims, info } = await claimsAt('app')
      expect(info).to.include.keys('name', 'preferred_username', 'updated_at', 'email', 'email_verified')
      expect(info.preferred_username).to.equal(info.email)
      expect(info.email_verified).to.equal(true)
      expect(info.updated_at).to.be.a('number')
      expect(claims).to.not.have.any.keys('name', 'email', 'email_verified')
    })

    it('an app that wants it finds them in the ID token, when it is refreshed too', async () => {
      const { claims, info, tokens } = await claimsAt('shows')
      const { sub, ...told } = info
      expect(claims).to.include(told)
      const app = rekey.others['shows']!
      const refreshed = await oidc.refreshTokenGrant(await app.config(), tokens.refresh_token!)
      expect(refreshed.claims()).to.include({ sub, ...told })
    })

    it('what the request names stands in the ID token, and nothing else of its scope', async () => {
      const { claims } = await claimsAt('app', {
        claims: JSON.stringify({ id_token: { email: null, groups: null } }),
      })
      expect(claims).to.include.keys('email')
      expect(claims).to.not.have.any.keys('name', 'email_verified')
    })

    it('an address that was never proven is not said to be', async () => {
      const person = await rekey.person()
      await rekey.store.people.update(person.id, (current) => [
        { ...current!, mail: [], givenName: 'Mina', familyName: 'Sato', locale: 'ja' },
        undefined,
      ])
      const browser = await signIn(rekey, person)
      const { tokens, claims } = await rekey.rp.finish(browser)
      const info = await oidc.fetchUserInfo(await rekey.rp.config(), tokens.access_token, claims.sub)
      expect(info).to.include({
        email_verified: false,
        given_name: 'Mina',
        family_name: 'Sato',
        locale: 'ja',
      })
    })

    it('where a person belongs is told as the operator has written it', async () => {
      const acme = await rekey.organization('Acme')
      const beta = await rekey.organization('Beta')
      named.memberships = [{ organization: acme, role: 'super_admin' }, { organization: beta }]
      const { info } = await claimsAt('app', { scope: 'openid groups' })
      named.memberships = []
      expect(info.groups).to.have.members([`${acme}/super_admin`, `${beta}/member`])
      expect(info.admin_of).to.deep.equal(['Acme'])
      expect(info.organizations).to.equal(undefined)
      expect((await claimsAt('shows', { scope: 'openid groups' })).claims.organizations).to.deep.equal([])
      expect((await claimsAt('app')).info).to.not.have.any.keys('groups', 'admin_of')
    })

    it('a person signs in in a popup: nothing on the way cuts it off from the app', async () => {
      const browser = await plainly('app')
      expect(browser.shown.headers.get('cross-origin-opener-policy')).to.equal(null)
      const { headers } = await fetch(`${rekey.issuer}/security`, { redirect: 'manual' })
      expect(headers.get('cross-origin-opener-policy')).to.equal('same-origin')
    })
  },
  {
    clients: [
      {
        client_id: 'public',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://localhost:9/public'],
      },
      {
        client_id: 'careful',
        client_secret: secret,
        require_pkce: true,
        redirect_uris: ['http://localhost:9/careful'],
      },
    ],
    others: { shows: { id_token_claims: true } },
    config: {
      claims: {
        groups: { scope: 'groups', each: '{id}/{role}' },
        admin_of: { scope: 'groups', each: '{name}', role: 'super_admin' },
        organizations: { scope: 'groups', clients: ['shows'] },
      },
    },
  },
)

const uris: { [client: string]: string } = {
  public: 'http://localhost:9/public',
  careful: 'http://localhost:9/careful',
}

function plainParams(
  rekey: Rekey,
  client: string,
  more: { [parameter: string]: string } = {},
): URLSearchParams {
  return new URLSearchParams({
    client_id: client,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: uris[client] ?? `${rekey.rp.origin}/callback`,
    ...more,
  })
}

const redeem = (rekey: Rekey, client: string, params: { [parameter: string]: string }) =>
  fetch(`${rekey.issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client}:${encodeURIComponent(secret)}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      redirect_uri: `${rekey.rp.origin}/callback`,
      ...params,
    }),
  })
