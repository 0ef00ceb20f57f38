import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { askForReset, enrol, givePassword, signIn } from '../support/journeys.ts'
import { atSecurity, eventsOf } from '../support/security.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

story('The page on which people look after their account', (rekey) => {
  it('takes the second factor of those who have one, and shows what there is', async () => {
    const person = await rekey.person()
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/security`)
    await browser.press('Sign in', { email: person.email, password: person.password })
    expect(browser.heading).to.equal('Enter your code')
    await browser.press('Verify', { code: rekey.code(person) })
    expect(browser.heading).to.equal('Security')
    const headings = browser.shown.document.querySelectorAll('h2').map((one) => one.text.trim())
    expect(headings).to.deep.equal([
      'Sign-in methods',
      'Backup codes',
      'Password',
      'Addresses for notices',
      'Where you are signed in',
      'Devices',
      'Recent activity',
    ])
    expect(browser.words).to.include('Authenticator app').and.include('10 codes are left')
    expect(browser.words).to.include('Firefox on Linux, 127.0.0.1 This browser')
    expect(browser.words).to.include('Add a second method.').and.include('Add a second address')
  })

  it('opens from the session of an app without asking again', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person)
    await rekey.rp.finish(browser)
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.heading).to.equal('Security')
  })

  it('is in Japanese for those who read it', async () => {
    const person = await rekey.person()
    const browser = new Browser({ 'accept-language': 'ja' })
    await browser.open(`${rekey.issuer}/security`)
    await browser.press('サインイン', { email: person.email, password: person.password })
    await browser.press('確認する', { code: rekey.code(person) })
    expect(browser.heading).to.equal('セキュリティ')
    expect(browser.words).to.include('最近の操作').and.include('Rekey にサインイン')
  })

  it('lets in who has no second factor, and sets one up with the sign-in that it then is', async () => {
    const person = await rekey.person({ bare: true })
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/security`)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Not now')
    expect(browser.heading).to.equal('Security')
    expect(browser.words).to.include('Only your password protects this account.')
    await browser.press('Set up a second step')
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect(browser.heading).to.equal('Security')
    expect(browser.words).to.include('Authenticator app').and.include('10 codes are left')
    await browser.follow('Change addresses')
    expect(browser.heading).to.equal('Addresses for notices')
  })

  it('lets in who was reset and has not set up anything yet', async () => {
    const person = await rekey.person({ bare: true })
    const at = rekey.now()
    await rekey.store.protections.update(person.id, (current) => [
      { ...current!, recovered: { case: 'c', route: 'admin', at } },
      undefined,
    ])
    const browser = await givePassword(rekey, person)
    await browser.press('Not now')
    await rekey.rp.finish(browser)
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.heading).to.equal('Security')
  })

  it('tells what has happened in plain words, the newest first, and no names of events', async () => {
    const person = await rekey.person()
    for (let tries = 0; tries < 3; tries += 1)
      await givePassword(rekey, { ...person, password: 'a wrong guess' })
    await rekey.rp.finish(await signIn(rekey, person))
    await rekey.app.services.audit.append({ event: 'identity.begun', subject: person.id })
    const browser = await atSecurity(rekey, person)
    const lines = browser.shown.document
      .querySelectorAll('.activity li')
      .map((one) => one.querySelector('span')!.text.replace(/\s+/g, ' ').trim())
    expect(lines).to.deep.equal([
      'Signed in to Rekey',
      'Signed in to Test App',
      'A wrong password was entered · 3 times',
    ])
    for (const event of await eventsOf(rekey, person)) expect(browser.shown.text).to.not.include(event)
  })

  it('shows an open request for a reset, and cancels it', async () => {
    const { person } = await team(rekey)
    await askForReset(rekey, person)
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', { code: rekey.code(person) })
    await browser.press('Keep the request')
    await rekey.rp.finish(browser)
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.words).to.include('A reset is under way')
    await browser.press('Cancel this request')
    expect(browser.said).to.include('The request is cancelled')
    expect(browser.words).to.not.include('A reset is under way')
    const [one] = await rekey.store.cases.find('account', person.id)
    expect(one!.status).to.equal('cancelled')
  })

  it('asks for the second factor again before it changes anything, and leads back', async () => {
    const person = await rekey.person()
    const elsewhere = await signIn(rekey, person)
    await rekey.rp.finish(elsewhere)
    const browser = await atSecurity(rekey, person)
    rekey.advance(6 * 60_000)
    await browser.press('End all other sessions')
    expect(browser.heading).to.equal('Sign in')
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) })
    expect(browser.heading).to.equal('Security')
    expect(browser.said).to.include('Nothing has changed yet')
    expect(
      (await rekey.store.sessions.find('account', person.id)).filter(({ ended }) => ended),
    ).to.deep.equal([])
    await browser.press('End all other sessions')
    expect(browser.said).to.include('All other sessions have ended')
  })

  it('has nothing of the secrets of a factor in it', async () => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person)
    const account = await rekey.account(person)
    for (const secret of [person.secret, account.passwordVersion, account.backupCodes!.codes[0]!.hash])
      expect(browser.shown.text).to.not.include(secret)
  })
})
