import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { approve, ask, askSupport, caseOf, day } from '../support/cases.ts'
import { codeIn, enrol, givePassword, linkIn, mailsTo, openApproval } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

story('One’s own request for a reset', (rekey) => {
  const statusLinks = async ({ email }: Person) =>
    (await mailsTo(rekey, email)).map(({ text }) => linkIn(text, '/recovery/status/'))

  it('is shown at once to the browser that asked, in a new sign-in, which waits from then on', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const back = await givePassword(rekey, us.person, {}, asked.waiting)
    expect(back.heading).to.equal('Waiting for a super admin')
    expect(back.words).to.include('You can close this page.')
    expect((await caseOf(rekey, us.person)).id).to.equal(asked.id)
    await approve(rekey, us, asked)
    await back.open(back.shown.url)
    expect(back.heading).to.equal('Set up your new device')
  })

  it('waits in two tabs, and goes on in whichever the person turns to', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const tab = asked.waiting
    const older = tab.shown.url
    await givePassword(rekey, us.person, {}, tab)
    const newer = tab.shown.url
    expect(newer).to.not.equal(older)
    await tab.open(older)
    expect(tab.words).to.include('Cancel this request')
    expect(tab.words).to.not.include('Another sign-in sent this request')
    await approve(rekey, us, asked)
    for (const one of [older, newer]) {
      await tab.open(one)
      expect(tab.heading).to.equal('Set up your new device')
    }
    await enrol(rekey, tab)
    await tab.press('Continue', { saved: 'yes' })
    expect((await rekey.rp.finish(tab)).claims.sub).to.equal(us.person.id)
    // What was set up in one tab is asked for in the other.
    await tab.open(older)
    expect(tab.heading).to.equal('Enter your code')
    await tab.press('Reset authentication device')
    // The password was proven before the reset.
    await tab.press('Sign in', { email: us.person.email, password: us.person.password })
    expect(tab.heading).to.equal('Reset authentication device')
  })

  it('is ended there, and can be asked for again', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const back = await givePassword(rekey, us.person, {}, asked.waiting)
    await back.press('Cancel this request')
    expect(back.heading).to.equal('Request cancelled')
    expect((await caseOf(rekey, us.person)).status).to.equal('cancelled')
  })

  it('lets the person turn to the code when the device is found after all', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const back = await givePassword(rekey, us.person, {}, asked.waiting)
    await back.press('I have found my device')
    expect(back.heading).to.equal('Enter your code')
    await back.press('See where it stands')
    expect(back.heading).to.equal('Waiting for a super admin')
    await back.press('I have found my device')
    await back.press('Verify', { code: rekey.code(us.person) })
    expect(back.words).to.include('You asked to reset your authentication device')
    expect(back.words).to.not.include('Someone who knows your password')
    await back.press('Keep the request')
    expect((await rekey.rp.finish(back)).claims.sub).to.equal(us.person.id)
  })

  it('stands above the code in any other browser: how far it is, until when, and whose it is', async () => {
    const us = await team(rekey)
    const { waiting } = await ask(rekey, us)
    await askSupport(waiting)
    const other = await givePassword(rekey, us.person)
    expect(other.heading).to.equal('Enter your code')
    expect(other.words).to.include('Your reset request is in its security delay')
    const until = (await caseOf(rekey, us.person)).hold!.until
    expect(other.shown.text).to.include(new Date(until).toISOString())
    await other.press('Yes, that was me')
    expect(other.heading).to.equal('Security delay')
  })

  it('is stopped there by whoever didn’t send it, who goes on with their factor', async () => {
    const us = await team(rekey)
    await ask(rekey, us)
    const owner = await givePassword(rekey, us.person)
    await owner.press("This wasn't me")
    expect((await caseOf(rekey, us.person)).status).to.equal('disavowed')
    expect(owner.said).to.include('The request is stopped')
    await owner.press('Verify', { code: rekey.code(us.person) })
    expect(owner.heading).to.equal('Set a new password')
  })

  it('is seen by the link in every mail about it, and cancelled there', async () => {
    const us = await team(rekey)
    await ask(rekey, us)
    const reader = new Browser()
    const links = await statusLinks(us.person)
    await reader.open(links[0]!)
    expect(reader.heading).to.equal('Waiting for a super admin')
    expect(reader.words).to.include(us.admin.name)
    await reader.press('Cancel this request')
    expect(reader.heading).to.equal('Request cancelled')
    expect(reader.words.match(/The request is cancelled/g)).to.have.length(1)
    const after = await statusLinks(us.person)
    expect(after.length).to.be.greaterThan(links.length)
    expect(new Set(after).size).to.equal(1)
  })

  it('tells by that link how it ended, and nothing any more after weeks', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const [link] = await statusLinks(us.person)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    await admin.press('Deny', { reason: 'Nobody answered.' })
    const reader = new Browser()
    await reader.open(link!)
    expect(reader.heading).to.equal('Request denied')
    expect(reader.words).to.include('Nobody answered.')
    rekey.advance(46 * day)
    await reader.open(link!)
    expect(reader.shown.status).to.equal(404)
  })

  it('has its code mailed again, in place of the first, a few times and not at once', async () => {
    const us = await team(rekey)
    const { waiting, code } = await ask(rekey, us)
    await waiting.press('Send the code again')
    expect(waiting.said).to.include('Wait a minute')
    rekey.advance(61_000)
    await waiting.press('Send the code again')
    const codes = (await mailsTo(rekey, us.person.email)).filter(({ subject }) =>
      subject.startsWith('You asked'),
    )
    expect(codes).to.have.length(2)
    const admin = await openApproval(
      rekey,
      us.admin,
      linkIn((await mailsTo(rekey, us.admin.email))[0]!.text, '/recovery/approve/'),
    )
    await admin.press('Approve', { code, reason: 'The first one.' })
    expect(admin.heading).to.equal(`Reset ${us.person.name}'s authentication device?`)
    for (const count of [2, 3]) {
      rekey.advance(61_000)
      await waiting.press('Send the code again')
      expect(waiting.said, `${count}`).to.include('We have sent a new code')
    }
    rekey.advance(61_000)
    await waiting.press('Send the code again')
    expect(waiting.said).to.include('several codes')
    const last = (await mailsTo(rekey, us.person.email)).findLast(({ subject }) =>
      subject.startsWith('You asked'),
    )!
    await admin.press('Approve', { code: codeIn(last.text), reason: 'The last one.' })
    expect(admin.heading).to.equal('Approved')
  })

  it('names who can be turned to, unless the policy says not to', async () => {
    const us = await team(rekey)
    const browser = await givePassword(rekey, us.person)
    await browser.press('Reset authentication device')
    expect(browser.words).to.include(`You can turn to ${us.admin.name}.`)
    // Who they are is no step of its own.
    expect(browser.shown.document.querySelectorAll('ol.plan > li')).to.have.length(4)
    const quiet = await team(rekey, { policy: { nameSuperAdmins: false } })
    const other = await givePassword(rekey, quiet.person)
    await other.press('Reset authentication device')
    expect(other.words).to.not.include(quiet.admin.name)
  })

  it('of the only super admin says why nobody can be asked', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const browser = await givePassword(rekey, person)
    await browser.press('Reset authentication device')
    expect(browser.words).to.include('You are the only super admin')
  })
})
