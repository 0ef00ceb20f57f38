import { expect } from 'chai'
import * as oidc from 'openid-client'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { expirePassword } from '../support/accounts.ts'
import { Browser } from '../support/browser.ts'
import {
  casesOf,
  codeIn,
  enrol,
  getReset,
  givePassword,
  linkIn,
  mailsTo,
  openApproval,
  proveMailbox,
  requestReset,
  signIn,
} from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const day = 86_400_000

story('"This wasn\'t me"', (rekey) => {
  const disavow = async (link: string) => {
    const browser = new Browser()
    await browser.open(link)
    await browser.press("This wasn't me")
    return browser
  }

  it('is a page that says what it is about and what the button does, and has no other button', async () => {
    const { person, admin } = await team(rekey)
    const { disavow: link } = await requestReset(rekey, person, admin)
    const browser = new Browser()
    await browser.open(link)
    expect(browser.heading).to.equal("Wasn't this you?")
    for (const words of [
      person.email,
      'Someone asked to reset your authentication device:',
      'all sessions end',
      'the super admins who were asked are told',
      'your next sign-in sets a new password',
    ])
      expect(browser.words).to.include(words)
    expect(browser.shown.document.querySelectorAll('main button').map((button) => button.text)).to.deep.equal(
      ["This wasn't me"],
    )
  })

  it('changes nothing by being opened, however often and by whatever', async () => {
    const { person, admin } = await team(rekey)
    const { disavow: link } = await requestReset(rekey, person, admin)
    const before = [await rekey.account(person), ...(await casesOf(rekey, person))]
    for (let times = 0; times < 5; times += 1) await new Browser({ 'user-agent': 'Scanner/1.0' }).open(link)
    await fetch(link, { method: 'HEAD' })
    await fetch(link, { method: 'OPTIONS' })
    expect([await rekey.account(person), ...(await casesOf(rekey, person))]).to.deep.equal(before)
  })

  it('said in two mails, and then in the first again, expires the password twice and no more', async () => {
    const { person } = await team(rekey)
    for (const _ of [1, 2]) {
      const browser = await signIn(rekey, person, { action: 'backup_codes' })
      await browser.press('Make backup codes')
      await browser.press('Continue', { saved: 'yes' })
    }
    const made = (await mailsTo(rekey, person.email)).filter(({ subject }) =>
      /^New backup codes/.test(subject),
    )
    const links = made.map(({ text }) => linkIn(text, '/recovery/disavow/'))
    expect(new Set(links)).to.have.length(2)
    for (const link of links) await disavow(link)
    await rekey.store.protections.update(person.id, (current) => {
      const { expiredVersion: _, ...renewed } = current!
      return [renewed, undefined]
    })
    const { validAfter } = await rekey.account(person)
    rekey.advance(1_000)
    for (const link of links) await disavow(link)
    expect(await rekey.account(person))
      .to.include({ validAfter })
      .and.not.have.property('passwordExpired')
  })

  it('is refused to a scanner that posts without the form’s token', async () => {
    const { person, admin } = await team(rekey)
    const { disavow: link } = await requestReset(rekey, person, admin)
    const before = [await rekey.account(person), ...(await casesOf(rekey, person))]
    for (const body of ['', 'form=', `form=${'x'.repeat(43)}`]) {
      const browser = new Browser()
      await browser.send(link, body)
      expect(browser.shown.status).to.equal(403)
    }
    expect([await rekey.account(person), ...(await casesOf(rekey, person))]).to.deep.equal(before)
  })

  it('ends the case: the page that waited says so, the approver’s link is void, the super admins are warned', async () => {
    const { person, admins } = await team(rekey, { admins: 2 })
    const [admin, second] = admins as [Person, Person]
    const { waiting, code, link, disavow: stop } = await requestReset(rekey, person, admin)
    const approver = await openApproval(rekey, admin, link)
    const browser = await disavow(stop)
    expect(browser.heading).to.equal('Stopped')
    expect((await casesOf(rekey, person))[0]!.status).to.equal('disavowed')
    await approver.press('Approve', { code, reason: 'They told me the code.' })
    expect(approver.words).to.include('The person says that this request was not made by them.')
    expect((await rekey.account(person)).factors).to.have.length(1)
    for (const { email } of [admin, second])
      await rekey.mail.next(email, new RegExp(`^Warning: the request for ${person.name} was not genuine$`))
    const told = await rekey.mail.next(person.email, /was stopped$/)
    expect(told.text).to.include('/recovery/disavow/')
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('Sign in')
  })

  it('signs everybody out, and the tokens they have are void', async () => {
    const { person, admin } = await team(rekey)
    const browser = await signIn(rekey, person)
    const { tokens, claims } = await rekey.rp.finish(browser)
    const logout = rekey.rp.nextLogout()
    await disavow((await requestReset(rekey, person, admin)).disavow)
    expect((await logout).sid).to.equal(claims.sid)
    const config = await rekey.rp.config()
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).to.deep.equal({ active: false })
    await rekey.rp.start(browser, { prompt: 'none' })
    expect(await rekey.rp.refusal(browser)).to.equal('login_required')
  })

  it('does the same when it is pressed twice, and once', async () => {
    const { person, admin } = await team(rekey)
    const { disavow: link } = await requestReset(rekey, person, admin)
    const browsers = [new Browser(), new Browser()]
    for (const browser of browsers) await browser.open(link)
    for (const browser of browsers) {
      await browser.press("This wasn't me")
      expect(browser.heading).to.equal('Stopped')
    }
    expect((await disavow(link)).heading).to.equal('Stopped')
    const subjects = (await mailsTo(rekey, admin.email)).map((mail) => mail.subject)
    expect(subjects.filter((subject) => /^Warning/.test(subject))).to.have.length(1)
    const entries = await rekey.store.audit.find('subject', person.id)
    expect(entries.filter((entry) => entry.event === 'recovery.disavowed')).to.have.length(1)
  })

  it('that was said is told by the same link, and by the page that said it when it is loaded again', async () => {
    const { person, admin } = await team(rekey)
    const { disavow: link } = await requestReset(rekey, person, admin)
    const browser = await disavow(link)
    await browser.open(link)
    expect(browser.words).to.include(`We have protected the account ${person.email}.`)
    expect(browser.words).to.include('you set a new password')
    expect(browser.words).to.not.include('Nothing happens.')
  })

  it('makes the next sign-in set a new password, only after the second factor', async () => {
    const { person, admin } = await team(rekey)
    await disavow((await requestReset(rekey, person, admin)).disavow)
    const browser = await givePassword(rekey, person)
    expect(browser.heading).to.equal('Enter your code')
    const { action, body } = browser.form('Verify')
    body.set('password', 'a stranger’s sentence')
    await browser.send(action.replace(/totp$/, 'new-password'), body)
    expect(browser.heading).to.equal('Enter your code')
    await browser.press('Verify', { code: rekey.code(person) })
    expect(browser.heading).to.equal('Set a new password')
    const field = browser.shown.document.querySelector('input[name=password]')!
    expect(field.getAttribute('autocomplete')).to.equal('new-password')
    await browser.press('Save password', { password: 'a whole new sentence' })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
    await rekey.mail.next(person.email, /^Your password was changed$/)
    const old = await givePassword(rekey, person)
    expect(old.said).to.equal('The email address or the password is wrong.')
    const next = await givePassword(rekey, { ...person, password: 'a whole new sentence' })
    expect(next.heading).to.equal('Enter your code')
  })

  it('takes no new password that is short, guessable or the old one', async () => {
    const { person, admin } = await team(rekey)
    await disavow((await requestReset(rekey, person, admin)).disavow)
    const browser = await signIn(rekey, person)
    for (const [password, said] of [
      ['short', 'That password is too short. Use at least 8 characters.'],
      ['password1234', 'That password is easy to guess. Choose another.'],
      [person.email, 'That password is easy to guess. Choose another.'],
      [person.password, 'That is your old password. Choose another.'],
      ['x'.repeat(1025), 'That password is too long.'],
    ] as const) {
      await browser.press('Save password', { password })
      expect(browser.said).to.equal(said)
      expect(browser.form('Save password').body.get('password')).to.equal('')
    }
    await browser.press('Save password', { password: 'a whole new sentence' })
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })

  it('makes a person without a factor prove the mailbox before the new password', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await protectedAndBack(person)
    expect(browser.heading).to.equal('Check your email')
    const { action, body } = browser.form('Send the code')
    body.set('password', 'a stranger’s sentence')
    await browser.send(action.replace(/mail-code\/send$/, 'new-password'), body)
    expect(browser.heading).to.equal('Check your email')
    await browser.press('Send the code')
    const mail = await rekey.mail.next(person.email, /^Your code for Rekey$/)
    await browser.press('Verify', { code: codeIn(mail.text) })
    await browser.press('Save password', { password: 'a whole new sentence' })
    expect(browser.heading).to.equal('Set up an authenticator app')
  })

  it('takes the mailed code only in the sign-in that asked, for ten minutes, and only the last one', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await protectedAndBack(person)
    await browser.press('Send the code')
    const first = codeIn((await rekey.mail.next(person.email, /^Your code/)).text)
    expect(browser.words).to.include('sent a code to').and.not.include('Older ones')
    await browser.press('Send a new code')
    expect(browser.said).to.include('Older ones no longer work.')
    const second = codeIn((await rekey.mail.next(person.email, /^Your code/)).text)
    if (first !== second) {
      await browser.press('Verify', { code: first })
      expect(browser.said).to.equal("That code isn't right. Check it and enter it again.")
    }
    const other = await givePassword(rekey, person)
    await other.press('Send the code')
    await other.press('Verify', { code: second })
    expect(other.said).to.equal("That code isn't right. Check it and enter it again.")
    rekey.advance(600_000)
    await browser.press('Verify', { code: second })
    expect(browser.said).to.equal('That code has expired. Ask for a new one.')
  })

  it('mails no more than five codes an hour to whoever knows the password', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await protectedAndBack(person)
    const codes = async () =>
      (await mailsTo(rekey, person.email)).filter(({ subject }) => /^Your code/.test(subject))
    await browser.press('Send the code')
    for (let sent = 0; sent < 5; sent += 1) await browser.press('Send a new code')
    expect(browser.said).to.equal('Too many tries. Wait a moment, then try again.')
    const again = await givePassword(rekey, person)
    await again.press('Send the code')
    expect(await codes()).to.have.length(5)
    rekey.advance(3_600_000)
    await (await givePassword(rekey, person)).press('Send the code')
    expect(await codes()).to.have.length(6)
  })

  it('lets guesses of the mailed code use up that code alone: the owner gets in with a new one at once', async () => {
    const person = await rekey.person({ bare: true })
    const stranger = await protectedAndBack(person)
    await stranger.press('Send the code')
    const first = codeIn((await rekey.mail.next(person.email, /^Your code/)).text)
    const wrong = first === '111111' ? '222222' : '111111'
    for (let times = 0; times < 5; times += 1) await stranger.press('Verify', { code: wrong })
    await stranger.press('Verify', { code: first })
    expect(stranger.heading).to.equal('Check your email')
    const owner = await givePassword(rekey, person)
    await owner.press('Send the code')
    const second = codeIn((await rekey.mail.next(person.email, /^Your code/)).text)
    await owner.press('Verify', { code: second })
    expect(owner.heading).to.equal('Set a new password')
  })

  it('works from the mail that says the reset is done, against whoever got it, and warns the super admins', async () => {
    const { person, admins } = await team(rekey, { admins: 2 })
    const thief = await getReset(rekey, person, admins[0]!)
    await thief.open(thief.shown.url)
    await thief.press('Not now')
    await rekey.rp.finish(thief)
    const mail = await rekey.mail.next(person.email, /was reset$/)
    const browser = await disavow(linkIn(mail.text, '/recovery/disavow/'))
    expect(browser.heading).to.equal('Stopped')
    await rekey.mail.next(person.email, /^Your account was protected$/)
    for (const { email } of admins)
      await rekey.mail.next(email, new RegExp(`^Warning: the request for ${person.name} was not genuine$`))
    await rekey.rp.start(thief, { prompt: 'none' })
    expect(await rekey.rp.refusal(thief)).to.equal('login_required')
    const back = await givePassword(rekey, person)
    expect(back.heading).to.equal('Check your email')
  })

  it('works from the mail about a new factor', async () => {
    const person = await rekey.person({ bare: true })
    await enrol(rekey, await givePassword(rekey, person))
    const mail = await rekey.mail.next(person.email, /^A sign-in method was added$/)
    const browser = new Browser()
    await browser.open(linkIn(mail.text, '/recovery/disavow/'))
    expect(browser.words).to.include('A sign-in method was added to your account:')
    await browser.press("This wasn't me")
    expect((await rekey.account(person)).passwordExpired).to.equal('disavowed')
  })

  it('makes the next request take the mailbox as well as the password', async () => {
    const { person, admin } = await team(rekey)
    await disavow((await requestReset(rekey, person, admin)).disavow)
    const browser = await givePassword(rekey, person)
    await browser.press('Reset authentication device')
    expect(browser.heading).to.equal('Check your email')
    await proveMailbox(rekey, person, browser)
    await browser.press('Send request')
    expect(browser.heading).to.equal('Waiting for a super admin')
  })

  it('works for two weeks after the case, and then the link is gone', async () => {
    const { person, admin } = await team(rekey)
    const { disavow: link } = await requestReset(rekey, person, admin)
    rekey.advance(17 * day)
    await rekey.work()
    const browser = new Browser()
    await browser.open(link)
    expect(browser.shown.status).to.equal(404)
    expect(browser.heading).to.equal("This link doesn't work any more")
  })

  /** Someone said "this wasn't me" about a factor that is gone again; the person comes back with the password. */
  async function protectedAndBack(person: Person): Promise<Browser> {
    const { store, clock } = rekey.app.services
    await expirePassword(store, person.id, { validAfter: clock() })
    return givePassword(rekey, person)
  }
})
