import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { givePassword, requestReset, signIn } from '../support/journeys.ts'
import { embedded } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

story(
  'A language is chosen',
  (rekey) => {
    const languageOf = ({ shown }: Browser) => shown.document.querySelector('html')!.getAttribute('lang')

    it('on every page of a sign-in, which stays where it is and comes before what the app wants', async () => {
      const person = await rekey.person()
      const browser = new Browser()
      await rekey.rp.start(browser, { ui_locales: 'en' })
      await browser.press('Sign in', { email: person.email, password: 'not the password' })
      await browser.press('日本語')
      expect([browser.heading, languageOf(browser)]).to.deep.equal(['サインイン', 'ja'])
      expect(browser.said).to.equal('メールアドレスまたはパスワードが違います。')
      expect(browser.shown.document.querySelector('input[name=email]')!.getAttribute('value')).to.equal(
        person.email,
      )
      await browser.press('サインイン', { email: person.email, password: person.password })
      expect([browser.heading, languageOf(browser)]).to.deep.equal(['コードを入力', 'ja'])
      await browser.press('Deutsch')
      expect(languageOf(browser)).to.equal('de')
      await browser.press('English')
      await browser.press('Verify', { code: rekey.code(person) })
      expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
    })

    it('and holds where the same request asks whether the app may, which has the choice as well', async () => {
      const person = await rekey.person()
      const browser = new Browser()
      await rekey.others.partner!.start(browser, { ui_locales: 'en' })
      await browser.press('日本語')
      await browser.press('サインイン', { email: person.email, password: person.password })
      await browser.press('確認する', { code: rekey.code(person) })
      expect(browser.shown.document.querySelector('button[name=decision]')).to.not.equal(null)
      expect(languageOf(browser)).to.equal('ja')
      await browser.press('English')
      expect(browser.heading).to.equal('Allow access?')
      await browser.press('Allow')
      await rekey.others.partner!.finish(browser)
    })

    it('and is this browser’s from then on, until an app asks for another', async () => {
      const browser = new Browser()
      await rekey.rp.start(browser)
      await browser.press('Deutsch')
      await rekey.rp.start(browser)
      expect(languageOf(browser)).to.equal('de')
      await rekey.rp.start(browser, { ui_locales: 'ja' })
      expect(languageOf(browser)).to.equal('ja')
    })

    it('on the pages that mails about a reset lead to, which come back as they were', async () => {
      const { person, admin } = await team(rekey)
      const { disavow } = await requestReset(rekey, person, admin)
      const browser = new Browser()
      await browser.open(disavow)
      await browser.press('日本語')
      expect([browser.shown.url, languageOf(browser)]).to.deep.equal([disavow, 'ja'])
      const { secure, httpOnly, path } = (await browser.jar.getCookies(disavow)).find(({ key }) =>
        key.endsWith('language'),
      )!
      expect([secure, httpOnly]).to.deep.equal([disavow.startsWith('https:'), true])
      expect(new URL(disavow).pathname.startsWith(path!)).to.equal(true)
    })

    it('while a reset is waited for, and the request goes on', async () => {
      const { person } = await team(rekey)
      const browser = await givePassword(rekey, person)
      await browser.press('Reset authentication device')
      await browser.press('Send request')
      const { url } = browser.shown
      await browser.press('日本語')
      expect([browser.shown.url, languageOf(browser)]).to.deep.equal([url, 'ja'])
      await browser.press('English')
      expect(browser.words).to.include('super admin')
    })

    it('on the library’s own pages, before what the app has asked for', async function () {
      // Whose provider it is, theirs are those pages.
      if (embedded) this.skip()
      const person = await rekey.person()
      for (const path of [
        'device?ui_locales=en',
        'session/end?ui_locales=en',
        'session/end/success?ui_locales=en',
        'auth?client_id=nobody&response_type=code&ui_locales=en',
      ]) {
        const browser = await signIn(rekey, person)
        await browser.open(`${rekey.issuer}/${path}`)
        expect([path, languageOf(browser)]).to.deep.equal([path, 'en'])
        await browser.press('日本語')
        expect([path, languageOf(browser)]).to.deep.equal([path, 'ja'])
        expect(browser.shown.url.startsWith(`${rekey.issuer}/${path.split('?')[0]}`)).to.equal(true)
      }
    })

    it('on the home page and where there is nothing', async function () {
      if (embedded) {
        console.log('skipped: a host has a home page, and says itself what is not there')
        this.skip()
      }
      for (const path of ['/', '/nowhere/at-all?a=b']) {
        const browser = new Browser()
        await browser.open(rekey.issuer + path)
        await browser.press('日本語')
        expect([browser.shown.url, languageOf(browser)], path).to.deep.equal([rekey.issuer + path, 'ja'])
      }
    })

    it('by a form of the page alone', async () => {
      const person = await rekey.person()
      const browser = await givePassword(rekey, person)
      const { action, body } = browser.form('日本語')
      body.set('form', 'x'.repeat(body.get('form')!.length))
      await browser.send(action, body)
      expect(browser.shown.status).to.equal(403)
      await browser.open(action.replace(/\/language$/, ''))
      expect(languageOf(browser)).to.equal('en')
    })

    it('without a session only for the page that the form stands on, and from our own page', async () => {
      const { person, admin } = await team(rekey)
      const { disavow } = await requestReset(rekey, person, admin)
      const browser = new Browser()
      await browser.open(disavow)
      const { action, body } = browser.form('日本語')
      const elsewhere = new URLSearchParams(body)
      elsewhere.set('back', '//evil.example')
      const foreign = new Browser({ 'sec-fetch-site': 'cross-site' })
      for (const [by, sent] of [
        [new Browser(), elsewhere],
        [new Browser(), new URLSearchParams({ locale: 'ja', back: '/security' })],
        [foreign, body],
      ] as const) {
        await by.send(action, sent)
        expect(by.shown.status).to.equal(403)
        expect(await by.jar.getCookies(disavow)).to.deep.equal([])
      }
    })

    it('stays one that there is', async () => {
      const browser = await givePassword(rekey, await rekey.person())
      const { action, body } = browser.form('日本語')
      body.set('locale', 'tlh')
      await browser.send(action, body)
      expect([browser.shown.status, languageOf(browser)]).to.deep.equal([200, 'en'])
    })

    it('is nothing to choose twice where our own frame has it already', async () => {
      const browser = await signIn(rekey, await rekey.person())
      await browser.open(`${rekey.issuer}/security`)
      expect(browser.shown.document.querySelectorAll('details.languages')).to.have.length(1)
    })
  },
  { others: { partner: { require_consent: true, client_name: 'Partner' } } },
)
