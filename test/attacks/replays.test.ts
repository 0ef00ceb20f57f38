import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { approve, ask, caseOf, day, disavow, why } from '../support/cases.ts'
import { mailsTo, openApproval } from '../support/journeys.ts'
import { team } from '../support/team.ts'

attack('A link or a form that is used again', (rekey) => {
  // Seen failing without `isOpen` in `accessOf` (interactions/recovery/approve.ts), with an `approve` for `denied` in `transitions`
  // (rules/recovery-case.ts).
  it('decides nothing after the decision', async () => {
    const us = await team(rekey, { admins: 2 })
    const asked = await ask(rekey, us)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    const { action, body } = admin.form('Deny', { reason: 'Not their voice.' })
    const approval = admin.form('Approve', { code: asked.code, reason: why })
    await admin.send(action, body)
    expect(admin.heading).to.equal('Denied')
    for (let time = 0; time < 2; time += 1) {
      await admin.send(approval.action, approval.body)
      expect(admin.words).to.include('This request was denied.')
      await admin.open(asked.approve[0]!)
      expect(admin.words).to.include('This request was denied.')
    }
    const other = await openApproval(rekey, us.admins[1]!, asked.approve[1]!)
    expect(other.words).to.include('This request was denied.')
    expect((await rekey.account(us.person)).factors).to.have.length(1)
  })

  // Seen failing without `isOpen` in `accessOf`, 'already_approved' in `approve` and `lastReset` in `stripAccount`
  // (rules/enrolment.ts), with an `approve` for `completed` in `transitions`.
  it('resets nothing twice: a new factor outlives the approval that is sent again', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    const { action, body } = admin.form('Approve', { code: asked.code, reason: why })
    await admin.send(action, body)
    const enrolled = await rekey.store.protections.update(us.person.id, (current) => {
      const factors = [{ id: 'new', kind: 'totp' as const, name: '', secret: '', createdAt: rekey.now() }]
      return [{ ...current!, factors }, factors]
    })
    const mails = (await mailsTo(rekey, us.person.email)).length
    await admin.send(action, body)
    await rekey.work()
    expect((await rekey.account(us.person)).factors).to.deep.equal(enrolled)
    expect(await mailsTo(rekey, us.person.email)).to.have.length(mails)
  })

  // Seen failing without the session compared with the link's account in `accessOf` (interactions/recovery/approve.ts).
  it("decides nothing in another super admin's browser", async () => {
    const us = await team(rekey, { admins: 2 })
    const asked = await ask(rekey, us)
    const stranger = await openApproval(rekey, us.admins[1]!, asked.approve[1]!)
    const { body } = stranger.form('Approve', { code: asked.code, reason: why })
    await stranger.open(asked.approve[0]!)
    expect(stranger.words).to.include('You are signed in with an account that was not asked.')
    await stranger.send(asked.approve[0]!, body)
    expect((await caseOf(rekey, us.person)).status).to.equal('awaiting_admin')
  })

  // Seen failing without `maxAge` in `session` (interactions/console/session.ts).
  it('decides nothing by a page that was left open: the second factor must be of the last five minutes', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    rekey.advance(301_000)
    await admin.press('Approve', { code: asked.code, reason: why })
    expect(admin.heading).to.equal('Sign in')
    expect((await caseOf(rekey, us.person)).status).to.equal('awaiting_admin')
  })

  // Seen failing with a `disavowLifetime` of years (effects/notices.ts), and with tokens cut to their length in
  // `findLink` (effects/links.ts).
  it('leads nowhere once the link is too old, or is not whole', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    await approve(rekey, us, asked)
    const tokens = [asked.disavow, asked.approve[0]!]
    for (const link of tokens) {
      for (const bad of [link.slice(0, -1), `${link}x`, link.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A'))]) {
        const browser = new Browser()
        await browser.open(bad)
        expect(browser.shown.status).to.equal(404)
      }
    }
    rekey.advance(18 * day)
    for (const link of tokens) {
      const browser = new Browser()
      await browser.open(link)
      expect(browser.shown.status).to.equal(404)
    }
    await disavow(asked.disavow).then(
      () => expect.fail('the button is still there'),
      (error) => expect(error.message).to.include('no button'),
    )
  })
})
