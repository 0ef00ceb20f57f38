import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { askForReset } from '../support/journeys.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const hour = 3_600_000

story('Sign-ins that nobody finishes', (rekey) => {
  const cookiesOf = async (browser: Browser) =>
    (await browser.jar.serialize()).cookies.filter(
      ({ key, expires }) =>
        /^(interaction|resume)/.test(key ?? '') && Date.parse(String(expires)) > Date.now(),
    )
  const uidsOf = async (browser: Browser) =>
    new Set((await cookiesOf(browser)).map(({ path }) => String(path).split('/').at(-1)))

  it('leave a handful of cookies, of the newest, and for hours', async () => {
    const browser = new Browser()
    for (let times = 0; times < 60; times += 1) await rekey.rp.start(browser)
    expect((await uidsOf(browser)).size).to.equal(5)
    expect((await cookiesOf(browser)).length).to.equal(20)
    const ends = (await cookiesOf(browser)).map(({ expires }) => Date.parse(String(expires)))
    expect(Math.max(...ends)).to.be.at.most(rekey.now() + 12 * hour + 5_000)
    // The newest is one of them.
    const person = await rekey.person({ bare: true })
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Not now')
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })

  it('one that waits for a decision isn’t pushed out, and waits for days', async () => {
    const { person } = await team(rekey)
    const browser = await askForReset(rekey, person)
    const { url } = browser.shown
    for (let times = 0; times < 9; times += 1) await rekey.rp.start(browser)
    rekey.advance(30 * hour)
    await browser.open(url)
    expect(browser.shown.status).to.equal(200)
    expect(browser.shown.url).to.equal(url)
  })

  it('a page that was open for too long is shown again, ready to use', async () => {
    const person = await rekey.person({ bare: true })
    const browser = new Browser()
    await rekey.rp.start(browser)
    rekey.advance(1.5 * hour)
    await browser.press('Sign in', { email: person.email, password: person.password })
    expect(browser.heading).to.equal('Sign in')
    expect(browser.said).to.include('open for a long time')
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Not now')
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })
})

story(
  'A session that ends with the browser',
  (rekey) => {
    it('is kept in a cookie without an end, where the operator wants it', async () => {
      const person = await rekey.person({ bare: true })
      const browser = new Browser()
      await rekey.rp.start(browser)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Not now')
      await rekey.rp.finish(browser)
      const { cookies } = await browser.jar.serialize()
      const kept = cookies.find(({ key }) => key?.endsWith('session'))
      expect(kept).to.not.equal(undefined)
      expect(kept?.expires ?? 'Infinity').to.equal('Infinity')
    })
  },
  { config: { sessionCookie: 'browser' } },
)
