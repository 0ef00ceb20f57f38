import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { casesOf, enrol, mailsTo, openApproval, requestReset, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const minute = 60_000

story('Approval by a super admin', (rekey) => {
  const statusOf = async (person: Person) => (await casesOf(rekey, person)).at(-1)!.status

  it('needs a sign-in with a second factor, and then shows who asks, from where, when and for what', async () => {
    const { person, admin } = await team(rekey)
    await signIn(rekey, person)
    const { link } = await requestReset(rekey, person, admin)
    const browser = new Browser()
    await browser.open(link)
    expect(browser.heading).to.equal('Sign in')
    expect(browser.words).to.not.include(person.name)
    expect(browser.form('Sign in').body.get('email')).to.equal(admin.email)
    await browser.press('Sign in', { email: admin.email, password: admin.password })
    expect(browser.heading).to.equal('Enter your code')
    await browser.press('Verify', { code: rekey.code(admin) })
    expect(browser.shown.url).to.equal(link)
    expect(browser.heading).to.equal(`Reset ${person.name}'s authentication device?`)
    for (const words of [
      person.email,
      'Hanami',
      'Test App',
      'Firefox',
      'Linux',
      'Member since',
      'Last sign-in',
    ])
      expect(browser.words).to.include(words)
    expect(browser.words).to.match(/Network address(127\.0\.0\.1|::1)/)
    const [opened] = await casesOf(rekey, person)
    expect(browser.shown.text).to.include(new Date(opened!.openedAt).toISOString())
  })

  it('asks for nothing again of someone who has just signed in with a second factor', async () => {
    const { person, admin } = await team(rekey)
    const { link } = await requestReset(rekey, person, admin)
    const browser = await signIn(rekey, admin)
    await browser.open(link)
    expect(browser.shown.url).to.equal(link)
    expect(browser.words).to.include(person.email)
  })

  it('asks for everything again when the second factor is older than five minutes', async () => {
    const { person, admin } = await team(rekey)
    const { link, code } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    const { action, body } = browser.form('Approve', { code, reason: 'Called.' })
    rekey.advance(5 * minute + 1000)
    await browser.send(action, body)
    expect(browser.heading).to.equal('Sign in')
    expect(await statusOf(person)).to.equal('awaiting_admin')
    await browser.press('Sign in', { email: admin.email, password: admin.password })
    await browser.press('Verify', { code: rekey.code(admin) })
    await browser.press('Approve', { code, reason: 'Called.' })
    expect(browser.heading).to.equal('Approved')
  })

  it('is not reached with a password alone', async () => {
    const { organization, person, admin } = await team(rekey)
    const bare = await rekey.person({ bare: true, memberships: [{ organization, role: 'super_admin' }] })
    const { link } = await requestReset(rekey, person, bare)
    const browser = new Browser()
    await rekey.rp.start(browser)
    await browser.press('Sign in', { email: bare.email, password: bare.password })
    await browser.press('Not now')
    await browser.open(link)
    expect(browser.heading).to.equal('Set up an authenticator app')
    expect(browser.words).to.not.include(person.email)
    expect(browser.words).to.not.include('Not now')
    expect(await mailsTo(rekey, admin.email)).to.have.length(1)
  })

  it('is not for a super admin whose own factor is new', async () => {
    const { organization, person } = await team(rekey)
    const bare = await rekey.person({ bare: true, memberships: [{ organization, role: 'super_admin' }] })
    const { link } = await requestReset(rekey, person, bare)
    const browser = new Browser()
    await browser.open(link)
    await browser.press('Sign in', { email: bare.email, password: bare.password })
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect(browser.shown.status).to.equal(403)
    expect(browser.words).to.include('Your own sign-in methods changed less than a day ago.')
  })

  it('is not for someone else at the link, who can change to the account that was asked', async () => {
    const { organization, person, admin } = await team(rekey)
    const second = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const { link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, second, link)
    expect(browser.shown.status).to.equal(403)
    expect(browser.words).to.include('You are signed in with an account that was not asked.')
    expect(browser.words).to.not.include(person.email)
    await browser.follow('Sign in with another account')
    expect(browser.heading).to.equal('Sign in')
    await browser.press('Sign in', { email: admin.email, password: admin.password })
    await browser.press('Verify', { code: rekey.code(admin) })
    // The library's page on which a script signs the other account out; without one there is a button.
    await browser.press('Continue')
    expect(browser.heading).to.include(person.name)
  })

  it('is not for the person who asks, though a super admin hands over the link', async () => {
    const { admins } = await team(rekey, { admins: 2 })
    const [subject, other] = admins as [Person, Person]
    const { link } = await requestReset(rekey, subject, other)
    const browser = await openApproval(rekey, subject, link)
    await browser.press('Keep the request')
    expect(browser.shown.status).to.equal(403)
    expect(browser.words).to.include("You can't decide your own request.")
  })

  it('is not for someone who was a super admin when the mail was sent and is none now', async () => {
    const { organization, person, admin } = await team(rekey)
    const { code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    await rekey.store.memberships.update(`${organization}:${admin.id}`, (current) => {
      const { superAdminOf: _of, superAdminSince: _since, ...rest } = current!
      return [{ ...rest, role: 'member' }, undefined]
    })
    await browser.press('Approve', { code, reason: 'Was a super admin this morning.' })
    expect(browser.shown.status).to.equal(403)
    expect(browser.words).to.include('You are not a super admin of this organization any more.')
    expect(await statusOf(person)).to.equal('awaiting_admin')
  })

  it('is not for a super admin who was deactivated meanwhile', async () => {
    const { person, admin } = await team(rekey)
    const { code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    const { action, body } = browser.form('Approve', { code, reason: 'Called.' })
    await rekey.store.people.update(admin.id, (current) => [
      { ...current!, status: 'deactivated' },
      undefined,
    ])
    await browser.send(action, body)
    await browser.press('Sign in', { email: admin.email, password: admin.password })
    expect(browser.heading).to.equal('This account is deactivated')
    expect(await statusOf(person)).to.equal('awaiting_admin')
  })

  it('changes nothing by being looked at, however often', async () => {
    const { person, admin } = await team(rekey)
    const { link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    const before = await casesOf(rekey, person)
    for (let times = 0; times < 5; times += 1) await browser.open(link)
    expect(await casesOf(rekey, person)).to.deep.equal(before)
  })

  it('needs a decision, a reason, and for an approval the code; what was typed stays', async () => {
    const { person, admin } = await team(rekey)
    const { code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    await browser.press('Approve', { code, reason: '  ' })
    expect(browser.said).to.equal('Say in a few words why you decide so.')
    await browser.press('Approve', { code: '', reason: 'Met in the hall.' })
    expect(browser.said).to.equal('Enter the six-digit code.')
    expect(browser.form('Approve').body.get('reason')).to.equal('Met in the hall.')
    await browser.press('Approve', { code, reason: 'x'.repeat(501) })
    expect(browser.said).to.equal('That text is too long. Make it shorter.')
    const { action, body } = browser.form('Approve', { code, reason: 'Met in the hall.' })
    body.delete('decision')
    await browser.send(action, body)
    expect(browser.said).to.equal('Choose Approve or Deny.')
    expect(await statusOf(person)).to.equal('awaiting_admin')
    expect((await casesOf(rekey, person))[0]!.code.failures).to.equal(0)
  })

  it('takes the code with spaces and full-width digits', async () => {
    const { person, admin } = await team(rekey)
    const { code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    const wide = code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
    await browser.press('Approve', { code: ` ${wide.slice(0, 3)} ${wide.slice(3)}`, reason: 'Called.' })
    expect(browser.heading).to.equal('Approved')
  })

  it('counts wrong codes, and denies the case at the fifth, which approver and person see', async () => {
    const { person, admins } = await team(rekey, { admins: 2 })
    const [admin, second] = admins as [Person, Person]
    const { waiting, code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    const wrong = code === '111111' ? '222222' : '111111'
    for (const left of ['4 tries left', '3 tries left', '2 tries left', '1 try left']) {
      await browser.press('Approve', { code: wrong, reason: 'Called.' })
      expect(browser.said).to.equal("That code isn't right. Ask the person to read it to you again.")
      expect(browser.words).to.include(left)
      expect(browser.form('Approve').body.get('reason')).to.equal('Called.')
    }
    await browser.press('Approve', { code: wrong, reason: 'Called.' })
    expect(browser.words).to.include('A wrong code was entered five times, so this request was denied.')
    expect(await statusOf(person)).to.equal('denied')
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('Request denied')
    await rekey.mail.next(person.email, /was denied$/)
    await browser.open(link)
    expect(browser.words).to.include('This request was denied.')
    const request = await rekey.mail.next(second.email, /asks you/)
    const late = await openApproval(rekey, second, /https?:\S+\/approve\/\S+/.exec(request.text)![0])
    expect(late.words).to.include('This request was denied.')
    expect((await rekey.account(person)).factors).to.have.length(1)
  })

  it('counts wrong codes of all approvers together', async () => {
    const { person, admins } = await team(rekey, { admins: 2 })
    const [admin, second] = admins as [Person, Person]
    const { code, link } = await requestReset(rekey, person, admin)
    const request = await rekey.mail.next(second.email, /asks you/)
    const browsers = [
      await openApproval(rekey, admin, link),
      await openApproval(rekey, second, /https?:\S+\/approve\/\S+/.exec(request.text)![0]),
    ]
    const wrong = code === '111111' ? '222222' : '111111'
    for (const at of [0, 1, 0, 1]) await browsers[at]!.press('Approve', { code: wrong, reason: 'Called.' })
    await browsers[0]!.press('Approve', { code: wrong, reason: 'Called.' })
    expect(browsers[0]!.words).to.include('A wrong code was entered five times')
    await browsers[1]!.press('Approve', { code, reason: 'The right one, too late.' })
    expect(browsers[1]!.words).to.include('This request was denied.')
  })

  it('can be denied without a code; the person reads the reason, by mail too', async () => {
    const { person, admin } = await team(rekey, { person: { addresses: ['home@people.example'] } })
    const { waiting, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    await browser.press('Deny', { reason: 'Did not answer the phone.' })
    expect(browser.heading).to.equal('Denied')
    await waiting.open(waiting.shown.url)
    expect(waiting.words).to.include('Did not answer the phone.')
    for (const address of [person.email, 'home@people.example']) {
      const mail = await rekey.mail.next(address, /was denied$/)
      expect(mail.text).to.include('Reason given: Did not answer the phone.')
      expect(mail.text).to.include('/recovery/disavow/')
    }
    expect((await rekey.account(person)).factors).to.have.length(1)
  })

  it('refuses a form without its token, or with another session’s', async () => {
    const { person, admins } = await team(rekey, { admins: 2 })
    const [admin, second] = admins as [Person, Person]
    const { code, link } = await requestReset(rekey, person, admin)
    const request = await rekey.mail.next(second.email, /asks you/)
    const other = await openApproval(rekey, second, /https?:\S+\/approve\/\S+/.exec(request.text)![0])
    const foreign = other.form('Approve').body.get('form')!
    const browser = await openApproval(rekey, admin, link)
    for (const form of ['', foreign, 'x'.repeat(43)]) {
      const { action, body } = browser.form('Approve', { code, reason: 'Forged.' })
      body.set('form', form)
      await browser.send(action, body)
      expect(browser.shown.status).to.equal(403)
      expect(browser.heading).to.equal('This page was out of date')
      await browser.open(link)
    }
    expect(await statusOf(person)).to.equal('awaiting_admin')
  })

  it('is decided once: whoever comes later sees that it was decided', async () => {
    const { person, admins } = await team(rekey, { admins: 2 })
    const [admin, second] = admins as [Person, Person]
    const { code, link } = await requestReset(rekey, person, admin)
    const request = await rekey.mail.next(second.email, /asks you/)
    const browsers = [
      await openApproval(rekey, admin, link),
      await openApproval(rekey, second, /https?:\S+\/approve\/\S+/.exec(request.text)![0]),
    ]
    await Promise.all(browsers.map((browser) => browser.press('Approve', { code, reason: 'Called.' })))
    const headings = browsers.map((browser) => browser.heading).toSorted()
    expect(headings).to.deep.equal(['Approved', 'There is nothing left to decide'])
    const mails = (await mailsTo(rekey, person.email)).map((mail) => mail.subject)
    expect(mails.filter((subject) => /was reset$/.test(subject))).to.have.length(1)
    const entries = await rekey.store.audit.find('subject', person.id)
    expect(entries.filter((entry) => entry.event === 'recovery.completed')).to.have.length(1)
  })

  it('is told the same when the form is sent a second time', async () => {
    const { person, admin } = await team(rekey)
    const { code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    const { action, body } = browser.form('Approve', { code, reason: 'Called.' })
    await browser.send(action, body)
    expect(browser.heading).to.equal('Approved')
    await browser.send(action, body)
    expect(browser.words).to.include('This request was approved.')
    const mails = (await mailsTo(rekey, person.email)).map((mail) => mail.subject)
    expect(mails.filter((subject) => /was reset$/.test(subject))).to.have.length(1)
  })

  it('takes two super admins where the organization wants two', async () => {
    const { person, admins } = await team(rekey, { admins: 2, policy: { approvals: 2 } })
    const [admin, second] = admins as [Person, Person]
    const { waiting, code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    await browser.press('Approve', { code, reason: 'Called.' })
    expect(browser.heading).to.equal('Your approval is recorded')
    await browser.open(link)
    await browser.press('Approve', { code, reason: 'Called once more.' })
    expect(await statusOf(person)).to.equal('awaiting_admin')
    expect((await rekey.account(person)).factors).to.have.length(1)
    const request = await rekey.mail.next(second.email, /asks you/)
    const other = await openApproval(rekey, second, /https?:\S+\/approve\/\S+/.exec(request.text)![0])
    await other.press('Approve', { code, reason: 'Saw them at lunch.' })
    expect(other.heading).to.equal('Approved')
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('Set up your new device')
  })

  it('waits as long as the organization wants before anything is reset, and can be stopped until then', async () => {
    const { person, admin } = await team(rekey, { policy: { holdAfterApprovalHours: 24 } })
    const { waiting, code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    await browser.press('Approve', { code, reason: 'Called.' })
    await rekey.mail.next(person.email, /was approved$/)
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('Approved')
    expect((await rekey.account(person)).factors).to.have.length(1)
    rekey.advance(23 * 60 * minute)
    await rekey.work()
    expect((await rekey.account(person)).factors).to.have.length(1)
    rekey.advance(60 * minute)
    await rekey.work()
    expect((await rekey.account(person)).factors).to.deep.equal([])
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('Set up your new device')
  })

  it('is in the audit log with who decided, about whom, and why', async () => {
    const { person, admin } = await team(rekey)
    const { code, link } = await requestReset(rekey, person, admin)
    const browser = await openApproval(rekey, admin, link)
    await browser.press('Approve', { code, reason: 'Called, and knew the voice.' })
    const entries = await rekey.store.audit.find('subject', person.id)
    const events = entries.filter((entry) => entry.event.startsWith('recovery.'))
    expect(events.map((entry) => entry.event)).to.deep.equal([
      'recovery.awaiting_admin',
      'recovery.completing',
      'recovery.completed',
    ])
    expect(events[1]!.actor).to.equal(admin.id)
    expect(events[1]!.detail.reason).to.equal('Called, and knew the voice.')
  })
})
