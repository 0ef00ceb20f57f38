import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { ask } from '../support/cases.ts'
import { givePassword, mailsTo, signIn } from '../support/journeys.ts'
import { team } from '../support/team.ts'

attack('An address for notices that takes no mail', (rekey) => {
  afterEach(() => {
    rekey.mail.busy.clear()
    // What isn't taken is said in the log, and tried again.
    for (const line of rekey.logged.splice(0)) expect(JSON.parse(line).msg).to.equal('not delivered')
  })

  const withBusyAddress = async () => {
    const busy = `busy-${rekey.mail.mails.length}@evil.example`
    const us = await team(rekey, { person: { addresses: [busy] } })
    rekey.mail.busy.add(busy)
    return { us, busy }
  }

  // Seen failing with one queue a person in `queueFor` (effects/notices.ts).
  it('holds up no notice to the other addresses, nor the code of a request', async () => {
    const { us, busy } = await withBusyAddress()
    await signIn(rekey, us.person)
    await signIn(rekey, us.person)
    const asked = await ask(rekey, us)
    expect(asked.code).to.match(/^\d{6}$/)
    const subjects = (await mailsTo(rekey, us.person.email)).map(({ subject }) => subject)
    expect(subjects.filter((subject) => /new device/i.test(subject))).to.have.length.greaterThan(1)
    expect(await mailsTo(rekey, busy)).to.deep.equal([])
  })

  it('holds up no mailed code', async () => {
    const { us } = await withBusyAddress()
    await signIn(rekey, us.person)
    const browser = new Browser()
    await rekey.rp.start(browser)
    await browser.press('Forgot your password?')
    await browser.press('Send the code', { email: us.person.email })
    const mails = await mailsTo(rekey, us.person.email)
    expect(mails.map(({ subject }) => subject)).to.include('Your code for Rekey')
  })

  it('gets everything in its order once it takes mail again', async () => {
    const { us, busy } = await withBusyAddress()
    await ask(rekey, us)
    rekey.mail.busy.clear()
    rekey.advance(3_600_000)
    await rekey.work()
    await givePassword(rekey, us.person)
    const subjects = (await mailsTo(rekey, busy)).map(({ subject }) => subject)
    expect(subjects).to.include('You asked to reset your authentication device')
  })
})
