import { expect } from 'chai'
import { decodeProtectedHeader } from 'jose'
import { Browser } from '../../support/browser.ts'
import { signIn } from '../../support/journeys.ts'
import type { Rekey } from '../../support/rekey.ts'

/** RP-initiated and back-channel logout. */
export function logoutOp(rekey: Rekey): void {
  const end = (params: { [parameter: string]: string }) =>
    `${rekey.issuer}/session/end?${new URLSearchParams(params)}`
  const signedIn = async () => {
    const browser = await signIn(rekey, await rekey.person())
    return { browser, ...(await rekey.rp.finish(browser)) }
  }

  describe('OpenID Connect RP-Initiated Logout 1.0', () => {
    it('§2, §3: with a hint and a registered place the person is asked, and comes back there with the state', async () => {
      const { browser, tokens } = await signedIn()
      await browser.open(
        end({
          id_token_hint: tokens.id_token!,
          post_logout_redirect_uri: `${rekey.rp.origin}/`,
          state: 'x y',
        }),
      )
      expect(browser.heading).to.equal('Sign out?')
      await browser.press('Sign out')
      expect(new URL(browser.shown.url).searchParams.get('state')).to.equal('x y')
      await rekey.rp.start(browser, { prompt: 'none' })
      expect(await rekey.rp.refusal(browser)).to.equal('login_required')
    })

    it('§2: without parameters the person is asked, and told that they are signed out', async () => {
      const { browser } = await signedIn()
      await browser.open(end({}))
      await browser.press('Sign out')
      expect(browser.words).to.include('signed out')
    })

    it('§3: a place that is not registered, or has something added, is an error', async () => {
      const { browser, tokens } = await signedIn()
      for (const post_logout_redirect_uri of ['https://elsewhere.example/', `${rekey.rp.origin}/?foo=bar`]) {
        await browser.open(end({ id_token_hint: tokens.id_token!, post_logout_redirect_uri }))
        expect(browser.shown.status).to.equal(400)
      }
    })

    it('§2: a hint that was changed is an error', async () => {
      const { browser, tokens } = await signedIn()
      const [header, payload] = tokens.id_token!.split('.')
      await browser.open(end({ id_token_hint: `${header}.${payload}.AAAA` }))
      expect(browser.shown.status).to.equal(400)
    })
  })

  describe('OpenID Connect Back-Channel Logout 1.0', () => {
    it('§2.4, §2.5: each app gets a token that is typed, names the session and has no nonce', async () => {
      const { browser, claims } = await signedIn()
      await browser.open(end({}))
      await browser.press('Sign out')
      await rekey.work()
      const token = rekey.rp.loggedOut.find(({ sub }) => sub === claims.sub)!
      expect(token).to.include.keys('iss', 'aud', 'iat', 'jti', 'events', 'sid')
      expect(token).to.not.have.any.keys('nonce')
      expect(token.sid).to.equal(claims.sid)
      const { token: raw, type } = rekey.rp.logoutRequests.at(-1)!
      expect(decodeProtectedHeader(raw)).to.include({ typ: 'logout+jwt', alg: 'RS256' })
      expect(type).to.match(/^application\/x-www-form-urlencoded/)
    })

    it('§2.1: discovery says that there is such a thing, by session too', async () => {
      const metadata = (await rekey.rp.config()).serverMetadata()
      expect(metadata).to.include({
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
      })
    })

    it('§2.7: refresh tokens end with the session', async () => {
      const { browser, tokens } = await signedIn()
      await browser.open(end({}))
      await browser.press('Sign out')
      const answer = await fetch(`${rekey.issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`app:${encodeURIComponent(rekey.rp.client.client_secret)}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token! }),
      })
      expect(answer.status).to.equal(400)
    })

    it('§2: a browser without a session changes nothing', async () => {
      const before = rekey.rp.logoutRequests.length
      await new Browser().open(end({}))
      expect(rekey.rp.logoutRequests.length).to.equal(before)
    })
  })
}
