import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { CaughtMessage } from '../../adapters/delivery/delivery.ts'
import { guideTexts, japaneseHints } from '../../standalone/demo/guide-texts.ts'
import { people } from '../../standalone/demo/people.ts'
import { Browser } from '../support/browser.ts'
import { askSupport } from '../support/cases.ts'
import { type Demo, startDemo } from '../support/process.ts'

/** Every text of a language, wherever it stands. */
function textsOf(locale: string): string[] {
  const values = (node: unknown): string[] =>
    typeof node === 'string' ? [node] : Object.values(node as object).flatMap(values)
  return values(
    JSON.parse(readFileSync(new URL(`../../views/locales/${locale}.json`, import.meta.url), 'utf8')),
  )
}

describe('The page for newcomers, /dev', () => {
  let data: string
  let demo: Demo

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'rekey-'))
    demo = await startDemo(data)
  })
  after(async () => {
    await demo.stop()
    await rm(data, { recursive: true, force: true })
  })

  const opened = async (headers = {}) => {
    const browser = new Browser(headers)
    await browser.open(`${demo.issuer}/dev`)
    return browser
  }
  const cardOf = (browser: Browser, id: string) =>
    browser.shown.document.querySelectorAll(`#${id} .copy`).map((one) => one.text)

  it('is what the terminal says to open first', () => {
    expect(demo.printed()).to.match(new RegExp(`${demo.issuer}/dev .*start here`))
  })

  it('shows everybody with role, password, and the codes that let them in', async () => {
    const browser = await opened()
    for (const { name, email, password } of people)
      expect(browser.words).to.include(name).and.include(email).and.include(password)
    const [email, password, , next, , ...backup] = cardOf(browser, 'mina')
    expect(backup).to.deep.equal((await demo.person('mina')).backupCodes)
    expect(browser.words).to.include('member of Hanami Design').and.include('support agent')
    const app = new Browser()
    await app.open(`${demo.app}/login`)
    await app.press('Sign in', { email: email!, password: password! })
    await app.press('Verify', { code: next! })
    expect(app.heading).to.equal('Demo App')
  })

  it('names buttons as the pages do, in both languages', () => {
    for (const locale of ['en', 'ja'] as const) {
      const known = textsOf(locale)
      const named = guideTexts[locale].steps.flatMap(({ text }) => [...text.matchAll(/\*\*(.+?)\*\*/g)])
      expect(named.length).to.be.greaterThan(8)
      for (const [, button] of named) expect(known, locale).to.include(button)
    }
  })

  it('has the same steps and a hint for everybody in Japanese', async () => {
    const browser = await opened({ 'accept-language': 'ja' })
    expect(browser.heading).to.equal(guideTexts.ja.title)
    expect(guideTexts.ja.steps.map(({ name }) => name)).to.deep.equal(
      guideTexts.en.steps.map(({ name }) => name),
    )
    for (const { id } of people.filter(({ id }) => !id.startsWith('lake-')))
      expect(browser.words, id).to.include(japaneseHints[id])
    await browser.follow('English')
    expect(browser.heading).to.equal(guideTexts.en.title)
  })

  it('runs no script, takes its style from here, and keeps the policy of every page', async () => {
    const { document, headers } = (await opened()).shown
    expect(document.querySelectorAll('script, [style], style')).to.deep.equal([])
    const policy = (await fetch(`${demo.issuer}/`)).headers.get('content-security-policy')
    expect(headers.get('content-security-policy')).to.equal(policy)
    for (const sheet of document.querySelectorAll('link[rel=stylesheet]')) {
      const { status, headers } = await fetch(new URL(sheet.getAttribute('href')!, demo.issuer))
      expect([status, headers.get('content-type')]).to.deep.equal([200, 'text/css; charset=utf-8'])
    }
  })

  it('leads only to what is there, and to every place of the demo', async () => {
    const { document, url } = (await opened()).shown
    const links = new Set(document.querySelectorAll('main a').map((link) => link.getAttribute('href')!))
    const ids = document.querySelectorAll('[id]').map((one) => one.id)
    for (const link of links) {
      if (link.startsWith('#')) expect(ids).to.include(link.slice(1))
      else {
        const { status } = await fetch(new URL(link, url), { redirect: 'manual' })
        expect(status, link).to.be.oneOf([200, 302, 303])
      }
    }
    for (const place of ['security', 'administration', 'support', 'operator', 'dev/inbox'])
      expect(links).to.include(`/${place}`)
  })

  it('has what was sent beside it, the newest first, with links that open', async () => {
    const { email, password } = await demo.person('ben')
    const waiting = new Browser()
    await waiting.open(`${demo.app}/login`)
    await waiting.press('Sign in', { email, password })
    await waiting.press('Reset authentication device')
    await waiting.press('Send request')
    const mail = (await demo.mailsTo(email)).at(-1)!
    const browser = await opened()
    const caught = browser.shown.document.querySelectorAll('.caught')
    expect(caught.length).to.be.within(2, 6)
    const sent = await fetch(`${demo.issuer}/dev/inbox.json`)
    const newest = ((await sent.json()) as CaughtMessage[]).at(-1)!
    expect(caught[0]!.text).to.include(newest.subject).and.include(newest.to)
    for (const link of mail.links)
      expect(browser.shown.text).to.include(`<a target="_blank" rel="noopener" href="${link}">`)
  })

  it('lets the support decide once its clock was moved by the button for 48 hours', async () => {
    const { email, password } = await demo.person('noor')
    const waiting = new Browser()
    await waiting.open(`${demo.app}/login`)
    await waiting.press('Sign in', { email, password })
    await waiting.press('Reset authentication device')
    await waiting.press('Send request')
    await askSupport(waiting)
    const browser = await opened()
    const ahead = browser.form('+ 48 hours')
    expect([...ahead.body]).to.deep.include(['advance', '172800'])
    await browser.press('+ 48 hours')
    expect(browser.words).to.include('48 hours ahead')
    const sam = await demo.person('sam')
    const desk = new Browser()
    await desk.open(`${demo.issuer}/support`)
    await desk.press('Sign in', { email: sam.email, password: sam.password })
    const [, , code] = cardOf(await opened(), 'sam')
    await desk.press('Verify', { code: code! })
    await desk.follow('Noor Haddad')
    await desk.press('Approve', { reason: 'Called back on the number we had.' })
    const back = new Browser()
    await back.open(`${demo.app}/login`)
    await back.press('Sign in', { email, password })
    expect(back.heading).to.equal('Set up your new device')
  })

  it('answers a program that moves the clock as before', async () => {
    const answer = await fetch(`${demo.issuer}/dev/clock`, {
      method: 'POST',
      body: new URLSearchParams({ advance: '1' }),
    })
    expect(await answer.json()).to.have.keys('now', 'offset')
  })
})
