import { expect } from 'chai'
import { generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { acrMultiFactor, acrPassword } from '../../rules/assurance.ts'
import type { Browser } from '../support/browser.ts'
import { type Examples, passSignIn, startExamples, visit } from '../support/examples.ts'
import { enrol, getReset } from '../support/journeys.ts'
import { keysOf } from '../support/signing-keys.ts'
import { team } from '../support/team.ts'

const minute = 60_000

describe('The example app with openid-client', () => {
  let examples: Examples

  before(async () => {
    examples = await startExamples()
  })
  after(() => examples.stop())

  const acrOf = (browser: Browser) => browser.shown.document.querySelector('#acr')?.text

  /** Signed in with a password alone. */
  const withPassword = async () => {
    const person = await examples.rekey.person({ bare: true })
    const browser = await visit(examples.rekey, person, `${examples.app}/login`)
    await browser.press('Not now')
    expect(acrOf(browser)).to.equal(acrPassword)
    return { person, browser }
  }

  const withSecondFactor = async () => {
    const person = await examples.rekey.person()
    const browser = await visit(examples.rekey, person, `${examples.app}/login`)
    expect(acrOf(browser)).to.equal(acrMultiFactor)
    return { person, browser }
  }

  describe('asks for more only where it takes more', () => {
    it('a password opens the balance; the statements lead through a second factor and back', async () => {
      const { browser } = await withPassword()
      await browser.open(`${examples.app}/balance`)
      expect(browser.words).to.include('1,250.00')
      await browser.open(`${examples.app}/statements`)
      expect(browser.heading).to.equal('Set up an authenticator app')
      expect(browser.trail.find((url) => url.includes('/auth?'))).to.include('acr_values=')
      await enrol(examples.rekey, browser)
      await browser.press('Continue', { saved: 'yes' })
      expect(browser.shown.url).to.equal(`${examples.app}/statements`)
      expect(browser.words).to.include('September')
    })

    it('a second factor opens the statements without a question', async () => {
      const { browser } = await withSecondFactor()
      await browser.open(`${examples.app}/statements`)
      expect(browser.trail).to.deep.equal([`${examples.app}/statements`])
      expect(browser.words).to.include('September')
    })

    it('paying takes a sign-in of the last five minutes: an older one is made again', async () => {
      const { person, browser } = await withSecondFactor()
      await browser.open(`${examples.app}/pay`)
      await browser.press('Pay now')
      expect(browser.words).to.include('42.00').and.to.include('paid')
      examples.rekey.advance(6 * minute)
      await browser.open(`${examples.app}/pay`)
      await browser.press('Pay now')
      expect(browser.heading).to.equal('Sign in')
      expect(browser.trail.find((url) => url.includes('/auth?'))).to.include('max_age=300')
      await passSignIn(examples.rekey, person, browser)
      expect(browser.shown.url).to.equal(`${examples.app}/pay`)
      await browser.press('Pay now')
      expect(browser.words).to.include('paid')
    })

    it('its own sensitive page insists by itself, on the factor and on its age', async () => {
      const { person, browser } = await withSecondFactor()
      await browser.open(`${examples.app}/profile`)
      expect(browser.heading).to.equal('Profile')
      examples.rekey.advance(6 * minute)
      await visit(examples.rekey, person, `${examples.app}/profile`, browser)
      expect(browser.heading).to.equal('Profile')
      expect(browser.shown.url).to.equal(`${examples.app}/profile`)
      const weak = await withPassword()
      await weak.browser.open(`${examples.app}/profile`)
      expect(weak.browser.heading).to.equal('Set up an authenticator app')
    })

    it('says so when the account can not reach what a page takes', async () => {
      examples.restart({ sensitiveAcr: ['urn:example:retina-and-three-witnesses'] })
      const { browser } = await withSecondFactor()
      await browser.open(`${examples.app}/profile`)
      expect(browser.shown.status).to.equal(403)
      expect(browser.heading).to.equal('Not with this account')
      examples.restart({})
    })

    it('gives up on an API that no sign-in satisfies', async () => {
      const challenge = 'Bearer error="insufficient_user_authentication", acr_values="urn:example:more"'
      const { browser } = await withSecondFactor()
      examples.serveApi((_request, response) =>
        response.writeHead(401, { 'www-authenticate': challenge }).end(),
      )
      await browser.open(`${examples.app}/statements`)
      examples.serveApi()
      expect(browser.shown.status).to.equal(403)
      expect(browser.heading).to.equal('Not enough')
      expect(browser.trail.filter((url) => url.includes('/auth?'))).to.have.length(1)
      await browser.open(`${examples.app}/statements`)
      expect(browser.words).to.include('September')
    })
  })

  describe('its endpoint for logout tokens', () => {
    const endpoint = () => `${examples.app}/backchannel-logout`
    const send = (token: string) =>
      fetch(endpoint(), { method: 'POST', body: new URLSearchParams({ logout_token: token }) })

    const isSignedIn = async (browser: Browser) => {
      await browser.open(`${examples.app}/`)
      return acrOf(browser) !== undefined
    }

    /** Signs what Rekey would sign, or something else, with Rekey's own key. */
    const signed = async (change: JWTPayload = {}, header: Partial<JWTHeaderParameters> = {}, own = true) => {
      const { rekey } = examples
      const [kept] = (await keysOf(rekey)).published('RS256')
      const key = own ? kept!.privateKey : (await generateKeyPair('RS256')).privateKey
      const now = Math.floor(Date.now() / 1000)
      const payload = {
        iss: rekey.issuer,
        aud: 'example-app',
        iat: now,
        exp: now + 120,
        jti: crypto.randomUUID(),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        ...change,
      }
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', typ: 'logout+jwt', kid: kept!.kid, ...header })
        .sign(key)
    }

    it('ends the session that Rekey ended, and says so', async () => {
      const { rekey } = examples
      const { person, admin } = await team(rekey)
      const browser = await visit(rekey, person, `${examples.app}/login`)
      const other = await withSecondFactor()
      await getReset(rekey, person, admin)
      await rekey.work()
      await browser.open(`${examples.app}/`)
      expect(browser.said).to.equal('The identity provider ended your session.')
      expect(acrOf(browser)).to.equal(undefined)
      expect(await isSignedIn(other.browser)).to.equal(true)
    })

    it('takes a logout token once: a replay is refused', async () => {
      const { person, browser } = await withSecondFactor()
      const token = await signed({ sub: person.id })
      const first = await send(token)
      expect(first.status).to.equal(200)
      expect(first.headers.get('cache-control')).to.equal('no-store')
      expect(await isSignedIn(browser)).to.equal(false)
      await visit(examples.rekey, person, `${examples.app}/login`, browser)
      expect((await send(token)).status).to.equal(400)
      expect(await isSignedIn(browser)).to.equal(true)
    })

    it('ends one session where the token names one, and none where the person is not the one it names', async () => {
      const { person, browser } = await withSecondFactor()
      const second = await visit(examples.rekey, person, `${examples.app}/login`)
      await browser.open(`${examples.app}/profile`)
      const { sid } = JSON.parse(browser.shown.document.querySelector('pre')!.text.replaceAll('&#34;', '"'))
      expect((await send(await signed({ sub: 'someone-else', sid }))).status).to.equal(200)
      expect(await isSignedIn(browser)).to.equal(true)
      expect((await send(await signed({ sub: person.id, sid }))).status).to.equal(200)
      expect(await isSignedIn(browser)).to.equal(false)
      expect(await isSignedIn(second)).to.equal(true)
    })

    const past = () => Math.floor(Date.now() / 1000) - 600
    const forgeries: { [what: string]: (sub: string) => Promise<string> } = {
      'signed by someone else': (sub) => signed({ sub }, {}, false),
      'not signed': async (sub) => {
        const [, payload] = (await signed({ sub })).split('.')
        return `${Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url')}.${payload}.`
      },
      'for another app': (sub) => signed({ sub, aud: 'app' }),
      'of another issuer': (sub) => signed({ sub, iss: 'https://id.evil.example' }),
      'without an event': (sub) => signed({ sub, events: undefined }),
      'with another event': (sub) => signed({ sub, events: { 'https://example.org/event': {} } }),
      'with an event that is no object': (sub) =>
        signed({ sub, events: { 'http://schemas.openid.net/event/backchannel-logout': true } }),
      'with events that are null': (sub) => signed({ sub, events: null }),
      'with a nonce': (sub) => signed({ sub, nonce: 'n' }),
      'with the type of an ID token': (sub) => signed({ sub }, { typ: 'JWT' }),
      'of no one': () => signed({}),
      'without jti': (sub) => signed({ sub, jti: undefined }),
      'without exp': (sub) => signed({ sub, exp: undefined }),
      'without iat': (sub) => signed({ sub, iat: undefined }),
      'that is over': (sub) => signed({ sub, iat: past(), exp: past() + 120 }),
      'that was made long ago for a long time': (sub) => signed({ sub, iat: past(), exp: past() + 86_400 }),
      'from the future': (sub) => signed({ sub, iat: past() + 1200, exp: past() + 1300 }),
      'that is no token': async () => 'logout',
      'that is missing': async () => '',
    }
    for (const [what, forge] of Object.entries(forgeries)) {
      it(`refuses a token ${what}`, async () => {
        const { person, browser } = await withSecondFactor()
        const answer = await send(await forge(person.id))
        expect(answer.status).to.equal(400)
        expect(((await answer.json()) as { error: string }).error).to.equal('invalid_request')
        expect(await isSignedIn(browser)).to.equal(true)
      })
    }
  })

  it('signs out at Rekey too', async () => {
    const { browser } = await withSecondFactor()
    await browser.open(`${examples.app}/`)
    await browser.press('Sign out')
    await browser.press('Sign out')
    expect(browser.shown.url).to.equal(`${examples.app}/`)
    expect(acrOf(browser)).to.equal(undefined)
    await browser.open(`${examples.app}/login`)
    expect(browser.heading).to.equal('Sign in')
  })

  it('takes no answer that this browser did not ask for', async () => {
    const { browser } = await withSecondFactor()
    await browser.open(`${examples.app}/callback?code=planted&state=planted`)
    expect(browser.shown.status).to.equal(502)
  })
})
