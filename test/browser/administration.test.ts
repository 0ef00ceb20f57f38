import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { shoot, visitsToDemo } from '../support/demo-visits.ts'

const { source } = createRequire(import.meta.url)('axe-core') as { source: string }
const faultsOf = `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`

/** A phone in Japanese, a desktop in English: each walk is made on both. */
const places = [
  { width: 375, locale: 'ja-JP' },
  { width: 1280, locale: 'en-GB' },
]

for (const { width, locale } of places)
  describe(`The administration with the keyboard alone, ${width} pixels wide, in ${locale}`, function () {
    this.timeout(120_000)
    const visits = visitsToDemo('the administration')

    /** Goes on with the Tab key to what a selector says, and to nothing by another way. */
    const tabTo = async (page: Page, selector: string): Promise<void> => {
      for (let steps = 0; steps < 150; steps += 1) {
        await page.keyboard.press('Tab')
        if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`))
          return
      }
      throw new Error(`no way to ${selector} with the keyboard on ${page.url()}`)
    }
    const press = async (page: Page, selector: string): Promise<void> => {
      await tabTo(page, selector)
      const told = page.waitForEvent('load')
      await page.keyboard.press('Enter')
      await told
    }
    const fill = async (page: Page, selector: string, text: string): Promise<void> => {
      await tabTo(page, selector)
      await page.keyboard.type(text)
    }

    /** Nothing for axe to find, nothing wider than the screen, and what has the focus shows it. */
    const isFit = async (page: Page): Promise<void> => {
      const at = new URL(page.url()).pathname
      await page.evaluate(source)
      expect(await page.evaluate(faultsOf), at).to.deep.equal([])
      expect(await page.evaluate('document.documentElement.scrollWidth'), at).to.be.at.most(width)
      await shoot(page, `${at.replaceAll('/', '-')}.${width}`)
    }

    const arrive = async (name: string, path: string): Promise<Page> => {
      const person = await visits.demo.person(name)
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
      await page.locator('nav .rooms').waitFor()
      return page
    }

    /** Every room of the page's own navigation, in its order. */
    const throughRooms = async (page: Page): Promise<string[]> => {
      const rooms = await page
        .locator('nav .rooms a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')!))
      for (const room of rooms) {
        await press(page, `nav .rooms a[href="${room}"]`)
        await isFit(page)
      }
      return rooms
    }

    it('is walked by a super admin: every room, a member, an invitation, several at once', async () => {
      const page = await arrive('aiko', '/administration/hanami')
      expect(await throughRooms(page)).to.have.length(6)

      await press(page, 'nav .rooms a[href="/administration/hanami"]')
      await fill(page, 'input[type=search]', 'mina')
      await page.keyboard.press('Enter')
      await page.waitForURL(/q=mina/)
      await isFit(page)
      await press(page, 'tbody th a')
      await isFit(page)
      const member = page.url()
      await press(page, 'a[href$="/readiness"]:not(.rooms a)')
      await isFit(page)
      await page.goto(member)
      await press(page, 'a[href$="/reset"]')
      await isFit(page)

      // Suspended, and taken back at once.
      await page.goto(member)
      await fill(page, 'textarea[name=reason]', 'A test.')
      await press(page, 'button[value=suspend]')
      await isFit(page)
      await press(page, 'button[type=submit]:not(.frame *, footer *)')
      await page.goto(member)
      expect(await page.locator('button[value=suspend]').count()).to.equal(1)

      await page.goto(`${visits.demo.issuer}/administration/hanami/invitations`)
      await fill(page, 'input[type=email]', `kai${width}@new.example`)
      await press(page, 'button[value=invite]')
      await page.getByRole('status').waitFor()
      await isFit(page)
      await press(page, 'button[value=revoke]')
      await page.getByRole('status').waitFor()
      expect(await page.locator('button[value=revoke]').count()).to.equal(0)

      await page.goto(`${visits.demo.issuer}/administration/hanami`)
      await tabTo(page, 'input[type=checkbox]')
      await page.keyboard.press('Space')
      await tabTo(page, 'select[name=change]')
      await press(page, 'button.secondary:not(.frame *)')
      await isFit(page)
    })

    it('is walked by an operator: every room, a new app, an app that goes again', async () => {
      const page = await arrive('olga', '/operator')
      expect(await throughRooms(page)).to.have.length(9)
      await press(page, 'nav .rooms a[href="/operator/apps"]')
      await press(page, 'a[href="/operator/apps/new"]')
      await isFit(page)
      await fill(page, 'input[name=client_name]', `Ledger ${width}`)
      await fill(page, 'textarea[name=redirect_uris]', 'https://ledger.example/callback')
      await press(page, 'form:has(textarea[name=redirect_uris]) button.primary')
      await isFit(page)
      // The secret is shown; from there back to the app, and away with it.
      await press(page, 'main a.button')
      await isFit(page)
      await press(page, 'button.danger')
      await isFit(page)
      await press(page, 'button.danger')
      await page.getByRole('status').waitFor()
      await isFit(page)
    })

    it('is walked by an agent of the support', async () => {
      const page = await visits.newPage({ viewport: { width, height: 740 }, locale })
      const sam = await visits.demo.person('sam')
      await page.goto(`${visits.demo.issuer}/support`)
      await fill(page, 'input[type=email]', sam.email)
      await fill(page, 'input[type=password]', sam.password)
      await page.keyboard.press('Enter')
      const code = page.locator('input[autocomplete=one-time-code]')
      await code.waitFor()
      await page.keyboard.type(await visits.demo.code(sam))
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/support/)
      await isFit(page)
    })
  })
