import { expect } from 'chai'
import { codesOn, givePassword, mailsTo } from '../support/journeys.ts'
import { textOfPdf } from '../support/pdf.ts'
import { atSecurity, eventsOf } from '../support/security.ts'
import { story } from '../support/story.ts'

story('Looking after backup codes', (rekey) => {
  it('shows how many are left and when they were made', async () => {
    const person = await rekey.person()
    const spender = await givePassword(rekey, person)
    await spender.press('Use a backup code')
    await spender.press('Verify', { code: person.backupCodes[0]! })
    const browser = await atSecurity(rekey, person, '/codes')
    expect(browser.words).to.include('9 codes are left.').and.include('Set1').and.include('not yet')
  })

  it('proves that they are at hand by typing one, which is not spent', async () => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person, '/codes')
    await browser.press('Check', { code: person.backupCodes[3]!.toLowerCase().replaceAll('-', ' ') })
    expect(browser.said).to.include('it still works')
    const { backupCodes } = await rekey.account(person)
    expect(backupCodes!.provenAt).to.be.a('number')
    expect(backupCodes!.codes.filter(({ usedAt }) => usedAt !== undefined)).to.deep.equal([])
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.words).to.include('You last checked on')
    const next = await givePassword(rekey, person)
    await next.press('Use a backup code')
    await next.press('Verify', { code: person.backupCodes[3]! })
    expect(next.heading).to.equal("You're signed in")
    expect(await eventsOf(rekey, person)).to.include('backup_codes.proven')
  })

  it('says of a wrong one and of a used one what it is', async () => {
    const person = await rekey.person()
    const spender = await givePassword(rekey, person)
    await spender.press('Use a backup code')
    await spender.press('Verify', { code: person.backupCodes[0]! })
    const browser = await atSecurity(rekey, person, '/codes')
    await browser.press('Check', { code: 'AAAA-AAAA-AAAA-AAAA' })
    expect(browser.said).to.include('not one of your backup codes')
    await browser.press('Check', { code: person.backupCodes[0]! })
    expect(browser.said).to.include('was used already')
    expect((await rekey.account(person)).backupCodes!.provenAt).to.equal(undefined)
  })

  it('makes a new set with its PDF and text file, and the old one is void', async () => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person, '/codes')
    await browser.press('Make backup codes')
    await browser.press('Make backup codes')
    const codes = codesOn(browser)
    expect(codes).to.have.length(10)
    const pdf = await textOfPdf((await browser.download('Download PDF')).bytes)
    const text = Buffer.from((await browser.download('Download text file')).bytes).toString()
    for (const code of codes) expect(pdf).to.include(code)
    for (const code of codes) expect(text).to.include(code)
    await browser.press('Continue', { saved: 'yes' })
    expect(browser.heading).to.equal('Backup codes')
    expect(browser.said).to.include('Your new backup codes are made.')
    expect(browser.words).to.include('Set2')
    await browser.press('Check', { code: person.backupCodes[1]! })
    expect(browser.said).to.include('not one of your backup codes')
    await browser.press('Check', { code: codes[0]! })
    expect(browser.said).to.include('it still works')
    const subjects = (await mailsTo(rekey, person.email)).map(({ subject }) => subject)
    expect(subjects).to.deep.equal(['Sign-in from a new device', 'New backup codes were made'])
  })

  it('makes none for who turns back', async () => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person, '/codes')
    await browser.press('Make backup codes')
    await browser.press('Not now')
    expect(browser.heading).to.equal('Backup codes')
    expect((await rekey.account(person)).backupCodes!.number).to.equal(1)
  })
})
