import { expect } from 'chai'
import { acrMultiFactor, acrPassword } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { codeIn, givePassword, mailsTo, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const password = 'five quiet harbours more'
const minute = 60_000

story('A forgotten password', (rekey) => {
  /** Opens a sign-in, and has a code mailed to an address. */
  const forget = async (email: string, browser = new Browser()): Promise<Browser> => {
    await rekey.rp.start(browser)
    await browser.press('Forgot your password?')
    await browser.press('Send the code', { email })
    return browser
  }

  const codeFor = async (person: Person): Promise<string> =>
    codeIn((await mailsTo(rekey, person.email)).findLast(({ subject }) => /^Your code/.test(subject))!.text)

  /** Past the mailbox. */
  const proveMailbox = async (person: Person): Promise<Browser> => {
    const browser = await forget(person.email)
    await browser.press('Verify', { code: await codeFor(person) })
    return browser
  }

  it('takes along the address that was typed, there and back, and leaves it to nobody else', async () => {
    const person = await rekey.person()
    const browser = new Browser()
    await rekey.rp.start(browser)
    const email = () => browser.shown.document.querySelector('input[name=email]')!.getAttribute('value')
    await browser.press('Forgot your password?', { email: ` ${person.email}`, password: 'half of it' })
    expect([browser.heading, email()]).to.deep.equal(['Forgot your password?', person.email])
    expect(browser.shown.text).to.not.include('half of it')
    await browser.press('Back to sign-in')
    expect([browser.heading, email()]).to.deep.equal(['Sign in', person.email])
    await browser.press('Sign in', { password: person.password })
    await browser.press('Use another account')
    expect(email()).to.equal('')
  })

  it('is replaced by whoever has the mailbox and the second factor; every other session ends', async () => {
    const person = await rekey.person()
    const elsewhere = await signIn(rekey, person)
    await rekey.rp.finish(elsewhere)
    const under = await givePassword(rekey, person)
    const browser = await proveMailbox(person)
    expect(browser.heading).to.equal('Enter your code')
    await browser.press('Verify', { code: rekey.code(person) })
    expect(browser.heading).to.equal('Set a new password')
    await browser.press('Save password', { password })
    const { claims } = await rekey.rp.finish(browser)
    expect([claims.sub, claims.acr]).to.deep.equal([person.id, acrMultiFactor])
    expect(claims.amr).to.have.members(['pwd', 'otp', 'mfa'])

    await rekey.rp.start(elsewhere, { prompt: 'none' })
    expect(await rekey.rp.refusal(elsewhere)).to.equal('login_required')
    await under.open(under.shown.url)
    expect(under.heading).to.equal('Sign in')
    const old = await givePassword(rekey, person)
    expect(old.heading).to.equal('Sign in')
    const again = await givePassword(rekey, { ...person, password })
    expect(again.heading).to.equal('Enter your code')
    const mail = await rekey.mail.next(person.email, /password was changed/i)
    expect(mail.text).to.include("This wasn't me")
    const events = (await rekey.store.audit.find('subject', person.id)).map(({ event }) => event)
    expect(events).to.include.members(['password.forgotten', 'password.reset'])
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.words).to.include('Forgotten password replaced')
  })

  it('is replaced by the mailbox alone where there is no second factor, and tells the app no more', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await proveMailbox(person)
    await browser.press('Save password', { password })
    await browser.press('Not now')
    const { claims } = await rekey.rp.finish(browser)
    expect(claims).to.deep.include({ acr: acrPassword, amr: ['pwd'] })
  })

  it('takes a backup code as the second factor too', async () => {
    const person = await rekey.person()
    const browser = await proveMailbox(person)
    await browser.press('Use a backup code')
    await browser.press('Verify', { code: person.backupCodes[0]! })
    expect(browser.heading).to.equal('Set a new password')
  })

  it('looks the same for an address that nobody has, or whose account is deactivated', async () => {
    const known = await rekey.person()
    const deactivated = await rekey.person({ status: 'deactivated' })
    const said: string[][] = []
    for (const email of [known.email, deactivated.email, 'nobody@people.example']) {
      const browser = await forget(email)
      const pages = [browser.words.replaceAll(email, 'X')]
      for (let tries = 0; tries < 6; tries += 1) {
        await browser.press('Verify', { code: '000000' })
        pages.push(browser.words.replaceAll(email, 'X'))
      }
      rekey.advance(11 * minute)
      await browser.press('Verify', { code: '000000' })
      said.push([...pages, browser.words.replaceAll(email, 'X')])
    }
    expect(said[0]!.join()).to.include('Too many tries').and.to.include('has expired')
    expect(said[1]).to.deep.equal(said[0])
    expect(said[2]).to.deep.equal(said[0])
    expect((await mailsTo(rekey, deactivated.email)).length).to.equal(0)
  })

  it('takes the code of this sign-in, once, for ten minutes, and the last one that was sent', async () => {
    const person = await rekey.person()
    const first = await forget(person.email)
    const code = await codeFor(person)
    const second = await forget(person.email)
    await second.press('Verify', { code })
    expect(second.said).to.include("isn't right")
    await first.press('Send a new code')
    expect(first.said).to.include('a new code is on its way')
    await first.press('Verify', { code })
    expect(first.said).to.include("isn't right")
    await first.press('Verify', { code: await codeFor(person) })
    expect(first.heading).to.equal('Enter your code')
  })

  it('fills no mailbox: a few codes an hour, for one address', async () => {
    const person = await rekey.person()
    for (let times = 0; times < 6; times += 1) {
      const browser = await forget(person.email)
      expect(browser.said).to.equal(times < 5 ? '' : 'Too many tries. Wait a moment, then try again.')
    }
    expect(await mailsTo(rekey, person.email)).to.have.length(5)
    rekey.advance(13 * minute)
    expect((await forget(person.email)).words).to.include('a code is on its way')
  })

  it('and a lost device together lead to people, never to a reset by the mailbox', async () => {
    const { person } = await team(rekey)
    const browser = await proveMailbox(person)
    await browser.press('Reset authentication device')
    expect(browser.heading).to.equal("You can't set a password here")
    expect(browser.words).to.include('in person or by phone')
    expect(await rekey.store.cases.find('account', person.id)).to.deep.equal([])
    await browser.press('Back to the second factor')
    expect(browser.heading).to.equal('Enter your code')
    await browser.press('Reset authentication device')
    await browser.press('Back to sign-in')
    expect(browser.heading).to.equal('Sign in')
  })

  it('is remembered after all: back to the sign-in, and nothing was changed', async () => {
    const person = await rekey.person()
    const browser = await forget(person.email)
    await browser.press('Back to sign-in')
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) })
    await rekey.rp.finish(browser)
  })

  it('asks for an address and a code', async () => {
    const browser = await forget(' ')
    expect(browser.said).to.equal('Enter your email address.')
    await browser.press('Send the code', { email: `${'x'.repeat(300)}@people.example` })
    expect(browser.said).to.equal('Enter your email address.')
    await browser.press('Send the code', { email: 'somebody@people.example' })
    await browser.press('Verify', { code: ' ' })
    expect(browser.shown.document.querySelector('[role=alert]')).to.not.equal(null)
  })
})
