import { expect } from 'chai'
import { codeFactors } from '../../rules/totp.ts'
import { attack } from '../support/attack.ts'
import { ask, issuePass } from '../support/cases.ts'
import { enrol, givePassword, secretOn } from '../support/journeys.ts'
import { team } from '../support/team.ts'

attack('The page of an action', (rekey) => {
  /** A thief with the password, at a page that was opened while the owner had nothing else. */
  const thiefAt = async (action: string) => {
    const owner = await rekey.person({ bare: true })
    const thief = await givePassword(rekey, owner, { action })
    expect(thief.heading).to.equal('Set up an authenticator app')
    const own = await givePassword(rekey, owner)
    await enrol(rekey, own)
    await own.press('Continue', { saved: 'yes' })
    return { owner, thief, before: await rekey.account(owner) }
  }

  // Seen failing without `mayAct` (rules/next-step.ts).
  for (const action of ['enrol', 'reset_authenticator', 'backup_codes'])
    it(`that was opened for ${action} before there was a second factor is of no use afterwards`, async () => {
      const { owner, thief, before } = await thiefAt(action)
      const secret = secretOn(thief)
      await thief.press('Turn on', { code: rekey.code({ secret }) })
      const after = await rekey.account(owner)
      expect(after.factors).to.deep.equal(before.factors)
      expect(after.backupCodes).to.deep.equal(before.backupCodes)
      expect(new URL(thief.shown.url).searchParams.get('error')).to.equal('unmet_authentication_requirements')
    })

  // Seen failing without `mayAct`, and with enrolment put off for the action (`enrolment` in rules/next-step.ts).
  it('comes after the lost factor was replaced, where someone signs in with a one-time pass', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const pass = await issuePass(rekey, us, asked)
    const lost = (await rekey.account(us.person)).factors.map(({ id }) => id)
    const browser = await givePassword(rekey, us.person, { action: 'manage_factors' })
    await browser.press('Use a one-time pass')
    await browser.press('Verify', { code: pass })
    expect(browser.heading).to.equal('Set up an authenticator app')
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect(browser.heading).to.equal('Your sign-in methods')
    expect(codeFactors(await rekey.account(us.person)).map(({ id }) => id)).to.not.include.members(lost)
  })

  it('is not for someone who came by a one-time pass and put the new factor off', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const pass = await issuePass(rekey, us, asked)
    const browser = await givePassword(rekey, us.person, { action: 'backup_codes' })
    await browser.press('Use a one-time pass')
    await browser.press('Verify', { code: pass })
    await browser.press('Not now')
    expect(new URL(browser.shown.url).searchParams.get('error')).to.equal('unmet_authentication_requirements')
  })
})
