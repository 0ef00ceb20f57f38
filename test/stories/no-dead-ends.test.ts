import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { givePassword } from '../support/journeys.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

/** What a page leads to: its buttons and links, as people read them. */
const waysOn = (browser: Browser): string[] =>
  browser.shown.document.querySelectorAll('main a[href], main button').map(({ text }) => text.trim())

const switching = 'Sign in with another account'

story('No page is a dead end', (rekey) => {
  const opened = async (path: string, browser = new Browser()) => {
    await browser.open(new URL(path, `${rekey.issuer}/`).href)
    return browser
  }
  const posted = async (path: string, body: string, type?: string, browser = new Browser()) => {
    await browser.send(new URL(path, `${rekey.issuer}/`).href, body, type)
    return browser
  }
  const wrongToken = 'form=no-token-of-ours'

  const ends: { [what: string]: () => Promise<Browser> } = {
    'an address that isn’t there': () => opened('no/such/page'),
    'an interaction that isn’t there': () => opened('interaction/doesNotExist'),
    'an app that isn’t registered': () => opened('auth?client_id=nobody&response_type=code&scope=openid'),
    'a resumed sign-in that isn’t there': () => opened('auth/doesNotExist'),
    'a link that was used': () => opened(`recovery/continue/${'x'.repeat(43)}`),
    'an approval that is gone': () => opened(`recovery/approve/${'x'.repeat(43)}`),
    'a request that is gone': () => opened(`recovery/status/${'x'.repeat(43)}`),
    'a disavowal that is gone': () => opened(`recovery/disavow/${'x'.repeat(43)}`),
    'a page’s form with another page’s token': async () => {
      const browser = await givePassword(rekey, await rekey.person())
      return posted(`${browser.shown.url}/totp`, wrongToken, undefined, browser)
    },
    'a form that is too large': async () => {
      const browser = await givePassword(rekey, await rekey.person())
      return posted(`${browser.shown.url}/totp`, `code=${'1'.repeat(20_000)}`, undefined, browser)
    },
    'the same sign-in in another browser': async () =>
      opened((await givePassword(rekey, await rekey.person())).shown.url),
    'the back button after a sign-in': async () => {
      const person = await rekey.person()
      const browser = await givePassword(rekey, person)
      const { url } = browser.shown
      await browser.press('Verify', { code: rekey.code(person) })
      await rekey.rp.finish(browser)
      return opened(url, browser)
    },
    'a second tab in which it was finished before': async () => {
      const person = await rekey.person()
      const browser = await givePassword(rekey, person)
      const { action, body } = browser.form('Verify', { code: rekey.code(person) })
      await browser.press('Verify', { code: rekey.code(person) })
      await rekey.rp.finish(browser)
      return posted(action, String(body), undefined, browser)
    },
    'a console page of others': async () => {
      const { person } = await team(rekey)
      const browser = await opened('administration')
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) })
      return browser
    },
  }

  for (const [what, reach] of Object.entries(ends))
    it(`${what} says what to do, and leads on`, async () => {
      const browser = await reach()
      expect(browser.shown.status).to.be.greaterThanOrEqual(200)
      expect(browser.heading).to.not.equal('')
      expect(waysOn(browser), `${browser.heading}: ${browser.words}`).to.not.deep.equal([])
    })

  it('a sign-in that is over leads back to its app, and says so', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    const { url } = browser.shown
    await browser.press('Verify', { code: rekey.code(person) })
    await rekey.rp.finish(browser)
    await browser.open(url)
    expect(browser.heading).to.equal('You have signed in already')
    expect(waysOn(browser)[0]).to.match(/^Go to /)
    expect(browser.link(waysOn(browser)[0]!)).to.match(/^http/)
  })

  it('a page that is somebody else’s lets one sign in as somebody else, and leads back', async () => {
    const { admin } = await team(rekey)
    const browser = await ends['a console page of others']!()
    expect(waysOn(browser)[0]).to.equal(switching)
    await browser.follow(switching)
    expect(browser.heading).to.equal('Sign in')
    await browser.press('Sign in', { email: admin.email, password: admin.password })
    await browser.press('Verify', { code: rekey.code(admin) })
    if (browser.heading === 'One more step') await browser.press('Continue')
    expect(new URL(browser.shown.url).pathname).to.match(/administration/)
    expect(browser.heading).to.equal('Members')
  })

  it('a link leads nobody out of our own pages', async () => {
    for (const to of ['https://evil.example/', '//evil.example', '/auth', '/security/../auth']) {
      const person = await rekey.person()
      const browser = await opened(`console/switch?to=${encodeURIComponent(to)}`)
      await browser.press('Sign in', { email: person.email, password: person.password })
      expect(
        browser.trail.filter((url) => url.includes('evil')),
        to,
      ).to.deep.equal([])
      await browser.press('Verify', { code: rekey.code(person) })
      expect(new URL(browser.shown.url).pathname, to).to.match(/\/security$/)
    }
  })

  it('a form that was out of date is a press away from being right', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    await posted(`${browser.shown.url}/totp`, wrongToken, undefined, browser)
    await browser.follow('Load the page again')
    await browser.press('Verify', { code: rekey.code(person) })
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })
})
