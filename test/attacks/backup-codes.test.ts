import { expect } from 'chai'
import { acrRecovered } from '../../rules/assurance.ts'
import { attack } from '../support/attack.ts'
import { approve, ask, issuePass } from '../support/cases.ts'
import { givePassword, mailsTo } from '../support/journeys.ts'
import { insisting } from '../support/relying-app.ts'
import { team } from '../support/team.ts'

attack('Backup codes', (rekey) => {
  // From the source of Kratos. Seen failing without `steps.includes(…)` in `act` (interactions/sign-in/routes.ts) and with
  // `withProof(current, 'backup_code', now)` in `issueCodes` (account/issue-codes.ts).
  it('that are made in a recovered sign-in raise it to nothing', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    await approve(rekey, us, asked)
    const browser = await asked.waiting.open(asked.waiting.shown.url).then(() => asked.waiting)
    const form = browser.form('Not now').body.get('form')!
    const at = `${rekey.issuer}${new URL(browser.shown.url).pathname}`
    for (const path of ['backup-codes/new', 'backup-codes', 'codes-left'])
      await browser.send(`${at}/${path}`, new URLSearchParams({ form, saved: 'yes', next: 'new' }))
    expect(browser.heading).to.equal('Set up your new device')
    expect((await rekey.account(us.person)).backupCodes?.codes).to.deep.equal([])
    await browser.press('Not now')
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.acr).to.equal(acrRecovered)
    expect(claims.amr).to.deep.equal(['pwd'])
  })

  // Seen failing with `backup_code` in place of `pass` in `enterPass` (interactions/sign-in/steps/pass.ts).
  it('or a one-time pass, which is read like one, do not make a sign-in multi-factor', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const pass = await issuePass(rekey, us, asked)
    await asked.waiting.open(asked.waiting.shown.url)
    await asked.waiting.press('Verify', { code: pass })
    await asked.waiting.press('Not now')
    expect((await rekey.rp.finish(asked.waiting)).claims.acr).to.equal(acrRecovered)
    await rekey.rp.start(asked.waiting, insisting)
    expect(asked.waiting.heading).to.equal('Enter your code')
  })

  // keycloak#44115. Seen failing with `challenge` (rules/next-step.ts) asking first for what is older.
  it('are not asked for in place of the authenticator app, whichever is older', async () => {
    for (const age of [-1, 1]) {
      const person = await rekey.person()
      await rekey.store.protections.update(person.id, (current) => {
        const codes = current!.backupCodes!
        const createdAt = current!.factors[0]!.createdAt + age * 1000
        return [{ ...current!, backupCodes: { ...codes, createdAt } }, undefined]
      })
      expect((await givePassword(rekey, person)).heading).to.equal('Enter your code')
    }
  })

  // Logto and Kratos, from their sources. Seen failing with `redeemBackupCode` given the account of the visit instead of
  // `current` in `enterCode` (interactions/sign-in/steps/backup-code.ts).
  it('are spent once, also when one is submitted twice at the same time', async () => {
    const person = await rekey.person()
    const browsers = [await givePassword(rekey, person), await givePassword(rekey, person)]
    for (const browser of browsers) await browser.press('Use a backup code')
    const code = person.backupCodes[0]!
    await Promise.all(browsers.map((browser) => browser.press('Verify', { code })))
    expect(browsers.map(({ heading }) => heading).sort()).to.deep.equal([
      'Enter a backup code',
      "You're signed in",
    ])
    expect((await rekey.account(person)).backupCodes!.codes.filter(({ usedAt }) => usedAt)).to.have.length(1)
    const told = (await mailsTo(rekey, person.email)).filter(({ subject }) => subject.includes('backup code'))
    expect(told).to.have.length(1)
  })

  // Seen failing with `acceptTotp` given the account of the visit instead of `current` (interactions/sign-in/steps/totp.ts).
  it('are no exception: an authenticator code is spent once as well', async () => {
    const person = await rekey.person()
    const browsers = [await givePassword(rekey, person), await givePassword(rekey, person)]
    const code = rekey.code(person)
    await Promise.all(browsers.map((browser) => browser.press('Verify', { code })))
    expect(browsers.filter(({ heading }) => heading === 'Enter your code')).to.have.length(1)
  })
})
