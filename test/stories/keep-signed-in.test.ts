import { expect } from 'chai'
import { type Cookie, CookieJar } from 'tough-cookie'
import { Browser } from '../support/browser.ts'
import { enrol } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { insisting } from '../support/relying-app.ts'
import { story } from '../support/story.ts'

const label = 'Keep me signed in'

/** Cookies that say who is signed in: the provider's session, and that of our own pages. */
const sessionsOf = async (browser: Browser, issuer: string): Promise<Cookie[]> =>
  (await browser.jar.getCookies(issuer)).filter(({ key }) => /(session|console)$/.test(key))

/** What a browser still has after it was closed. */
async function reopened({ jar }: Browser): Promise<Browser> {
  const all = await jar.serialize()
  const cookies = all.cookies.filter(({ expires }) => expires !== undefined && expires !== 'Infinity')
  return Object.assign(new Browser(), { jar: await CookieJar.deserialize({ ...all, cookies }) })
}

story(
  'Whether people stay signed in',
  (rekey) => {
    const begin = async (): Promise<Browser> => {
      const browser = new Browser()
      await rekey.rp.start(browser)
      return browser
    }
    const enter = async (person: Person, fields: { keep?: 'yes' } = {}) => {
      const browser = await begin()
      await browser.press('Sign in', { email: person.email, password: person.password, ...fields })
      await browser.press('Verify', { code: rekey.code(person) })
      await rekey.rp.finish(browser)
      return browser
    }
    const boxOf = (browser: Browser) => browser.shown.document.querySelector('input[name=keep]')!

    it('is asked on the page of the password, with an empty box', async () => {
      const browser = await begin()
      expect(browser.words).to.include(label)
      expect(boxOf(browser).hasAttribute('checked')).to.equal(false)
    })

    it('who leaves it empty is forgotten when the browser is closed, at our own pages too', async () => {
      const browser = await enter(await rekey.person())
      await browser.open(`${rekey.issuer}/security`)
      expect(browser.heading).to.equal('Security')
      const kept = await sessionsOf(browser, rekey.issuer)
      expect(kept.map(({ key }) => key.replace(/^.*[_-]/, ''))).to.have.members(['session', 'console'])
      for (const cookie of kept)
        expect([cookie.key, cookie.maxAge, cookie.expires]).to.deep.equal([cookie.key, null, 'Infinity'])
      const later = await reopened(browser)
      await later.open(`${rekey.issuer}/security`)
      expect(later.heading).to.equal('Sign in')
    })

    it('who ticks it comes back, for as long as the session lasts', async () => {
      const browser = await enter(await rekey.person(), { keep: 'yes' })
      const [session] = await sessionsOf(browser, rekey.issuer)
      const until = Number(session!.expires as Date)
      expect(until).to.be.greaterThan(rekey.now() + 12 * 3_600_000)
      const later = await reopened(browser)
      await later.open(`${rekey.issuer}/security`)
      expect(later.heading).to.equal('Security')
    })

    it('the box comes back as it was from a refusal, and counts as it was sent last', async () => {
      const person = await rekey.person()
      const browser = await begin()
      await browser.press('Sign in', { email: person.email, password: 'not the password', keep: 'yes' })
      expect(boxOf(browser).hasAttribute('checked')).to.equal(true)
      expect(browser.shown.document.querySelector('input[name=email]')!.getAttribute('value')).to.equal(
        person.email,
      )
      const { action, body } = browser.form('Sign in', { password: person.password })
      body.delete('keep')
      await browser.send(action, body)
      await browser.press('Verify', { code: rekey.code(person) })
      await rekey.rp.finish(browser)
      const [session] = await sessionsOf(browser, rekey.issuer)
      expect(session!.expires).to.equal('Infinity')
    })

    it('stays as it was where more is proven in the same session', async () => {
      for (const keeps of [true, false]) {
        const person = await rekey.person({ bare: true })
        const browser = await begin()
        await browser.press('Sign in', {
          email: person.email,
          password: person.password,
          ...(keeps ? { keep: 'yes' } : {}),
        })
        await browser.press('Not now')
        await rekey.rp.finish(browser)
        await rekey.rp.start(browser, insisting)
        person.secret = await enrol(rekey, browser)
        await browser.press('Continue', { saved: 'yes' })
        await rekey.rp.finish(browser)
        const [session] = await sessionsOf(browser, rekey.issuer)
        expect(session!.expires === 'Infinity').to.equal(!keeps)
      }
    })
  },
  { config: { sessionCookie: 'choose' } },
)

story('Where the operator has decided', (rekey) => {
  it('nobody is asked, and everybody stays signed in', async () => {
    const person = await rekey.person()
    const browser = new Browser()
    await rekey.rp.start(browser)
    expect(browser.words).to.not.include(label)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) })
    await rekey.rp.finish(browser)
    const [session] = await sessionsOf(browser, rekey.issuer)
    expect(session!.expires).to.not.equal('Infinity')
  })
})
