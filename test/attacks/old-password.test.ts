import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import type { Browser } from '../support/browser.ts'
import { disavow } from '../support/cases.ts'
import { askForReset, codeIn, givePassword, linkIn, mailsTo } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { atSecurity } from '../support/security.ts'
import { team } from '../support/team.ts'

const fresh = 'five quiet harbours more'

// All seen failing with `standingProofs` (rules/next-step.ts) counting every proof since `validAfter`.
attack('A password that its owner has replaced', (rekey) => {
  const lastMail = async ({ email }: Person, subject: RegExp) =>
    (await mailsTo(rekey, email)).findLast((mail) => subject.test(mail.subject))!.text

  const reload = (browser: Browser) => browser.open(browser.shown.url)

  it('lets nobody in who typed it before and waited for the owner to answer the mail', async () => {
    const person = await rekey.person({ bare: true })
    const stranger = await givePassword(rekey, person)
    await stranger.press('Not now')
    await disavow(linkIn(await lastMail(person, /new device/), '/recovery/disavow/'))
    const thief = await givePassword(rekey, person)
    expect(thief.heading).to.equal('Check your email')

    const owner = await givePassword(rekey, person)
    await owner.press('Send the code')
    await owner.press('Verify', { code: codeIn(await lastMail(person, /^Your code/)) })
    await owner.press('Save password', { password: fresh })
    expect(owner.heading).to.equal('Set up an authenticator app')

    await reload(thief)
    expect(thief.heading).to.equal('Sign in')
  })

  it('opens no recovery case from a page that it had led to', async () => {
    const { person } = await team(rekey)
    const thief = await givePassword(rekey, person)
    const form = thief.form('Reset authentication device')
    const owner = await atSecurity(rekey, person, '/password')
    await owner.press('Save password', { current: person.password, password: fresh })
    expect(owner.said).to.equal('Your new password is saved.')
    await thief.send(form.action, form.body)
    expect(thief.heading).to.equal('Sign in')
  })

  it('is of no use to the request for a reset that it opened', async () => {
    const { person } = await team(rekey)
    const owner = await atSecurity(rekey, person, '/password')
    const thief = await askForReset(rekey, person)
    await owner.press('Save password', { current: person.password, password: fresh })
    await reload(thief)
    expect(thief.heading).to.equal('Sign in')
  })
})
