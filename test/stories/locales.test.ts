import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { linkIn, signIn } from '../support/journeys.ts'
import { embedded, type Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'

const hour = 3_600_000

story('Languages', (rekey) => {
  const open = async (headers: { [name: string]: string }, params: { [parameter: string]: string } = {}) => {
    const browser = new Browser(headers)
    await rekey.rp.start(browser, params)
    return browser
  }
  const languageOf = (browser: Browser) => browser.shown.document.querySelector('html')!.getAttribute('lang')

  it('are those of the browser, or English', async () => {
    for (const [accepted, language] of [
      ['ja', 'ja'],
      ['ja-JP,ja;q=0.9,en;q=0.8', 'ja'],
      ['en-GB,ja;q=0.5', 'en'],
      ['tlh,eo;q=0.9,ja;q=0.2', 'ja'],
      ['tlh', 'en'],
      ['de-AT,ja;q=0.9', 'de'],
      ['*', 'en'],
      [',;q=,,=;é', 'en'],
    ] as const) {
      const browser = await open({
        'accept-language': accepted.normalize('NFKD').replace(/[^\x20-\x7e]/g, ''),
      })
      expect(languageOf(browser), accepted).to.equal(language)
    }
    const silent = await open({})
    expect(languageOf(silent)).to.equal('en')
  })

  it('are those that the app wants, before those of the browser', async () => {
    for (const [wanted, language] of [
      ['ja', 'ja'],
      ['tlh-CA tlh ja', 'ja'],
      ['ja-JP en', 'ja'],
      ['en ja', 'en'],
      ['tlh', 'en'],
      [`${'x'.repeat(2000)} ja`, 'ja'],
    ] as const) {
      const browser = await open({ 'accept-language': 'en' }, { ui_locales: wanted })
      expect(languageOf(browser), wanted).to.equal(language)
    }
  })

  it('hold for all pages of a sign-in, also when the browser changes its mind', async () => {
    const person = await rekey.person()
    const browser = await open({ 'accept-language': 'ja' })
    expect(browser.heading).to.equal('サインイン')
    browser.headers['accept-language'] = 'en'
    await browser.press('サインイン', { email: person.email, password: 'not the password' })
    expect(browser.said).to.equal('メールアドレスまたはパスワードが違います。')
    await browser.press('サインイン', { email: person.email, password: person.password })
    expect(languageOf(browser)).to.equal('ja')
    expect(browser.heading).to.equal('コードを入力')
  })

  // Seen failing without `signOutLanguage` in `createApp` (standalone/app.ts).
  it('hold to the end of a sign-out that the app wants in one, whether or not anybody is signed in', async function () {
    if (embedded) this.skip()
    const browser = await signIn(rekey, await rekey.person())
    const out = `${rekey.issuer}/session/end?client_id=app&ui_locales=ja`
    for (const [heading, button] of [
      ['サインアウトしますか', 'サインアウト'],
      ['あと1ステップです', '続ける'],
    ] as const) {
      await browser.open(out)
      expect(browser.heading).to.equal(heading)
      await browser.press(button)
      expect([browser.heading, languageOf(browser)]).to.deep.equal(['サインアウトしました', 'ja'])
    }
  })

  it('are the reader’s in mails, whoever caused them', async () => {
    const organization = await rekey.organization('花見デザイン')
    const person = await rekey.person({ locale: 'ja', name: '佐藤 美奈', memberships: [{ organization }] })
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    await ask(person)
    const own = await rekey.mail.next(person.email, /./)
    expect(own.subject).to.equal('認証デバイスのリセットが申請されました')
    expect(own.text).to.include('佐藤 美奈')
    expect(own.html).to.include('lang="ja"')
    const request = await rekey.mail.next(admin.email, /./)
    expect(request.subject).to.equal('佐藤 美奈 asks you to reset an authentication device')
    expect(request.text).to.include('花見デザイン')
    const owner = new Browser({ 'accept-language': 'ja' })
    await owner.open(linkIn(own.text, '/recovery/disavow/'))
    expect(languageOf(owner)).to.equal('ja')
    await owner.press('心当たりがない（操作を止める）')
    expect(owner.heading).to.equal('停止しました')
  })

  it('carry the whole journey in Japanese, with no English left on a page', async () => {
    const organization = await rekey.organization('花見')
    const person = await rekey.person({ name: '美奈', memberships: [{ organization }] })
    const admin = await rekey.person({
      name: '愛子',
      locale: 'ja',
      memberships: [{ organization, role: 'super_admin' }],
    })
    const waiting = await ask(person)
    expect(foreignWords(waiting)).to.deep.equal([])
    const request = await rekey.mail.next(admin.email, /./)
    const own = await rekey.mail.next(person.email, /./)
    const approver = new Browser({ 'accept-language': 'ja' })
    await approver.open(linkIn(request.text, '/recovery/approve/'))
    await approver.press('サインイン', { email: admin.email, password: admin.password })
    await approver.press('確認する', { code: rekey.code(admin) })
    expect(foreignWords(approver)).to.deep.equal([])
    await approver.press('承認', { code: /^\d{6}$/m.exec(own.text)![0], reason: '電話で確認しました。' })
    expect(approver.heading).to.equal('承認しました')
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('新しい端末を設定')
    expect(foreignWords(waiting)).to.deep.equal([])
  })

  it('are the browser’s on error pages', async () => {
    const browser = new Browser({ 'accept-language': 'ja' })
    await browser.open(`${rekey.issuer}/no/such/page`)
    expect(browser.shown.status).to.equal(404)
    expect(languageOf(browser)).to.equal('ja')
    expect(foreignWords(browser)).to.deep.equal([])
  })

  it('show times that a machine can read, and that say their zone', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const browser = await ask(person)
    const times = browser.shown.document.querySelectorAll('time')
    expect(times).to.not.have.length(0)
    for (const time of times) {
      expect(Date.parse(time.getAttribute('datetime')!)).to.be.closeTo(rekey.now(), 100 * hour)
      expect(time.text).to.match(/UTC$/)
    }
  })

  /** A person asks for a reset, in Japanese. */
  async function ask(person: Person): Promise<Browser> {
    const browser = await open({ 'accept-language': 'ja' })
    await browser.press('サインイン', { email: person.email, password: person.password })
    await browser.press('認証デバイスをリセットする')
    await browser.press('申請を送信する')
    return browser
  }

  /** English words that are no names, addresses or terms that stay as they are. */
  function foreignWords(browser: Browser): string[] {
    const kept = /^(Rekey|Test|App|Firefox|Linux|QR|UTC|[A-Z2-7]{1,4}|[a-z0-9.]+@[a-z.]+)$/
    return browser.words.match(/[A-Za-z][A-Za-z0-9.@'’]*/g)?.filter((word) => !kept.test(word)) ?? []
  }
})
