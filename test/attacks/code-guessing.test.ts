import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { type Asked, ask, caseOf, hour, why } from '../support/cases.ts'
import { askAsWell, givePassword, openApproval } from '../support/journeys.ts'
import { type Team, team } from '../support/team.ts'

attack('Guessing the code of a request', (rekey) => {
  /** A code that is not the right one. */
  const wrong = ({ code }: Asked) => (code === '000000' ? '000001' : '000000')
  const guess = async (admin: Browser, code: string, times: number) => {
    for (let time = 0; time < times; time += 1) await admin.press('Approve', { code, reason: why })
  }
  const open = (us: Team, asked: Asked) => openApproval(rekey, us.admin, asked.approve[0]!)
  const tryAgain = async ({ person }: Team) => {
    const browser = await givePassword(rekey, person)
    await browser.press('Reset authentication device')
    await browser.press('Send request')
    return browser
  }
  const tooSoon = (minutes: number) =>
    `An earlier request was refused. You can send another one in ${minutes} minutes.`

  // Seen failing with `mostWrongCodes` of 6 (rules/recovery-case.ts).
  it('ends the request at the fifth wrong code, whoever typed it', async () => {
    const us = await team(rekey, { admins: 2 })
    const asked = await ask(rekey, us)
    const first = await open(us, asked)
    await guess(first, wrong(asked), 3)
    expect(first.said).to.include("That code isn't right")
    const second = await openApproval(rekey, us.admins[1]!, asked.approve[1]!)
    await guess(second, wrong(asked), 2)
    expect(second.words).to.include('A wrong code was entered five times, so this request was denied.')
    await first.press('Approve', { code: asked.code, reason: why })
    expect(first.heading).to.equal('There is nothing left to decide')
    expect((await caseOf(rekey, us.person)).status).to.equal('denied')
    expect((await rekey.account(us.person)).factors).to.have.length(1)
  })

  // Seen failing with the failures counted outside of `advance`: read before the update in `applyEvent` (recovery/events.ts).
  it('counts guesses that are made at the same time', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const admin = await open(us, asked)
    const { action, body } = admin.form('Approve', { code: wrong(asked), reason: why })
    const tabs = Array.from({ length: 12 }, () => tabOf(admin))
    await Promise.all(tabs.map((tab) => tab.send(action, body)))
    const { status, code } = await caseOf(rekey, us.person)
    expect({ status, failures: code.failures }).to.deep.equal({ status: 'denied', failures: 5 })
  })

  // Seen failing with `nextCaseAllowedFrom` (rules/recovery-case.ts) returning 0, and without the doubling in it.
  it('makes the next request wait, longer each time', async () => {
    const us = await team(rekey)
    for (const hours of [1, 2, 4]) {
      const asked = await ask(rekey, us)
      await guess(await open(us, asked), wrong(asked), 5)
      expect((await tryAgain(us)).said).to.equal(tooSoon(hours * 60))
      rekey.advance(hours * hour - 60_000)
      expect((await tryAgain(us)).said).to.match(/in [12] minutes?\./)
      rekey.advance(60_000)
    }
    expect((await tryAgain(us)).heading).to.equal('Waiting for a super admin')
  })

  // Seen failing with only denied requests counted in `isRefused` (rules/recovery-case.ts).
  it('is not made cheaper by cancelling before the fifth wrong code', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    await guess(await open(us, asked), wrong(asked), 4)
    await asked.waiting.press('Cancel this request')
    expect((await tryAgain(us)).said).to.equal(tooSoon(60))
  })

  // Seen failing with the case left out of `hashRecoveryCode` and the code kept from case to case (recovery/events.ts).
  it('is not helped by the code of an earlier request, nor by the link to it', async () => {
    const us = await team(rekey)
    const earlier = await ask(rekey, us)
    await earlier.waiting.press('Cancel this request')
    const later = await ask(rekey, us)
    expect(later.approve).to.not.deep.equal(earlier.approve)
    const admin = await open(us, later)
    if (earlier.code !== later.code) {
      await admin.press('Approve', { code: earlier.code, reason: why })
      expect(admin.said).to.include("That code isn't right")
    }
    const old = tabOf(admin)
    await old.open(earlier.approve[0]!)
    expect(old.words).to.include('The person has cancelled this request.')
    const { body } = admin.form('Approve', { code: later.code, reason: why })
    await old.send(earlier.approve[0]!, body)
    expect((await caseOf(rekey, us.person)).status).to.equal('awaiting_admin')
  })

  // Seen failing with a new case in place of the open one in `openRecoveryCase` (recovery/opening.ts).
  it('is not helped by asking again: a second sign-in joins the request, and no other code is sent', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const mails = rekey.mail.mails.length
    const second = await askAsWell(rekey, us.person)
    expect(second.heading).to.equal('Waiting for a super admin')
    await rekey.work()
    expect(rekey.mail.mails).to.have.length(mails)
    expect(await rekey.store.cases.find('account', us.person.id)).to.have.length(1)
    const admin = await open(us, asked)
    await guess(admin, wrong(asked), 4)
    await askAsWell(rekey, us.person)
    await guess(admin, wrong(asked), 1)
    expect((await caseOf(rekey, us.person)).status).to.equal('denied')
  })
})

/** Another tab of the same browser. */
function tabOf(browser: Browser): Browser {
  const tab = new Browser()
  return Object.assign(tab, { jar: browser.jar, shown: browser.shown })
}
