import { expect } from 'chai'
import type { Browser } from '../support/browser.ts'
import { givePassword } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { atSecurity, eventsOf } from '../support/security.ts'
import { story } from '../support/story.ts'

story('Devices on the security page', (rekey) => {
  const day = 86_400_000
  const origin = { address: '192.0.2.7', browser: 'Safari', system: 'iOS' }
  /** A browser on which the person won't be asked for a code. */
  const trusting = async (person: Person): Promise<Browser> => {
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', { code: rekey.code(person), trust: 'yes' })
    await rekey.rp.finish(browser)
    return browser
  }
  const headingAt = async (person: Person, browser: Browser) => {
    await givePassword(rekey, person, { prompt: 'login' }, browser)
    return browser.heading
  }
  const listed = (browser: Browser) =>
    browser.shown.document
      .querySelectorAll('p[id^=device-]')
      .map((one) => one.text.replace(/\s+/g, ' ').trim())

  it('are listed with place and time, and until when they are trusted', async () => {
    const person = await rekey.person()
    await trusting(person)
    const browser = await atSecurity(rekey, person)
    const [here, trusted] = listed(browser)
    expect(here).to.match(/^Firefox on Linux, 127\.0\.0\.1 This browser Last sign-in .* UTC$/)
    const until = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' })
    const last = until.format(rekey.now() + 30 * day)
    expect(trusted).to.include(`not asked for a second step until ${last}`)
  })

  it('lose their trust one by one', async () => {
    const person = await rekey.person()
    const lost = await trusting(person)
    const browser = await atSecurity(rekey, person)
    await browser.press('Ask again on this device')
    expect(browser.said).to.include('The device is forgotten.')
    expect(listed(browser)).to.have.length(1)
    expect(await headingAt(person, lost)).to.equal('Enter your code')
    expect(await eventsOf(rekey, person)).to.include.members(['device.trusted', 'device.forgotten'])
  })

  it('lose it all together with the other sessions, but for this one', async () => {
    const person = await rekey.person()
    const lost = [await trusting(person), await trusting(person)]
    const kept = await trusting(person)
    const browser = await atSecurity(rekey, person, '', kept)
    await browser.press('End all other sessions')
    for (const one of lost) expect(await headingAt(person, one)).to.equal('Enter your code')
    expect(await headingAt(person, kept)).to.not.equal('Enter your code')
  })

  it('are found behind a hundred others, and lose their trust like them', async () => {
    const person = await rekey.person()
    const at = rekey.now() - day
    const window = { account: person.id, lastSeenAt: at, createdAt: at, origin, expiresAt: rekey.now() + day }
    for (let count = 0; count < 110; count += 1)
      await rekey.store.devices.insert({ ...window, id: `${person.id}:${count}` })
    const lost = await trusting(person)
    const browser = await atSecurity(rekey, person)
    expect(listed(browser).filter((one) => one.includes('not asked for a second step'))).to.have.length(1)
    await browser.press('End all other sessions')
    expect(await headingAt(person, lost)).to.equal('Enter your code')
  })

  it('of somebody else can’t be forgotten', async () => {
    const victim = await rekey.person()
    await trusting(victim)
    const [theirs] = await rekey.store.devices.find('account', victim.id)
    const browser = await atSecurity(rekey, await rekey.person())
    const { action, body } = browser.form('Forget this device')
    body.set('device', theirs!.id)
    await browser.send(action, body)
    expect(browser.said).to.include('That no longer exists.')
    expect(await rekey.store.devices.get(theirs!.id)).to.deep.equal(theirs)
  })
})
