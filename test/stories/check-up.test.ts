import { expect } from 'chai'
import type { Protection } from '../../rules/account.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import type { Factor } from '../../rules/factor.ts'
import { Browser } from '../support/browser.ts'
import { codesOn, enrol, givePassword, mailsTo, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const day = 86_400_000
const title = 'A quick check-up'
const again = { prompt: 'login' }

story('A check-up', (rekey) => {
  /** Someone who was not asked since long. */
  const unchecked = () => rekey.person({ checkedUpAt: 0 })
  const change = (person: Person, changed: (account: Protection) => Protection) =>
    rekey.store.protections.update(person.id, (one) => [changed(one!), undefined])
  const spare = (person: Person, fields: Partial<Factor> = {}): Factor =>
    ({
      id: `${person.id}-sms`,
      kind: 'sms',
      name: 'Old phone',
      number: '+81312345678',
      createdAt: rekey.now() - 400 * day,
      ...fields,
    }) as Factor
  const arrived = (browser: Browser) => browser.shown.url.startsWith(rekey.rp.origin)

  it('asks who has one method for a second one, and the sign-in sets it up', async () => {
    const person = await unchecked()
    const browser = await signIn(rekey, person)
    expect(browser.heading).to.equal(title)
    expect(browser.words).to.include('You have only one sign-in method')
    await browser.press('Authenticator app')
    expect(browser.heading).to.equal('Set up an authenticator app')
    await enrol(rekey, browser)
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.acr).to.equal(acrMultiFactor)
    expect((await rekey.account(person)).factors).to.have.length(2)
    expect((await mailsTo(rekey, person.email)).map(({ subject }) => subject)).to.include(
      'A sign-in method was added',
    )
  })

  it('leaves a device trusted that was to be trusted in the very sign-in that adds a method', async () => {
    const person = await unchecked()
    const [device, before] = [await givePassword(rekey, person), await givePassword(rekey, person)]
    await before.press('Verify', { code: rekey.code(person), trust: 'yes' })
    await before.press('Not now')
    await change(person, (account) => ({ ...account, checkUp: { at: 0 } }))
    await device.press('Verify', { code: rekey.code(person), trust: 'yes' })
    await device.press('Authenticator app')
    rekey.advance(1_000)
    await enrol(rekey, device)
    await givePassword(rekey, person, again, device)
    expect(arrived(device)).to.equal(true)
    await givePassword(rekey, person, again, before)
    expect(before.heading).to.equal('Enter your code')
  })

  it('lets them turn back from setting it up, and does not ask again for 28 days', async () => {
    const person = await unchecked()
    const browser = await signIn(rekey, person)
    await browser.press('Authenticator app')
    await browser.press('Not now')
    expect(arrived(browser)).to.equal(true)
    await signIn(rekey, person, again, browser)
    expect(arrived(browser)).to.equal(true)
  })

  it('can be put off with one press, and comes back after 28 days', async () => {
    const person = await unchecked()
    const browser = await signIn(rekey, person)
    await browser.press('Not now')
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
    rekey.advance(28 * day - 60_000)
    await signIn(rekey, person, again, browser)
    expect(arrived(browser)).to.equal(true)
    rekey.advance(60_000)
    await signIn(rekey, person, again, browser)
    expect(browser.heading).to.equal(title)
  })

  it('makes new codes when three are left, and the old ones are void', async () => {
    const person = await rekey.person({ checkedUpAt: 0 })
    await change(person, (account) => ({
      ...account,
      factors: [...account.factors, spare(person, { lastUsedAt: rekey.now() })],
      backupCodes: {
        ...account.backupCodes!,
        codes: account.backupCodes!.codes.map((code, index) => (index < 7 ? { ...code, usedAt: 1 } : code)),
      },
    }))
    const browser = new Browser()
    await givePassword(rekey, person, {}, browser)
    if (browser.heading !== 'Enter your code') await browser.press('Use the authenticator app')
    await browser.press('Verify', { code: rekey.code(person) })
    expect(browser.heading).to.equal(title)
    expect(browser.words).to.include('You have 3 backup codes left')
    await browser.press('Get new codes')
    expect(codesOn(browser)).to.have.length(10)
    await browser.press('Continue', { saved: 'yes' })
    expect(arrived(browser)).to.equal(true)
    expect((await rekey.account(person)).backupCodes!.number).to.equal(2)
  })

  for (const [answer, left] of [
    ['I still have it', 2],
    ['Remove', 1],
  ] as const)
    it(`asks whether a method is still there that was not used for a year: ${answer}`, async () => {
      const person = await unchecked()
      await change(person, (account) => ({ ...account, factors: [...account.factors, spare(person)] }))
      const browser = await signIn(rekey, person)
      expect(browser.heading).to.equal(title)
      expect(browser.words).to.include('Do you still have this?').and.to.include('Old phone')
      await browser.press(answer)
      expect(arrived(browser)).to.equal(true)
      const { factors } = await rekey.account(person)
      expect(factors).to.have.length(left)
      const subjects = (await mailsTo(rekey, person.email)).map(({ subject }) => subject)
      expect(subjects.includes('A sign-in method was removed from your account')).to.equal(left === 1)
      rekey.advance(28 * day)
      await signIn(rekey, person, again, browser)
      expect(browser.words).to.not.include('Do you still have this?')
    })

  it('removes nothing but what it asks about', async () => {
    const person = await unchecked()
    await change(person, (account) => ({ ...account, factors: [...account.factors, spare(person)] }))
    const browser = await signIn(rekey, person)
    const { action, body } = browser.form('Remove')
    body.set('factor', `${person.id}-totp`)
    await browser.send(action, body)
    expect(browser.heading).to.equal(title)
    expect((await rekey.account(person)).factors).to.have.length(2)
  })

  it('looks at everything once, 28 days after something was set up', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    const secret = await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect(arrived(browser)).to.equal(true)
    await change(person, (account) => ({
      ...account,
      factors: [...account.factors, spare(person, { createdAt: rekey.now(), lastUsedAt: rekey.now() })],
    }))
    rekey.advance(28 * day)
    const owner = { ...person, secret }
    await signIn(rekey, owner, again, browser)
    expect(browser.heading).to.equal(title)
    expect(browser.words).to.include('Is all of this still right?').and.to.include(person.email)
    await browser.press('All of this is right')
    expect(arrived(browser)).to.equal(true)
    rekey.advance(28 * day)
    await signIn(rekey, owner, again, browser)
    expect(arrived(browser)).to.equal(true)
  })

  it('never comes on a trusted device, after a backup code, or where the app sent the person to do something', async () => {
    const person = await unchecked()
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', { code: rekey.code(person), trust: 'yes' })
    expect(browser.heading).to.equal(title)
    const coded = await givePassword(rekey, person)
    await coded.press('Use a backup code')
    await coded.press('Verify', { code: person.backupCodes[0]! })
    await coded.press('Continue')
    expect(arrived(coded)).to.equal(true)
    const sent = await signIn(rekey, person, { action: 'manage_factors' })
    expect(sent.heading).to.equal('Your sign-in methods')
    await browser.press('Not now')
    await change(person, (account) => ({ ...account, checkUp: { at: 0 } }))
    await givePassword(rekey, person, again, browser)
    expect(arrived(browser)).to.equal(true)
  })

  it('does not come between someone and their open case, nor twice in one sign-in', async () => {
    const { person } = await team(rekey, { person: { checkedUpAt: 0 } })
    const other = await givePassword(rekey, person)
    await other.press('Reset authentication device')
    await other.press('Send request')
    const browser = await signIn(rekey, person)
    expect(browser.heading).to.not.equal(title)
    await browser.press('Cancel this request')
    expect(browser.heading).to.equal(title)
    const { action, body } = browser.form('Not now')
    await browser.press('Not now')
    expect(arrived(browser)).to.equal(true)
    await browser.send(action, body)
    expect(browser.heading).to.not.equal(title)
  })
})
