import { expect } from 'chai'
import { browsersOf, forgetBrowsers } from '../../account/known-browsers.ts'
import { acrMultiFactor, acrPassword, amrTrustedDevice } from '../../rules/assurance.ts'
import type { OrganizationPolicy } from '../../rules/organization.ts'
import type { Browser } from '../support/browser.ts'
import { enrol, givePassword, trusting } from '../support/journeys.ts'
import type { Person, PersonOptions } from '../support/rekey.ts'
import { story } from '../support/story.ts'

const day = 86_400_000
const again = { prompt: 'login' }
const origin = { address: '192.0.2.1', browser: 'Firefox', system: 'Windows' }

story('A trusted device', (rekey) => {
  const asked = 'Enter your code'
  const box = (browser: Browser) => browser.shown.document.querySelector('input[name=trust]')

  /** Signed in, with the box ticked. */

  const signInAgain = (person: Person, browser: Browser, params: { [name: string]: string } = again) =>
    givePassword(rekey, person, params, browser)

  async function member(policy: OrganizationPolicy, options: PersonOptions = {}): Promise<Person> {
    const organization = await rekey.organization('Hanami', policy)
    return rekey.person({ memberships: [{ organization }], ...options })
  }

  it('is asked for the password alone, and says so to the app', async () => {
    const person = await rekey.person()
    const browser = await trusting(rekey, person)
    await signInAgain(person, browser)
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.acr).to.equal(acrPassword)
    expect(claims.amr).to.have.members(['pwd', amrTrustedDevice])
  })

  it('is one on which the box was ticked, and no other', async () => {
    const person = await rekey.person()
    const browser = await trusting(rekey, person)
    const other = await givePassword(rekey, person)
    expect(other.heading).to.equal(asked)
    expect(box(other)!.hasAttribute('checked')).to.equal(false)
    await other.press('Verify', { code: rekey.code(person) })
    await signInAgain(person, other)
    expect(other.heading).to.equal(asked)
    await signInAgain(person, browser)
    expect(browser.shown.url).to.include(rekey.rp.origin)
  })

  it('is asked again after thirty days, whenever it was used meanwhile', async () => {
    const person = await rekey.person({ checkedUpAt: rekey.now() + 30 * day })
    const browser = await trusting(rekey, person)
    rekey.advance(29 * day)
    await signInAgain(person, browser)
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrPassword)
    rekey.advance(day)
    await signInAgain(person, browser)
    expect(browser.heading).to.equal(asked)
    await browser.press('Verify', { code: rekey.code(person) })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
  })

  it('is trusted for as long as the organization says, and the box names the days', async () => {
    const person = await member({ trustedDeviceDays: 7 })
    const browser = await givePassword(rekey, person)
    expect(browser.words).to.include('7 days')
    await browser.press('Verify', { code: rekey.code(person), trust: 'yes' })
    rekey.advance(7 * day - 60_000)
    await signInAgain(person, browser)
    expect(browser.shown.url).to.include(rekey.rp.origin)
    rekey.advance(60_000)
    await signInAgain(person, browser)
    expect(browser.heading).to.equal(asked)
  })

  it('can be had nowhere, and holds no longer, once an organization forbids it', async () => {
    const person = await member({})
    const browser = await trusting(rekey, person)
    const [membership] = await rekey.store.memberships.find('account', person.id)
    await rekey.store.organizations.update(membership!.organization, (one) => [
      { ...one!, policy: { trustedDeviceDays: 0 } },
      undefined,
    ])
    await signInAgain(person, browser)
    expect(browser.heading).to.equal(asked)
    expect(box(browser)).to.equal(null)
  })

  it('is written down when trust begins, with its end', async () => {
    const person = await rekey.person()
    await trusting(rekey, person)
    const entries = await rekey.store.audit.find('subject', person.id)
    const entry = entries.find(({ event }) => event === 'device.trusted')!
    const { at, detail } = entry
    expect(Math.round((Number(detail.until) - at) / day)).to.equal(30)
    expect(detail).to.include({ browser: 'Firefox', system: 'Linux' })
  })

  it('is asked again once a factor was added, also from there', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person, { action: 'enrol' })
    await browser.press('Verify', { code: rekey.code(person), trust: 'yes' })
    await enrol(rekey, browser)
    await rekey.rp.finish(browser)
    await signInAgain(person, browser)
    expect(browser.heading).to.equal(asked)
  })

  it('is forgotten by its owner, asks again, and is a new one then', async () => {
    const person = await rekey.person()
    const browser = await trusting(rekey, person)
    const other = await trusting(rekey, person)
    const { services } = rekey.app
    const [first, ...rest] = await browsersOf(services, person.id)
    expect(rest).to.have.length(1)
    await forgetBrowsers(services, { account: person.id, origin }, [first!.id])
    await signInAgain(person, other)
    expect(other.heading).to.equal(asked)
    await signInAgain(person, browser)
    expect(browser.shown.url).to.include(rekey.rp.origin)
    const events = (await rekey.store.audit.find('subject', person.id)).map(({ event }) => event)
    expect(events).to.include('device.forgotten')
  })

  it('can only be forgotten by its owner', async () => {
    const [person, stranger] = [await rekey.person(), await rekey.person()]
    const browser = await trusting(rekey, person)
    const [device] = await browsersOf(rekey.app.services, person.id)
    await forgetBrowsers(rekey.app.services, { account: stranger.id, origin }, [device!.id])
    await signInAgain(person, browser)
    expect(browser.shown.url).to.include(rekey.rp.origin)
  })

  it('starts the verification with the kind of factor that was last used on it', async () => {
    const person = await rekey.person()
    await rekey.store.protections.update(person.id, (one) => {
      const [totp] = one!.factors
      const phone = {
        id: `${person.id}-sms`,
        kind: 'sms' as const,
        name: '',
        createdAt: 0,
        number: '+81312345678',
      }
      return [{ ...one!, factors: [totp!, phone], primary: phone.id }, undefined]
    })
    const browser = await givePassword(rekey, person)
    expect(browser.heading).to.not.equal(asked)
    await browser.press('Use the authenticator app')
    await browser.press('Verify', { code: rekey.code(person) })
    await signInAgain(person, browser)
    expect(browser.heading).to.equal(asked)
    expect((await givePassword(rekey, person)).heading).to.not.equal(asked)
  })
})
