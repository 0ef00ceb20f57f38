import { expect } from 'chai'
import { peopleInMap } from '../../adapters/people/map.ts'
import { Browser } from '../support/browser.ts'
import { authenticator, type Host, somePeople, startHost } from '../support/host.ts'
import { linkIn, secretOn } from '../support/journeys.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

const ben = { email: 'ben@host.example', password: 'ben-and-a-long-password' }
const renewed = 'another-long-password-of-ben'

for (const takes of [true, false])
  describe(`Passwords of a host that ${takes ? 'takes new ones' : 'changes them elsewhere'}`, () => {
    let host: Host
    let clock: ProcessClock
    let code: () => string

    before(async () => {
      ben.password = 'ben-and-a-long-password'
      clock = moveProcessTime()
      const people = somePeople()
      const { setPassword, ...reading } = peopleInMap(people)
      host = await startHost({
        people,
        mount: (provider) => provider.callback(),
        options: { people: takes ? { ...reading, setPassword } : reading },
      })
      const browser = new Browser()
      await host.rp.start(browser)
      await browser.press('Sign in', ben)
      code = authenticator(secretOn(browser), clock)
      await browser.press('Turn on', { code: code() })
      await browser.press('Continue', { saved: 'yes' })
    })
    after(async () => {
      await host.stop()
      clock.restore()
    })

    const atSecurity = async () => {
      const browser = new Browser()
      await browser.open(`${host.issuer}/security`)
      await browser.press('Sign in', ben)
      await browser.press('Verify', { code: code() })
      return browser
    }

    if (!takes)
      it('have no page here', async () => {
        const browser = await atSecurity()
        expect(browser.shown.text).to.not.include('/security/password')
        expect((await browser.open(`${host.issuer}/security/password`)).status).to.equal(404)
        await host.rp.start(browser, { prompt: 'login' })
        expect(browser.words).to.not.include('Forgot')
      })
    else
      it('are changed on the security page, and every address is told', async () => {
        const browser = await atSecurity()
        await browser.open(`${host.issuer}/security/password`)
        await browser.press('Save password', { current: ben.password, password: renewed })
        expect(browser.said).to.include('password')
        expect(host.people.get('2')!.password).to.equal(renewed)
        expect((await host.mail.next(ben.email, /password/i)).to).to.equal(ben.email)
        const wrong = new Browser()
        await host.rp.start(wrong)
        await wrong.press('Sign in', ben)
        expect(wrong.heading).to.equal('Sign in')
        ben.password = renewed
      })

    it('that somebody else knew are renewed, or left to the host', async () => {
      const thief = new Browser()
      await host.rp.start(thief)
      await thief.press('Sign in', ben)
      await thief.press('Reset authentication device')
      await thief.press('Send request')
      const mail = await host.mail.next(ben.email, /reset/i)
      const owner = new Browser()
      await owner.open(linkIn(mail.text, '/recovery/disavow/'))
      await owner.press("This wasn't me")
      await host.rp.start(owner)
      await owner.press('Sign in', ben)
      if (owner.heading === 'Enter your code') await owner.press('Verify', { code: code() })
      if (!takes) {
        expect(owner.heading).to.not.equal('Set a new password')
        return
      }
      expect(owner.heading).to.equal('Set a new password')
      await owner.press('Save password', { password: 'and-a-third-long-password' })
      expect(host.people.get('2')!.password).to.equal('and-a-third-long-password')
      // What was typed just now is what is known of it from here on: nobody is asked for it once more.
      expect(owner.heading).to.not.equal('Sign in')
      expect(owner.trail.join()).to.include('/interaction/')
    })
  })
