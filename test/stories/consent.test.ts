import { expect } from 'chai'
import { givePassword, signIn } from '../support/journeys.ts'
import { story } from '../support/story.ts'

story(
  'Consent',
  (rekey) => {
    const app = () => rekey.others.partner!

    it('is asked for by a client that requires it: who asks, and for what', async () => {
      const person = await rekey.person()
      const browser = await signIn(rekey, person)
      await app().start(browser, { scope: 'openid email profile' })
      expect(browser.heading).to.equal('Allow access?')
      const host = new URL(app().origin).host
      for (const words of ['Partner', host, person.email, 'see your email address', 'see your name'])
        expect(browser.words).to.include(words)
      await browser.press('Allow')
      const { claims } = await app().finish(browser)
      expect(claims.sub).to.equal(person.id)
    })

    it('follows a first sign-in, and is asked once for the same access', async () => {
      const person = await rekey.person()
      const { browser } = await atConsent(person)
      await browser.press('Allow')
      await app().finish(browser)
      await app().start(browser)
      await app().finish(browser)
      expect(browser.trail.some((url) => url.includes('/interaction/'))).to.equal(false)
    })

    it('is asked again when more is asked for', async () => {
      const person = await rekey.person()
      const { browser } = await atConsent(person, { scope: 'openid' })
      expect(browser.words).to.not.include('see your email address')
      await browser.press('Allow')
      await app().start(browser, { scope: 'openid email' })
      expect(browser.words).to.include('see your email address')
    })

    it('can be refused, which the app is told, and which grants nothing', async () => {
      const person = await rekey.person()
      const { browser } = await atConsent(person)
      await browser.press("Don't allow")
      expect(await app().refusal(browser)).to.equal('access_denied')
      await app().start(browser, { prompt: 'none' })
      expect(await app().refusal(browser)).to.equal('consent_required')
    })

    it('is neither given nor refused by a form that was forged, or that says neither', async () => {
      const person = await rekey.person()
      const { browser } = await atConsent(person)
      const page = browser.shown.url
      const { action, body } = browser.form('Allow')
      const forged = new URLSearchParams(body)
      forged.set('form', 'x'.repeat(43))
      await browser.send(action, forged)
      expect(browser.shown.status).to.equal(403)
      await browser.open(page)
      expect(browser.heading).to.equal('Allow access?')
    })

    it('is asked by any client that sends prompt=consent, and not otherwise by the operator’s own', async () => {
      const person = await rekey.person()
      const browser = await signIn(rekey, person)
      await rekey.rp.finish(browser)
      await rekey.rp.start(browser, { prompt: 'consent' })
      expect(browser.heading).to.equal('Allow access?')
      expect(browser.words).to.include('Test App')
      await browser.press('Allow')
      expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
    })

    it('is not on offer to another browser', async () => {
      const { browser } = await atConsent(await rekey.person())
      const { action, body } = browser.form('Allow')
      const other = await givePassword(rekey, await rekey.person())
      await other.send(action, body)
      expect(other.shown.status).to.equal(400)
      expect(other.heading).to.equal('This sign-in has expired')
    })

    async function atConsent(person: Awaited<ReturnType<typeof rekey.person>>, params = {}) {
      const browser = await signIn(rekey, person)
      await rekey.rp.finish(browser)
      await app().start(browser, params)
      return { browser }
    }
  },
  { others: { partner: { require_consent: true, client_name: 'Partner' } } },
)
