import { expect } from 'chai'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { codesOn, enrol, givePassword, linkIn, mailsTo, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { insisting } from '../support/relying-app.ts'
import { story } from '../support/story.ts'

const used = 'That backup code was used already. Each works once; enter another.'
const wrong = 'That is not one of your backup codes. Check it and enter it again.'

story('Backup code', (rekey) => {
  const atBackupCode = async (person: Person) => {
    const browser = await givePassword(rekey, person, insisting)
    await browser.press('Use a backup code')
    return browser
  }
  const spend = async (person: Person, code: string) => {
    const browser = await atBackupCode(person)
    await browser.press('Verify', { code })
    return browser
  }

  it('signs in, says how many are left, and counts as a second factor for the app', async () => {
    const person = await rekey.person()
    const browser = await atBackupCode(person)
    expect(browser.words).to.include('You have 10 codes left.')
    await browser.press('Verify', { code: person.backupCodes[3]! })
    expect(browser.words).to.include('You used a backup code. 9 codes are left.')
    await browser.press('Continue')
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.acr).to.equal(acrMultiFactor)
    expect(claims.amr).to.have.members(['pwd', 'otp', 'mfa'])
  })

  it('is accepted in any order, in small letters, with spaces, without hyphens, in full width', async () => {
    const person = await rekey.person()
    const ways: ((code: string) => string)[] = [
      (code) => code.toLowerCase(),
      (code) => code.replaceAll('-', ' '),
      (code) => ` ${code.replaceAll('-', '')} `,
      (code) => code.replaceAll('-', '–').replaceAll('0', 'o').replaceAll('1', 'l'),
      (code) => code.replace(/[0-9A-Z]/g, (sign) => String.fromCodePoint(sign.codePointAt(0)! + 0xfee0)),
    ]
    for (const [index, way] of ways.entries()) {
      const browser = await spend(person, way(person.backupCodes[9 - index]!))
      expect(browser.words).to.include(`${9 - index} codes are left`)
    }
  })

  it('works once, in this sign-in and in any other', async () => {
    const person = await rekey.person()
    const [code, next] = person.backupCodes as [string, string]
    expect((await spend(person, code)).heading).to.equal("You're signed in")
    const again = await spend(person, code)
    expect(again.said).to.equal(used)
    expect(again.words).to.include('You have 9 codes left.')
    await again.press('Verify', { code: next })
    expect(again.words).to.include('8 codes are left')
  })

  it('is refused when it is wrong, empty, or another person’s', async () => {
    const person = await rekey.person()
    const other = await rekey.person()
    const browser = await atBackupCode(person)
    await browser.press('Verify', { code: ' ' })
    expect(browser.said).to.equal(wrong)
    for (const code of ['AAAA-BBBB-CCCC-DDDD', other.backupCodes[0]!, '----']) {
      await browser.press('Verify', { code })
      expect(browser.said).to.equal(wrong)
    }
    expect((await rekey.account(other)).backupCodes!.codes[0]!.usedAt).to.equal(undefined)
  })

  it('lets one of twenty through that submit it at the same time', async () => {
    const person = await rekey.person()
    const browsers: Browser[] = []
    while (browsers.length < 20) browsers.push(await atBackupCode(person))
    await Promise.all(browsers.map((browser) => browser.press('Verify', { code: person.backupCodes[0]! })))
    expect(browsers.filter((browser) => browser.heading === "You're signed in")).to.have.length(1)
    expect(
      browsers.filter(({ heading }) => ['Enter a backup code', 'Sign in'].includes(heading)),
    ).to.have.length(19)
    const spent = (await rekey.account(person)).backupCodes!.codes.filter((code) => code.usedAt !== undefined)
    expect(spent).to.have.length(1)
    const notices = await mailsTo(rekey, person.email)
    expect(notices.map((mail) => mail.subject)).to.deep.equal(['A backup code was used to sign in'])
  })

  it('is told to every verified address, with what is left and where it came from', async () => {
    const person = await rekey.person({ addresses: ['second@people.example'] })
    await spend(person, person.backupCodes[0]!)
    for (const address of [person.email, 'second@people.example']) {
      const mail = await rekey.mail.next(address, /^A backup code was used to sign in$/)
      for (const words of ['Backup codes left: 9', 'Firefox', 'App: Test App', "This wasn't me"]) {
        expect(mail.text).to.include(words)
      }
      for (const code of person.backupCodes) expect(mail.text + mail.html).to.not.include(code)
    }
  })

  it('is undone by the link of that mail: all sessions end, and the next sign-in sets a new password', async () => {
    const person = await rekey.person()
    const thief = await spend(person, person.backupCodes[0]!)
    await thief.press('Continue')
    const logout = rekey.rp.nextLogout()
    const mail = await rekey.mail.next(person.email, /backup code/)
    const owner = new Browser()
    await owner.open(linkIn(mail.text, '/recovery/disavow/'))
    expect(owner.words).to.include('A backup code was used to sign in to your account:')
    await owner.press("This wasn't me")
    expect(owner.heading).to.equal('Stopped')
    expect((await logout).sub).to.equal(person.id)
    await rekey.rp.start(thief, { prompt: 'none' })
    expect(await rekey.rp.refusal(thief)).to.equal('login_required')
    const back = await signIn(rekey, person)
    expect(back.heading).to.equal('Set a new password')
  })

  it('makes no session before the person has seen what is left', async () => {
    const person = await rekey.person()
    const browser = await spend(person, person.backupCodes[0]!)
    await rekey.rp.start(browser, { prompt: 'none' })
    expect(await rekey.rp.refusal(browser)).to.equal('login_required')
  })

  it('warns when few are left, and offers a new set that voids the old one', async () => {
    const person = await rekey.person()
    for (const code of person.backupCodes.slice(0, 7)) await spend(person, code)
    const browser = await spend(person, person.backupCodes[7]!)
    expect(browser.words).to.include('2 codes are left. Get new codes now')
    await browser.press('Get new codes')
    const codes = codesOn(browser)
    expect(codes).to.have.length(10)
    expect(browser.words).to.include('Set2')
    await browser.press('Continue', { saved: 'yes' })
    await rekey.rp.finish(browser)
    const subjects = (await mailsTo(rekey, person.email)).map(({ subject }) => subject)
    expect(subjects).to.include('New backup codes were made')
    expect((await spend(person, person.backupCodes[9]!)).said).to.equal(wrong)
    expect((await spend(person, codes[0]!)).words).to.include('9 codes are left')
  })

  it('is no longer offered when the last one is spent', async () => {
    const person = await rekey.person()
    for (const code of person.backupCodes.slice(0, 9)) await spend(person, code)
    const last = await spend(person, person.backupCodes[9]!)
    expect(last.words).to.include('You used your last backup code.')
    const browser = await givePassword(rekey, person)
    expect(browser.words).to.include('Reset authentication device')
    expect(browser.words).to.not.include('Use a backup code')
  })

  it('lets the lost device be replaced right there, and takes it away only once the new one works', async () => {
    const person = await rekey.person()
    const elsewhere = await signIn(rekey, person)
    await rekey.rp.finish(elsewhere)
    const browser = await spend(person, person.backupCodes[0]!)
    const [lost] = (await rekey.account(person)).factors
    await browser.press('Replace it now')
    expect(browser.heading).to.equal('Set up an authenticator app')
    expect((await rekey.account(person)).factors.map(({ id }) => id)).to.deep.equal([lost!.id])
    const secret = await enrol(rekey, browser)
    const { factors } = await rekey.account(person)
    expect(factors).to.have.length(1)
    expect(factors[0]!.id).to.not.equal(lost!.id)
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
    const subjects = (await mailsTo(rekey, person.email)).map(({ subject }) => subject)
    expect(
      subjects.filter((subject) => /method was (added|removed)|Sign-in method removed/.test(subject)),
    ).to.have.length(2)
    const old = await givePassword(rekey, person)
    await old.press('Verify', { code: rekey.code(person) })
    expect(old.said).to.equal("That code isn't right. Check it and enter it again.")
    rekey.advance(30_000)
    await old.press('Verify', { code: rekey.code({ secret }) })
    expect((await rekey.rp.finish(old)).claims.sub).to.equal(person.id)
  })
})
