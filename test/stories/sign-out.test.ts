import { expect } from 'chai'
import * as oidc from 'openid-client'
import { Browser } from '../support/browser.ts'
import { signIn } from '../support/journeys.ts'
import { story } from '../support/story.ts'

story(
  'Signing out',
  (rekey) => {
    const signedIn = async () => {
      const person = await rekey.person()
      const browser = await signIn(rekey, person)
      return { person, browser, ...(await rekey.rp.finish(browser)) }
    }
    const leave = async (browser: Browser, params: { [parameter: string]: string } = {}) =>
      browser.open(oidc.buildEndSessionUrl(await rekey.rp.config(), params).href)
    const home = () => ({ post_logout_redirect_uri: `${rekey.rp.origin}/`, state: 'back' })

    it('asks first, naming the app, and changes nothing until the answer', async () => {
      const { browser, tokens } = await signedIn()
      await leave(browser, { id_token_hint: tokens.id_token!, ...home() })
      expect(browser.heading).to.equal('Sign out?')
      expect(browser.words).to.include('Test App asks to sign you out of Rekey')
      await rekey.rp.start(browser, { prompt: 'none' })
      await rekey.rp.finish(browser)
    })

    it('ends the session, tells each app by a logout token, and goes back to the app', async () => {
      const { browser, claims, tokens } = await signedIn()
      const second = rekey.others.second!
      await second.start(browser, { prompt: 'none' })
      const other = await second.finish(browser)
      const logouts = [rekey.rp.nextLogout(), second.nextLogout()]
      await leave(browser, { id_token_hint: tokens.id_token!, ...home() })
      await browser.press('Sign out')
      expect(browser.shown.url).to.equal(`${rekey.rp.origin}/?state=back`)
      expect((await Promise.all(logouts)).map((token) => token.sid)).to.deep.equal([
        claims.sid,
        other.claims.sid,
      ])
      for (const app of [rekey.rp, second]) {
        await app.start(browser, { prompt: 'none' })
        expect(await app.refusal(browser)).to.equal('login_required')
      }
    })

    it('voids the tokens of the session', async () => {
      const { browser, tokens } = await signedIn()
      const config = await rekey.rp.config()
      await leave(browser, { id_token_hint: tokens.id_token! })
      await browser.press('Sign out')
      expect(browser.heading).to.equal('You are signed out')
      expect(await oidc.tokenIntrospection(config, tokens.access_token)).to.deep.equal({ active: false })
      await oidc.refreshTokenGrant(config, tokens.refresh_token!).then(
        () => expect.fail('refreshed'),
        (error) => expect(error.error).to.equal('invalid_grant'),
      )
    })

    it('leaves the session in place for who stays', async () => {
      const { browser, tokens } = await signedIn()
      const second = rekey.others.second!
      await second.start(browser, { prompt: 'none' })
      await second.finish(browser)
      await leave(browser, { id_token_hint: tokens.id_token!, ...home() })
      await browser.press('Stay signed in')
      expect(browser.shown.url).to.equal(`${rekey.rp.origin}/?state=back`)
      await second.start(browser, { prompt: 'none' })
      await second.finish(browser)
    })

    it('ends only the session of its browser', async () => {
      const { person, browser, tokens } = await signedIn()
      const other = await signIn(rekey, person)
      await rekey.rp.finish(other)
      await leave(browser, { id_token_hint: tokens.id_token! })
      await browser.press('Sign out')
      await rekey.rp.start(other, { prompt: 'none' })
      await rekey.rp.finish(other)
    })

    it('goes to no address that the app hasn’t registered', async () => {
      const { browser, tokens } = await signedIn()
      await leave(browser, {
        id_token_hint: tokens.id_token!,
        post_logout_redirect_uri: 'https://evil.example/',
      })
      expect(browser.shown.status).to.equal(400)
      expect(browser.shown.url).to.match(new RegExp(`^${rekey.issuer}`))
    })

    it('is refused without the form’s token', async () => {
      const { browser, tokens } = await signedIn()
      await leave(browser, { id_token_hint: tokens.id_token! })
      const { action, body } = browser.form('Sign out')
      body.set('xsrf', 'forged')
      await browser.send(action, body)
      expect(browser.shown.status).to.equal(400)
      await rekey.rp.start(browser, { prompt: 'none' })
      await rekey.rp.finish(browser)
    })

    it('is simply over for someone who isn’t signed in', async () => {
      const browser = new Browser()
      await leave(browser)
      await browser.press('Continue')
      expect(browser.heading).to.equal('You are signed out')
    })
  },
  { others: { second: {} } },
)
