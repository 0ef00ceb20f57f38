import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { codesOn, enrol, givePassword, mailsTo, secretOn, signIn } from '../support/journeys.ts'
import { textOfPdf } from '../support/pdf.ts'
import type { PersonOptions } from '../support/rekey.ts'
import { story } from '../support/story.ts'

story('A new set of backup codes', (rekey) => {
  /** A person who has just proven a first factor and now sees the codes. */
  const atCodes = async (options: PersonOptions = {}) => {
    const person = await rekey.person({ bare: true, ...options })
    const browser = await givePassword(rekey, person)
    const secret = await enrol(rekey, browser)
    return { person: { ...person, secret }, browser }
  }
  const sheet = (browser: Browser, kind: 'pdf' | 'txt') =>
    browser.open(browser.form('Continue').action.replace(/backup-codes$/, `backupCodes.${kind}`))

  it('is ten codes of sixteen letters that nobody confuses, each different', async () => {
    const { browser } = await atCodes()
    const codes = codesOn(browser)
    expect(new Set(codes)).to.have.length(10)
    for (const code of codes) expect(code).to.match(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  })

  it('downloads as a PDF whose text can be selected: issuer, account, date, set and the ten codes', async () => {
    const { person, browser } = await atCodes()
    const codes = codesOn(browser)
    const { status, headers, bytes } = await browser.download('Download PDF')
    expect(status).to.equal(200)
    expect(headers.get('content-type')).to.equal('application/pdf')
    expect(headers.get('content-disposition')).to.equal('attachment; filename="backupCodes.pdf"')
    expect(headers.get('cache-control')).to.equal('no-store')
    const lines = (await textOfPdf(bytes)).split('\n')
    for (const code of codes) expect(lines).to.include(code)
    const after = (label: string) => lines[lines.indexOf(label) + 1]
    expect([after('Sign-in page:'), after('Account:'), after('Date:'), after('Sheet number:')]).to.deep.equal(
      ['Rekey', person.email, today('en'), '1'],
    )
  })

  it('downloads in Japanese for a person who reads Japanese', async () => {
    const person = await rekey.person({ bare: true })
    const browser = new Browser()
    await rekey.rp.start(browser, { ui_locales: 'ja' })
    await browser.press('サインイン', { email: person.email, password: person.password })
    await browser.press('有効にする', { code: rekey.code({ secret: secretOn(browser) }) })
    const codes = codesOn(browser)
    const text = await textOfPdf((await browser.download('PDF をダウンロード')).bytes)
    for (const line of ['バックアップコード', person.email, today('ja'), ...codes])
      expect(text).to.include(line)
  })

  it('downloads as a text file too', async () => {
    const { person, browser } = await atCodes()
    const codes = codesOn(browser)
    const { headers, bytes } = await browser.download('Download text file')
    expect(headers.get('content-disposition')).to.equal('attachment; filename="backupCodes.txt"')
    const text = Buffer.from(bytes).toString()
    for (const line of [
      'Sign-in page: Rekey',
      `Account: ${person.email}`,
      `Date: ${today('en')}`,
      'Sheet number: 1',
      ...codes,
    ])
      expect(text).to.include(line)
  })

  it('is the same when the page is loaded again', async () => {
    const { browser } = await atCodes()
    const codes = codesOn(browser)
    await browser.open(browser.shown.url)
    expect(codesOn(browser)).to.deep.equal(codes)
  })

  it('lets nobody go on who hasn’t confirmed that it is saved', async () => {
    const { browser } = await atCodes()
    const codes = codesOn(browser)
    await browser.press('Continue')
    expect(browser.said).to.equal('Save the codes first, then tick the box.')
    expect(codesOn(browser)).to.deep.equal(codes)
    const { action, body } = browser.form('Continue')
    body.set('saved', 'no')
    await browser.send(action, body)
    expect(codesOn(browser)).to.deep.equal(codes)
  })

  it('is never shown again once it is saved', async () => {
    const { person, browser } = await atCodes()
    const page = browser.shown.url
    const codes = codesOn(browser)
    await browser.press('Continue', { saved: 'yes' })
    await rekey.rp.finish(browser)
    for (const url of [page, `${page}/backupCodes.pdf`, `${page}/backupCodes.txt`]) {
      await browser.open(url)
      expect(browser.shown.status).to.equal(400)
      for (const code of codes) expect(browser.shown.text).to.not.include(code)
    }
    const next = await signIn(rekey, person)
    expect(next.trail.at(-1)).to.match(new RegExp(`^${rekey.rp.origin}/callback`))
  })

  it('is offered again at the next sign-in to a person who left before saving it', async () => {
    const { person, browser } = await atCodes()
    const lost = codesOn(browser)
    const next = await signIn(rekey, person)
    expect(next.heading).to.equal('Save your backup codes')
    expect(codesOn(next)).to.deep.equal([])
    await next.press('Make backup codes')
    expect(codesOn(next)).to.have.length(10)
    expect(codesOn(next)).to.not.have.members(lost)
    await next.press('Continue', { saved: 'yes' })
    expect((await rekey.rp.finish(next)).claims.sub).to.equal(person.id)
  })

  it('is not on a sheet that another sign-in asks for', async () => {
    const { browser } = await atCodes()
    const other = await givePassword(rekey, await rekey.person())
    const stolen = browser.form('Continue').action.replace(/backup-codes$/, 'backupCodes.pdf')
    await other.open(stolen)
    expect(other.shown.status).to.equal(400)
    await sheet(browser, 'txt')
    expect(browser.shown.status).to.equal(200)
  })

  it('is announced by mail together with the factor, and the codes are in no mail', async () => {
    const { person, browser } = await atCodes({ addresses: ['private@people.example'] })
    const codes = codesOn(browser)
    for (const address of [person.email, 'private@people.example']) {
      const [mail] = await mailsTo(rekey, address)
      expect(mail!.subject).to.equal('A sign-in method was added')
      for (const code of codes) expect(mail!.text + mail!.html).to.not.include(code)
    }
  })

  const today = (locale: string) =>
    new Intl.DateTimeFormat(locale, {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      timeZone: 'UTC',
    }).format(rekey.now())
})
