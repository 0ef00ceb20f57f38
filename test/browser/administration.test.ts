import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { shoot, visitsToDemo } from '../support/demo-visits.ts'

const { source } = createRequire(import.meta.url)('axe-core') as { source: string }
const faultsOf = `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`

const phone = { width: 375, locale: 'ja-JP' }
const desktop = { width: 1280, locale: 'en-GB' }
type Place = typeof phone

/** A phone in Japanese or a desktop in English: with STORIES=all each walk is made on both. */
const placesOr = (place: Place): Place[] => (process.env['STORIES'] === 'all' ? [phone, desktop] : [place])
const on = ({ width, locale }: Place) => `${width} pixels wide, in ${locale}`

describe('The administration with the keyboard alone', function () {
  this.timeout(180_000)
  const visits = visitsToDemo('the administration')

  /** Goes on with the Tab key to what a selector says, and to nothing by another way. */
  const tabTo = async (page: Page, selector: string): Promise<void> => {
    const there = `document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`
    for (let steps = 0; steps < 150; steps += 1) {
      await page.keyboard.press('Tab')
      if (await page.evaluate(there)) return
    }
    throw new Error(`no way to ${selector} with the keyboard on ${page.url()}`)
  }
  const press = async (page: Page, selector: string): Promise<void> => {
    await tabTo(page, selector)
    const loaded = page.waitForEvent('load')
    await page.keyboard.press('Enter')
    await loaded
  }
  const fill = async (page: Page, selector: string, text: string): Promise<void> => {
    await tabTo(page, selector)
    await page.keyboard.type(text)
  }

  /** Nothing for axe to find, and nothing wider than the screen. */
  const isFit = async (page: Page): Promise<void> => {
    const at = new URL(page.url()).pathname
    await page.evaluate(source)
    expect(await page.evaluate(faultsOf), at).to.deep.equal([])
    const { width } = page.viewportSize()!
    expect(await page.evaluate('document.documentElement.scrollWidth'), at).to.be.at.most(width)
    await shoot(page, `${at.replaceAll('/', '-')}.${width}`)
  }

  const arrive = async (name: string, path: string, { width, locale }: Place): Promise<Page> => {
    const person = await visits.demo.person(name)
    // A code counts once, and the walk before has used the last one.
    await visits.demo.advance(60)
    const page = await visits.newPage({ viewport: { width, height: 740 }, locale })
    await page.goto(`${visits.demo.issuer}${path}`)
    await fill(page, 'input[type=email]', person.email)
    await fill(page, 'input[type=password]', person.password)
    await page.keyboard.press('Enter')
    const code = page.locator('input[autocomplete=one-time-code]')
    await code.waitFor()
    await code.focus()
    await page.keyboard.type(await visits.demo.code(person))
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === path)
    return page
  }

  /** Every room of the page's own navigation, in its order. */
  const throughRooms = async (page: Page): Promise<number> => {
    const links = page.locator('nav .rooms a')
    const rooms = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!))
    for (const room of rooms) {
      await press(page, `nav .rooms a[href="${room}"]`)
      await isFit(page)
    }
    return rooms.length
  }

  for (const place of placesOr(phone))
    it(`is walked by a super admin: every room, a member, an invitation, several at once, ${on(place)}`, async () => {
      const home = '/administration/hanami'
      const page = await arrive('aiko', home, place)
      const open = (path: string) => page.goto(`${visits.demo.issuer}${home}${path}`)
      expect(await throughRooms(page)).to.equal(6)

      await open('')
      await fill(page, 'input[type=search]', 'mina')
      await page.keyboard.press('Enter')
      await page.waitForURL(/q=mina/)
      await press(page, 'tbody th a')
      await isFit(page)
      const member = new URL(page.url()).pathname.slice(home.length)
      await press(page, 'a[href$="/readiness"]:not(.rooms a)')
      await isFit(page)
      await open(member)
      await press(page, 'a[href$="/reset"]')
      await isFit(page)

      // Suspended, and taken back at once.
      await open(member)
      await fill(page, 'textarea[name=reason]', 'A test.')
      await press(page, 'button[value=suspend]')
      await isFit(page)
      await press(page, 'main button[type=submit]')
      await open(member)
      expect(await page.locator('button[value=suspend]').count()).to.equal(1)

      await open('/invitations')
      await fill(page, 'input[type=email]', `kai${place.width}@new.example`)
      await press(page, 'button[value=invite]')
      await isFit(page)
      await press(page, 'button[value=revoke]')
      expect(await page.locator('button[value=revoke]').count()).to.equal(0)

      await open('/directory')
      await press(page, 'main form button')
      await isFit(page)

      await open('')
      await tabTo(page, 'input[type=checkbox]')
      await page.keyboard.press('Space')
      await tabTo(page, 'select[name=change]')
      await press(page, 'form button.secondary:not(.frame *)')
      await isFit(page)
    })

  for (const place of placesOr(desktop))
    it(`is walked by an operator: every room, a new app, an app that goes again, ${on(place)}`, async () => {
      const page = await arrive('olga', '/operator', place)
      expect(await throughRooms(page)).to.equal(9)
      await press(page, 'nav .rooms a[href="/operator/apps"]')
      await press(page, 'a[href="/operator/apps/new"]')
      await isFit(page)
      await fill(page, 'input[name=client_name]', `Ledger ${place.width}`)
      await fill(page, 'textarea[name=redirect_uris]', 'https://ledger.example/callback')
      await press(page, 'form:has(textarea[name=redirect_uris]) button.primary')
      await isFit(page)
      // The secret is shown; from there back to the app, and away with it.
      await press(page, 'main a.button')
      await isFit(page)
      await press(page, 'button.danger')
      await isFit(page)
      await press(page, 'button.danger')
      await page.locator('#message[role=status]').waitFor()
    })

  for (const place of placesOr(phone))
    it(`is walked by an agent of the support, ${on(place)}`, async () => {
      await isFit(await arrive('sam', '/support', place))
    })
})
