import { expect } from 'chai'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { attack } from '../support/attack.ts'
import type { Browser } from '../support/browser.ts'
import { approve, ask, disavow, why } from '../support/cases.ts'
import {
  codesOn,
  enrol,
  givePassword,
  linkIn,
  mailsTo,
  openApproval,
  proveMailbox,
} from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { team } from '../support/team.ts'

const switchedOff = 'Too many wrong codes: this authenticator app is switched off. Choose another way below.'

// fxa-auth-server#2415: the mail asked for what only the attacker could do.
attack('"This wasn\'t me"', (rekey) => {
  const lastLink = async ({ email }: Person, subject: RegExp) =>
    linkIn(
      (await mailsTo(rekey, email)).findLast((mail) => subject.test(mail.subject))!.text,
      '/recovery/disavow/',
    )

  // Seen failing with `console.session` asked in `confirmDisavow` (interactions/recovery/disavow.ts), as the approval does.
  it('needs no session, no password and no factor', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const owner = await disavow(asked.disavow)
    expect(owner.heading).to.equal('Stopped')
    expect(owner.trail).to.have.length(1)
    expect((await rekey.account(us.person)).passwordExpired).to.equal('disavowed')
    const again = await disavow(asked.disavow)
    expect(again.heading).to.equal('Stopped')
  })

  // Seen failing without `distrust` in `disavow` (recovery/disavowal.ts): the thief set the new password with the own factor.
  it('makes a factor useless that a thief has added to an account without one', async () => {
    const { person, admin, organization } = await team(rekey, { person: { bare: true } })
    const thief = await givePassword(rekey, person)
    const secret = await enrol(rekey, thief)
    const codes = codesOn(thief)
    await thief.press('Continue', { saved: 'yes' })
    await disavow(await lastLink(person, /method was added/))

    await expectStoppedAtMailbox(person, secret, codes)
    await expectWayBack({ person, admin, admins: [admin], organization })
  })

  // Seen failing as the one before.
  it('makes a factor useless that a thief has added after a reset', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    await approve(rekey, us, asked)
    const thief = asked.waiting
    await thief.open(thief.shown.url)
    const secret = await enrol(rekey, thief)
    const codes = codesOn(thief)
    await thief.press('Continue', { saved: 'yes' })
    await disavow(await lastLink(us.person, /was reset/))

    await expectShutOut(us.person, secret, codes)
    await expectWayBack(us)
  })

  // Seen failing without `distrust` in `disavow` (recovery/disavowal.ts).
  it('voids the codes that a thief has found or made, and leaves the factor', async () => {
    for (const subject of [/backup code was used/, /backup codes were made/]) {
      const { person } = await team(rekey)
      const thief = await givePassword(rekey, person)
      await thief.press('Use a backup code')
      await thief.press('Verify', { code: person.backupCodes[0]! })
      await thief.press('Get new codes')
      const made = codesOn(thief)
      await disavow(await lastLink(person, subject))

      const again = await givePassword(rekey, person)
      for (const code of [person.backupCodes[1]!, made[0]!]) await spendTry(rekey, again, code)
      const owner = await givePassword(rekey, person)
      await owner.press('Verify', { code: rekey.code(person) })
      expect(owner.heading).to.equal('Set a new password')
    }
  })

  // Seen failing with suspect factors removed instead of disabled in `distrust` (rules/distrust.ts).
  it('does not remove the factor: who reads the mail and knows the password is still no one', async () => {
    const person = await rekey.person({ bare: true })
    const owner = await givePassword(rekey, person)
    await enrol(rekey, owner)
    await owner.press('Continue', { saved: 'yes' })
    await disavow(await lastLink(person, /method was added/))
    const thief = await givePassword(rekey, person)
    expect(thief.heading).to.equal('Enter your code')
    expect((await rekey.account(person)).factors).to.have.length(1)
  })

  // Seen failing with any case taken for a completed one in `suspicionOf` (recovery/disavowal.ts).
  it('about a request that was denied leaves the factor in use', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    await admin.press('Deny', { reason: why })
    await disavow(asked.disavow)
    const owner = await givePassword(rekey, us.person)
    await owner.press('Verify', { code: rekey.code(us.person) })
    expect(owner.heading).to.equal('Set a new password')
  })

  /** Neither the factor nor a code of theirs is enough without the mailbox. */
  async function expectStoppedAtMailbox(person: Person, secret: string, codes: string[]): Promise<void> {
    const byFactor = await givePassword(rekey, person)
    await byFactor.press('Verify', { code: totpCode(secret, rekey.now() + 30_000) })
    const byCode = await givePassword(rekey, person)
    await byCode.press('Use a backup code')
    await byCode.press('Verify', { code: codes[0]! })
    for (const thief of [byFactor, byCode]) {
      expect(thief.heading).to.equal('Check your email')
      expect(thief.words).to.include('not added by you')
      await thief.press('Send the code')
      await thief.press('Verify', { code: '000000' })
      expect(thief.heading).to.equal('Check your email')
    }
  }

  async function expectShutOut(person: Person, secret: string, codes: string[]): Promise<void> {
    const thief = await givePassword(rekey, person)
    expect(thief.heading).to.equal('Enter your code')
    await thief.press('Verify', { code: totpCode(secret, rekey.now() + 30_000) })
    expect(thief.said).to.equal(switchedOff)
    await spendTry(rekey, thief, codes[0]!)
  }

  /** The owner asks for a reset, proves the mailbox, sets a password and enrols. */
  async function expectWayBack(us: Awaited<ReturnType<typeof team>>): Promise<void> {
    const asked = await ask(rekey, us)
    await approve(rekey, us, asked)
    const owner = asked.waiting
    await owner.open(owner.shown.url)
    await proveMailbox(rekey, us.person, owner)
    await owner.press('Save password', { password: 'five quiet harbours more' })
    await enrol(rekey, owner)
    await owner.press('Continue', { saved: 'yes' })
    await rekey.rp.finish(owner)
  }
})

async function spendTry(_rekey: unknown, browser: Browser, code: string): Promise<void> {
  const button = browser.shown.document
    .querySelectorAll('button')
    .some(({ text }) => text === 'Use a backup code')
  if (!button) return
  await browser.press('Use a backup code')
  await browser.press('Verify', { code })
  expect(browser.heading).to.equal('Enter a backup code')
  await browser.press('Use the authenticator app')
}
