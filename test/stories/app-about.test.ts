import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { signIn } from '../support/journeys.ts'
import { story } from '../support/story.ts'

const logo = "https://cdn.partner.example/logo;script-src 'unsafe-inline',x.png?size=2"

story(
  'An app shows of itself',
  (rekey) => {
    const links = ({ shown }: Browser) =>
      shown.document
        .querySelectorAll('main .app-links a')
        .map((link) => ['href', 'rel'].map((name) => link.getAttribute(name)))
    const logoOf = ({ shown }: Browser) => shown.document.querySelector('main .app-logo')?.getAttribute('src')
    const policyOf = ({ shown }: Browser) => shown.headers.get('content-security-policy')!

    it('its logo, its privacy policy and its terms, where it asks for a sign-in and for access', async () => {
      const person = await rekey.person()
      const browser = new Browser()
      await rekey.others.partner!.start(browser)
      for (const heading of ['Sign in', 'Allow access?']) {
        expect(browser.heading).to.equal(heading)
        expect(browser.words).to.include('Partner')
        expect(logoOf(browser)).to.equal(new URL(logo).href)
        expect(links(browser)).to.deep.equal([
          ['https://partner.example/privacy', 'noopener noreferrer'],
          ['https://partner.example/terms', 'noopener noreferrer'],
        ])
        if (heading === 'Allow access?') continue
        await browser.press('Sign in', { email: person.email, password: person.password })
        expect(policyOf(browser)).to.not.include('partner.example')
        await browser.press('Verify', { code: rekey.code(person) })
      }
    })

    it('a picture that its page alone may load, from that address and no other', async () => {
      const browser = new Browser()
      await rekey.others.partner!.start(browser)
      const directives = policyOf(browser).split(/[;,]/)
      expect(directives.find((one) => one.trim().startsWith('img-src'))!.trim()).to.equal(
        "img-src 'self' https://cdn.partner.example/logo%3Bscript-src%20%27unsafe-inline%27%2Cx.png data:",
      )
      expect(directives.filter((one) => one.includes('unsafe-inline') && !one.includes('%27'))).to.deep.equal(
        [],
      )
    })

    it('no picture that somebody on the way could change, and nothing where it says nothing', async () => {
      const browser = new Browser()
      await rekey.others.plain!.start(browser)
      expect([logoOf(browser), links(browser).length]).to.deep.equal([undefined, 1])
      expect(policyOf(browser)).to.not.include('plain.example')
      const none = await signIn(rekey, await rekey.person())
      expect(none.shown.text).to.not.include('app-logo')
    })
  },
  {
    others: {
      partner: {
        require_consent: true,
        client_name: 'Partner',
        logo_uri: logo,
        policy_uri: 'https://partner.example/privacy',
        tos_uri: 'https://partner.example/terms',
      },
      plain: { logo_uri: 'http://plain.example/logo.png', tos_uri: 'http://plain.example/terms' },
    },
  },
)
