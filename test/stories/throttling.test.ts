import { expect } from 'chai'
import { throttleLimits } from '../../rules/throttle.ts'
import { Browser } from '../support/browser.ts'
import { askForReset, givePassword } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { startRekey } from '../support/rekey.ts'
import { describeEachEngine } from '../support/stores.ts'
import { story } from '../support/story.ts'

const tooMany = 'Too many tries. Wait a moment, then try again.'
const wrongPassword = 'The email address or the password is wrong.'

story('Throttling', (rekey) => {
  const open = async () => {
    const browser = new Browser()
    await rekey.rp.start(browser)
    return browser
  }
  const guess = async (browser: Browser, button: string, fields: object, times: number) => {
    for (let i = 0; i < times; i += 1) await browser.press(button, { ...fields })
    return browser
  }
  const wrongCode = { code: '000000' }

  it('makes password guesses wait after a few, the right password too', async () => {
    const person = await rekey.person()
    const wrong = { email: person.email, password: 'not the password' }
    const browser = await guess(await open(), 'Sign in', wrong, throttleLimits.free + 1)
    expect(browser.said).to.equal(wrongPassword)
    await browser.press('Sign in', wrong)
    expect(browser.said).to.equal(tooMany)
    await browser.press('Sign in', { email: person.email, password: person.password })
    expect(browser.said).to.equal(tooMany)
  })

  it('tells an unknown account no sooner or later than a known one', async () => {
    const wrong = { email: 'nobody-at-all@people.example', password: 'not the password' }
    const browser = await guess(await open(), 'Sign in', wrong, throttleLimits.free + 1)
    expect(browser.said).to.equal(wrongPassword)
    await browser.press('Sign in', wrong)
    expect(browser.said).to.equal(tooMany)
  })

  it('is not reset by a new sign-in, nor by another browser', async () => {
    const person = await rekey.person()
    const wrong = { email: person.email, password: 'not the password' }
    await guess(await open(), 'Sign in', wrong, throttleLimits.free + 1)
    expect((await givePassword(rekey, person)).said).to.equal(tooMany)
    const capitals = await open()
    await capitals.press('Sign in', { email: person.email.toUpperCase(), password: person.password })
    expect(capitals.said).to.equal(tooMany)
  })

  it('counts guesses that are made at the same time', async () => {
    const person = await rekey.person()
    const wrong = { email: person.email, password: 'not the password' }
    const browsers = await Promise.all(Array.from({ length: 12 }, open))
    await Promise.all(browsers.map((browser) => browser.press('Sign in', wrong)))
    const looked = browsers.filter((browser) => browser.said === wrongPassword)
    expect(looked).to.have.length(throttleLimits.free + 1)
  })

  it('lets the person in again when time has passed, and then starts anew', async () => {
    const person = await rekey.person()
    const wrong = { email: person.email, password: 'not the password' }
    await guess(await open(), 'Sign in', wrong, throttleLimits.free + 1)
    rekey.advance(throttleLimits.firstWait)
    expect((await givePassword(rekey, person)).heading).to.equal('Enter your code')
    const later = await guess(await open(), 'Sign in', wrong, throttleLimits.free)
    expect(later.said).to.equal(wrongPassword)
    await later.press('Sign in', { email: person.email, password: person.password })
    expect(later.heading).to.equal('Enter your code')
  })

  it('makes each further wait longer', async () => {
    const person = await rekey.person()
    const wrong = { email: person.email, password: 'not the password' }
    const browser = await guess(await open(), 'Sign in', wrong, throttleLimits.free + 1)
    rekey.advance(throttleLimits.firstWait)
    await browser.press('Sign in', wrong)
    expect(browser.said).to.equal(wrongPassword)
    rekey.advance(throttleLimits.firstWait)
    await browser.press('Sign in', wrong)
    expect(browser.said).to.equal(tooMany)
    rekey.advance(throttleLimits.firstWait)
    await browser.press('Sign in', wrong)
    expect(browser.said).to.equal(wrongPassword)
  })

  it('makes guesses of the authenticator code wait, in every sign-in of the account', async () => {
    const person = await rekey.person()
    await guess(await givePassword(rekey, person), 'Verify', wrongCode, throttleLimits.free + 1)
    const other = await givePassword(rekey, person)
    await other.press('Verify', { code: rekey.code(person) })
    expect(other.said).to.equal(tooMany)
    rekey.advance(throttleLimits.firstWait)
    await other.press('Verify', { code: rekey.code(person) })
    expect((await rekey.rp.finish(other)).claims.sub).to.equal(person.id)
  })

  it('makes guesses of backup codes wait, and leaves the authenticator code alone', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    await browser.press('Use a backup code')
    await guess(browser, 'Verify', { code: 'AAAA-BBBB-CCCC-DDDD' }, throttleLimits.free + 1)
    expect(browser.said).to.equal(tooMany)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: person.backupCodes[0]! })
    expect(browser.said).to.equal(tooMany)
    await browser.press('Use the authenticator app')
    await browser.press('Verify', { code: rekey.code(person) })
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })

  it('switches a factor off after a hundred wrong codes in a row, and the way out is a reset', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    await nearlyDisabled(person)
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', wrongCode)
    expect(browser.said).to.equal(tooMany)
    rekey.advance(throttleLimits.longestWait)
    const again = await givePassword(rekey, person)
    await again.press('Verify', { code: rekey.code(person) })
    expect(again.said).to.equal(
      'Too many wrong codes: this authenticator app is switched off. Choose another way below.',
    )
    expect((await askForReset(rekey, person)).heading).to.equal('Waiting for a super admin')
  })

  /** As after 99 wrong codes over some days. */
  async function nearlyDisabled(person: Person): Promise<void> {
    const failures = throttleLimits.disableAfter - 1
    await rekey.store.protections.update(person.id, (current) => [
      { ...current!, throttles: { otp: { failures, lastAt: rekey.now() - throttleLimits.longestWait } } },
      undefined,
    ])
  }
})

describeEachEngine('Throttling by network address', (engine) => {
  it('spends one budget on all accounts, and fills it up again as time passes', async () => {
    const clock = { offset: 0 }
    const opened = await engine.open(() => Date.now() + clock.offset)
    const rekey = await startRekey(opened.store, { clock, signInsPerMinute: 3 })
    const browser = new Browser()
    await rekey.rp.start(browser)
    for (const name of ['a', 'b', 'c'])
      await browser.press('Sign in', { email: `${name}@people.example`, password: 'not the password' })
    expect(browser.said).to.equal(wrongPassword)
    await browser.press('Sign in', { email: 'd@people.example', password: 'not the password' })
    expect(browser.said).to.equal(tooMany)
    rekey.advance(60_000)
    await browser.press('Sign in', { email: 'd@people.example', password: 'not the password' })
    expect(browser.said).to.equal(wrongPassword)
    await rekey.stop()
    await opened.dispose()
  })
})
