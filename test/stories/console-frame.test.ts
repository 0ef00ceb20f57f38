import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import type { Person } from '../support/rekey.ts'
import { atSecurity, signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

story(
  'Around every page of our own',
  (rekey) => {
    const places = (browser: Browser) =>
      browser.shown.document.querySelectorAll('nav.frame .places a').map((link) => link.text.trim())
    const at = async (person: Person, path: string) => {
      const browser = new Browser()
      await browser.open(`${rekey.issuer}${path}`)
      return signInThere(rekey, person, browser)
    }

    it('is the way to the rooms that the person has something to do in, and to no other', async () => {
      const organization = await rekey.organization('Hanami')
      const member = await rekey.person({ memberships: [{ organization }] })
      const admin = await rekey.person({
        operator: true,
        memberships: [{ organization, role: 'super_admin' }],
      })
      const agent = await rekey.person({ supportAgent: true })
      expect(places(await atSecurity(rekey, member))).to.deep.equal(['Security'])
      expect(places(await at(admin, `/administration/${organization}`))).to.deep.equal([
        'Security',
        'Administration',
        'Operator',
      ])
      expect(places(await at(agent, '/support'))).to.deep.equal(['Security', 'Support'])
      expect(places(await at(admin, '/operator'))).to.include('Administration')
    })

    it('is the way back to the app that the person came from, as far as it says where it is', async () => {
      const person = await rekey.person()
      const browser = new Browser()
      await rekey.others.shop!.start(browser)
      await signInThere(rekey, person, browser)
      await rekey.others.shop!.finish(browser)
      await browser.open(`${rekey.issuer}/security`)
      const back = browser.shown.document.querySelector('nav.frame a.back')!
      expect(back.getAttribute('href')).to.equal('https://shop.example/')
      expect(back.text).to.equal('Back to Test App')
    })

    it('is there where somebody is turned away, too', async () => {
      const browser = await at(await rekey.person(), '/operator')
      expect(browser.shown.status).to.equal(403)
      expect(places(browser)).to.deep.equal(['Security'])
    })

    it('is nothing where nobody is signed in at ours', async () => {
      const browser = new Browser()
      await rekey.rp.start(browser)
      expect(browser.shown.document.querySelector('nav.frame')).to.equal(null)
    })

    it('is a way out: the session ends, and a page asks for a sign-in again', async () => {
      const person = await rekey.person()
      const browser = await atSecurity(rekey, person)
      await browser.press('Sign out')
      expect(browser.heading).to.equal('You are signed out')
      await browser.open(`${rekey.issuer}/security`)
      expect(browser.heading).to.equal('Sign in')
      const ended = (await rekey.store.sessions.find('account', person.id)).map((one) => one.ended)
      expect(ended).to.not.include(undefined)
    })

    it('takes no sign-out from another site', async () => {
      const browser = await atSecurity(rekey, await rekey.person())
      await browser.send('/console/sign-out', new URLSearchParams({ form: 'forged' }))
      expect(browser.shown.status).to.equal(403)
      await browser.open(`${rekey.issuer}/security`)
      expect(browser.heading).to.equal('Security')
    })

    it('is a choice of language, which stays for the browser, and comes back to the same page', async () => {
      const browser = await atSecurity(rekey, await rekey.person())
      await browser.press('日本語')
      expect(browser.shown.url).to.equal(`${rekey.issuer}/security`)
      expect(browser.shown.document.querySelector('html')!.getAttribute('lang')).to.equal('ja')
      await browser.open(`${rekey.issuer}/security/addresses`)
      expect(browser.shown.document.querySelector('html')!.getAttribute('lang')).to.equal('ja')
      await browser.press('English')
      expect(browser.shown.document.querySelector('html')!.getAttribute('lang')).to.equal('en')
    })

    it('repeats nothing of an address, which somebody else may have written, and comes back to it all the same', async () => {
      const browser = await atSecurity(rekey, await rekey.person())
      await browser.open(`${rekey.issuer}/security?note=call-this-number`)
      expect(browser.shown.text).to.not.include('call-this-number')
      await browser.press('日本語')
      expect(browser.shown.url).to.equal(`${rekey.issuer}/security?note=call-this-number`)
    })

    it('leads from the choice of a language to our own pages alone', async () => {
      const browser = await atSecurity(rekey, await rekey.person())
      const form = browser.form('日本語').body.get('form')!
      const evil = ['//evil.example', 'https://evil.example', '/\\evil.example', '/\t/evil.example']
      // As they are, and as the form wraps an address.
      for (const back of evil.flatMap((one) => [one, Buffer.from(one).toString('base64url')])) {
        const sent = new URLSearchParams({ form, locale: 'en', back })
        await browser.send('/console/language', sent)
        expect(new URL(browser.shown.url).origin).to.equal(new URL(rekey.issuer).origin)
      }
    })
  },
  { others: { shop: { client_uri: 'https://shop.example/' } } },
)
