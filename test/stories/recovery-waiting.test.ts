import { expect } from 'chai'
import { acrMultiFactor } from '../../rules/assurance.ts'
import type { Browser } from '../support/browser.ts'
import { supportLink } from '../support/cases.ts'
import {
  askForReset,
  casesOf,
  codeIn,
  givePassword,
  linkIn,
  mailsTo,
  openApproval,
} from '../support/journeys.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const day = 86_400_000

story('Waiting for a super admin', (rekey) => {
  const statusOf = async (browser: Browser) => {
    const page = browser.shown.url
    await browser.open(`${page}/status`)
    const { status, text } = browser.shown
    await browser.open(page)
    return { status, body: JSON.parse(text) }
  }

  it('shows where the request stands, since when, and what to do with the code', async () => {
    const { person } = await team(rekey)
    const browser = await askForReset(rekey, person)
    expect(browser.heading).to.equal('Waiting for a super admin')
    for (const words of ['We have asked 1 super admin of Hanami.', person.email, 'Firefox'])
      expect(browser.words).to.include(words)
    const steps = browser.shown.document.querySelectorAll('.steps li')
    expect(steps.map((step) => step.getAttribute('class'))).to.deep.equal(['done', 'now', 'later', 'later'])
    expect(browser.shown.document.querySelector('.steps [aria-current=step]')!.text).to.include(
      'Super admin asked',
    )
    const [opened] = await casesOf(rekey, person)
    expect(browser.shown.text).to.include(new Date(opened!.expiresOn).toISOString())
    expect(browser.shown.text).to.not.include(opened!.id)
  })

  it('loads itself again where there is no script', async () => {
    const { person } = await team(rekey)
    const browser = await askForReset(rekey, person)
    const refresh = /<noscript><meta http-equiv="refresh" content="\d+"><\/noscript>/
    expect(browser.shown.text).to.match(refresh)
    // Not while there is something to write, which would be gone.
    await browser.follow(supportLink)
    expect(browser.shown.document.querySelector('textarea[name=statement]')).to.not.equal(null)
    expect(browser.shown.text).to.not.match(refresh)
    await browser.follow('Load the page again')
    expect(browser.heading).to.equal('Waiting for a super admin')
    expect(browser.shown.text).to.match(refresh)
    await browser.follow(supportLink)
    await browser.press('Ask support', { statement: 'My phone fell into a lake.' })
    expect(browser.shown.text).to.match(refresh)
  })

  it('tells a script the status as JSON that nothing may keep', async () => {
    const { person, admin } = await team(rekey)
    const browser = await askForReset(rekey, person)
    const page = browser.shown.url
    await browser.open(`${page}/status`)
    expect(browser.shown.headers.get('content-type')).to.match(/^application\/json/)
    expect(browser.shown.headers.get('cache-control')).to.equal('no-store')
    expect(JSON.parse(browser.shown.text)).to.deep.equal({ status: 'awaiting_admin' })
    const [own, request] = [await rekey.mail.next(person.email, /./), await rekey.mail.next(admin.email, /./)]
    const approver = await openApproval(rekey, admin, linkIn(request.text, '/recovery/approve/'))
    await approver.press('Approve', { code: codeIn(own.text), reason: 'Knows the voice.' })
    await browser.open(page)
    expect((await statusOf(browser)).body).to.deep.equal({ status: 'enrol_totp' })
  })

  it('tells another browser nothing', async () => {
    const { person } = await team(rekey)
    const page = (await askForReset(rekey, person)).shown.url
    const other = await givePassword(rekey, await rekey.person())
    for (const url of [page, `${page}/status`]) {
      await other.open(url)
      expect(other.shown.status).to.equal(400)
      expect(other.heading).to.equal('This sign-in has expired')
    }
  })

  it('goes on waiting for days, in the browser that asked', async () => {
    const { person } = await team(rekey)
    const browser = await askForReset(rekey, person)
    rekey.advance(2.9 * day)
    await rekey.work()
    await browser.open(browser.shown.url)
    expect(browser.heading).to.equal('Waiting for a super admin')
  })

  it('is ended by the person: everyone is told, the link is void, and nothing has changed', async () => {
    const { person, admin } = await team(rekey)
    const before = await rekey.account(person)
    const browser = await askForReset(rekey, person)
    const request = await rekey.mail.next(admin.email, /asks you/)
    await browser.press('Cancel this request')
    expect(browser.heading).to.equal('Request cancelled')
    await rekey.mail.next(person.email, /was cancelled$/)
    await rekey.mail.next(admin.email, /request has ended$/)
    const approver = await openApproval(rekey, admin, linkIn(request.text, '/recovery/approve/'))
    expect(approver.words).to.include('The person has cancelled this request.')
    expect(await rekey.account(person)).to.deep.equal(before)
    await browser.press('Back to sign-in')
    await browser.press('Verify', { code: rekey.code(person) })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
  })

  it('can begin anew at once after the person ended it, with a new code', async () => {
    const { person, admin } = await team(rekey)
    const browser = await askForReset(rekey, person)
    await browser.press('Cancel this request')
    await browser.press('Back to sign-in')
    await browser.press('Reset authentication device')
    await browser.press('Send request')
    expect(browser.heading).to.equal('Waiting for a super admin')
    await rekey.work()
    const requests = (await mailsTo(rekey, admin.email)).filter((mail) => /asks you/.test(mail.subject))
    const codes = (await mailsTo(rekey, person.email)).filter((mail) => /^You asked/.test(mail.subject))
    expect([requests.length, codes.length]).to.deep.equal([2, 2])
    const approver = await openApproval(rekey, admin, linkIn(requests[1]!.text, '/recovery/approve/'))
    await approver.press('Approve', { code: codeIn(codes[0]!.text), reason: 'The first code.' })
    expect(approver.said).to.equal("That code isn't right. Ask the person to read it to you again.")
    await approver.press('Approve', { code: codeIn(codes[1]!.text), reason: 'The second code.' })
    expect(approver.heading).to.equal('Approved')
  })

  it('shows a denial with its reason, and lets the person go back to the code', async () => {
    const { person, admin } = await team(rekey)
    const browser = await askForReset(rekey, person)
    const request = await rekey.mail.next(admin.email, /asks you/)
    const approver = await openApproval(rekey, admin, linkIn(request.text, '/recovery/approve/'))
    await approver.press('Deny', { reason: '<b>Nobody</b> answered & called back.' })
    await browser.open(browser.shown.url)
    expect(browser.heading).to.equal('Request denied')
    expect(browser.words).to.include('<b>Nobody</b> answered & called back.')
    expect(browser.shown.text).to.not.include('<b>Nobody')
    await browser.press('Back to sign-in')
    expect(browser.heading).to.equal('Enter your code')
  })

  it('is left by signing in with the old factor after all, which asks whether to keep the request', async () => {
    const { person, admin } = await team(rekey)
    await askForReset(rekey, person)
    const found = await givePassword(rekey, person)
    await found.press('Verify', { code: rekey.code(person) })
    expect(found.heading).to.equal('A reset is under way')
    await found.press('Cancel this request')
    expect((await rekey.rp.finish(found)).claims.acr).to.equal(acrMultiFactor)
    await rekey.mail.next(admin.email, /request has ended$/)
    expect((await casesOf(rekey, person))[0]!.status).to.equal('cancelled')
  })
})
