import { expect } from 'chai'
import { totpCode, totpPeriod } from '../../adapters/secrets/totp.ts'
import { attemptLifetime } from '../../rules/attempt.ts'
import { Browser } from '../support/browser.ts'
import { givePassword, signIn } from '../support/journeys.ts'
import { story } from '../support/story.ts'

const used = 'That code was used already. Wait for the next one.'
const late =
  'That code was right a few minutes ago. The clock of your phone may be slow: set it to automatic, then enter the code that the app shows now.'
const wrong = "That code isn't right. Check it and enter it again."

story('Authenticator code', (rekey) => {
  it('is asked for in a field that phones fill in, with the other ways one step away and the reset beside it', async () => {
    const browser = await givePassword(rekey, await rekey.person())
    const field = browser.shown.document.querySelector('input[name=code]')!
    expect(field.getAttribute('autocomplete')).to.equal('one-time-code')
    expect(field.getAttribute('inputmode')).to.equal('numeric')
    const ways = browser.shown.document.querySelector('details')!
    expect(ways.querySelector('summary')!.text).to.equal('Try another way')
    expect(ways.querySelectorAll('button').map((button) => button.text)).to.deep.equal(['Use a backup code'])
    const beside = browser.shown.document.querySelectorAll('.lost button').map((button) => button.text)
    expect(beside).to.deep.equal(['Reset authentication device'])
  })

  it('is accepted with spaces, hyphens and full-width digits', async () => {
    const person = await rekey.person()
    for (const written of [
      (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `,
      (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`,
      (code: string) => code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    ]) {
      const browser = await givePassword(rekey, person)
      await browser.press('Verify', { code: written(rekey.code(person)) })
      expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
    }
  })

  it('is refused when it is wrong, empty, too short or another person’s', async () => {
    const other = await rekey.person()
    const browser = await givePassword(rekey, await rekey.person())
    await browser.press('Verify', { code: ' ' })
    expect(browser.said).to.equal('Enter the six-digit code.')
    for (const code of ['000000', '12345', 'abcdef', rekey.code(other)]) {
      await browser.press('Verify', { code })
      expect(browser.said).to.equal(wrong)
    }
  })

  it('is accepted one step early or late, and not two', async () => {
    const person = await rekey.person()
    waitForNextStep()
    const at = (steps: number) => totpCode(person.secret, rekey.now() + steps * totpPeriod)
    const browser = await givePassword(rekey, person)
    for (const [steps, said] of [
      [-2, late],
      [2, wrong],
      [-30, wrong],
    ] as const) {
      await browser.press('Verify', { code: at(steps) })
      expect(browser.said).to.equal(said)
    }
    await browser.press('Verify', { code: at(-1) })
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
    const next = await givePassword(rekey, person)
    await next.press('Verify', { code: at(1) })
    expect((await rekey.rp.finish(next)).claims.sub).to.equal(person.id)
  })

  it('is refused in a second sign-in once it was used, and so is an older one', async () => {
    const person = await rekey.person()
    waitForNextStep()
    const older = totpCode(person.secret, rekey.now() - totpPeriod)
    const first = await givePassword(rekey, person)
    const code = totpCode(person.secret, rekey.now())
    await first.press('Verify', { code })
    const second = await givePassword(rekey, person)
    await second.press('Verify', { code })
    expect(second.said).to.equal(used)
    await second.press('Verify', { code: older })
    expect(second.said).to.equal(used)
    expect((await rekey.rp.finish(first)).claims.sub).to.equal(person.id)
  })

  it('lets one of two through that submit it at the same time', async () => {
    const person = await rekey.person()
    const browsers = [await givePassword(rekey, person), await givePassword(rekey, person)]
    const code = rekey.code(person)
    await Promise.all(browsers.map((browser) => browser.press('Verify', { code })))
    const through = browsers.filter((browser) => browser.shown.url.startsWith(rekey.rp.origin))
    const refused = browsers.filter((browser) => browser.said === used)
    expect([through.length, refused.length]).to.deep.equal([1, 1])
  })

  it('leads straight on to the app, with no other page asked for in between', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    const sent = () =>
      browser.trail.filter((url) => url.includes('/interaction/')).map((url) => url.split('/').at(-1))
    await browser.press('Verify', { code: '000000' })
    expect(sent()).to.have.length(2)
    await browser.press('Verify', { code: rekey.code(person) })
    expect(sent()).to.deep.equal(['totp'])
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })

  it('makes one session when the same form is sent twice at once', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    const { action, body } = browser.form('Verify', { code: rekey.code(person) })
    const twin = new Browser()
    for (const cookie of await browser.jar.getCookies(action)) await twin.jar.setCookie(cookie, action)
    await Promise.all([browser.send(action, body), twin.send(action, body)])
    const events = (await rekey.store.audit.find('subject', person.id)).map((entry) => entry.event)
    expect(events.filter((event) => event === 'sign_in.succeeded')).to.have.length(1)
  })

  it('is not needed where the provider session stands, and no page is shown', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person)
    const first = await rekey.rp.finish(browser)
    await rekey.rp.start(browser)
    const second = await rekey.rp.finish(browser)
    expect(second.claims.sid).to.equal(first.claims.sid)
    expect(second.claims.auth_time).to.equal(first.claims.auth_time)
    expect(browser.trail.some((url) => url.includes('/interaction/'))).to.equal(false)
  })

  it('is not remembered as asked for when the sign-in took too long: it starts over', async () => {
    const browser = await givePassword(rekey, await rekey.person())
    const page = browser.shown.url
    rekey.advance(attemptLifetime)
    await browser.open(page)
    expect(browser.heading).to.equal('Sign in')
  })

  it('is written to the audit log when it is refused, without the code', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', { code: '123456' })
    const [entry] = await rekey.store.audit.find('subject', person.id)
    expect(entry!.event).to.equal('sign_in.code_refused')
    expect(entry!.detail).to.include({ method: 'totp', reason: 'wrong', browser: 'Firefox' })
    expect(JSON.stringify(entry)).to.not.include('123456')
  })

  /** So that the step doesn't change while a test counts on it. */
  function waitForNextStep(): void {
    rekey.advance(totpPeriod - (rekey.now() % totpPeriod))
  }
})
