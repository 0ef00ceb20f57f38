import { assert } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createViews } from '../../views/render.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { samples } from './samples.ts'
import { type Gallery, serveSamples } from './serve.ts'

describe('The script', function () {
  this.timeout(60_000)
  let browser: Browser
  let context: BrowserContext
  let gallery: Gallery
  let page: Page

  before(async function () {
    if (chromiumPath === undefined) {
      console.log('skipped: no chromium found for the script of the pages; set CHROMIUM to the path of one')
      this.skip()
    }
    gallery = await serveSamples(createViews({ brand: 'Rekey' }))
    browser = await launchChromium()
  })

  beforeEach(async () => {
    context = await browser.newContext({
      timezoneId: 'Asia/Tokyo',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    page = await context.newPage()
  })

  afterEach(() => context?.close())

  after(async () => {
    await browser?.close()
    await gallery?.close()
  })

  const open = (name: string) => page.goto(gallery.address(name, 'en'))
  const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()')

  it('says times in the zone of the reader', async () => {
    await open('recovery_waiting')
    assert.match((await page.locator('time').first().textContent()) ?? '', /Mar 14, 2026.*6:26.*PM GMT\+9/)
  })

  it('copies all codes, one a line, and the key without spaces', async () => {
    const { codes } = samples.find(({ page }) => page === 'backup_codes')!.locals as { codes: string[] }
    await open('backup_codes')
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    assert.equal(await clipboard(), codes.join('\n'))
    await open('enrol_totp')
    await page.getByText("Can't scan?").click()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    assert.equal(await clipboard(), 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')
  })

  it('shows a password, and sends it hidden', async () => {
    await open('password')
    const field = page.getByLabel('Password', { exact: true })
    await field.fill('correct horse')
    await page.getByRole('button', { name: 'Show' }).click()
    assert.equal(await field.getAttribute('type'), 'text')
    await page.getByRole('status').getByText('Your password is shown.').waitFor()
    assert.isFalse(await page.getByRole('button', { name: 'Show password' }).isVisible())
    await page.getByRole('button', { name: 'Hide password' }).click()
    assert.equal(await field.getAttribute('type'), 'password')
    await page.getByRole('status').getByText('Your password is hidden.').waitFor()
  })

  it('keeps both parts of a hyphenated word on one line', async () => {
    await page.setViewportSize({ width: 375, height: 800 })
    await open('recovery')
    const whole = page.locator('.whole')
    assert.include(await whole.allTextContents(), 'six-digit')
    for (const lines of await whole.evaluateAll((all) =>
      all.map((one) => (one as unknown as { getClientRects(): unknown[] }).getClientRects().length),
    ))
      assert.equal(lines, 1)
    assert.include(await page.locator('main').textContent(), 'You get a six-digit code by email')
    await open('recovery_closed')
    assert.equal(await page.locator('.primary').evaluate('(one) => one.innerText'), 'Back to sign-in')
    assert.equal(await page.locator('.primary').evaluate('(one) => one.children.length'), 1)
  })

  it('folds the letters of a Japanese keyboard in an address, so that the browser takes it for one', async () => {
    await open('password')
    await page.getByLabel('Email address').fill('ｍｉｋａ＠ｅｘａｍｐｌｅ．ｃｏｍ')
    await page.getByLabel('Password', { exact: true }).focus()
    assert.equal(await page.getByLabel('Email address').inputValue(), 'mika@example.com')
  })

  it('sends a form once, with the button that was pressed', async () => {
    const sent: string[] = []
    await page.route('**/recovery/approve/**', async (route) => {
      sent.push(route.request().postData() ?? '')
      await new Promise((resolve) => setTimeout(resolve, 300))
      await route.fulfill({ status: 204 })
    })
    await open('approve')
    await page.getByLabel('Reason').fill('Nobody called')
    await page.getByRole('button', { name: 'Deny' }).dblclick()
    await page.waitForTimeout(500)
    assert.lengthOf(sent, 1)
    assert.include(sent[0], 'decision=deny')
  })

  it('loads the waiting page again as soon as the case has changed', async () => {
    let status = 'awaiting_admin'
    await page.route('**/recovery/status', (route) => route.fulfill({ json: { status } }))
    await open('recovery_waiting')
    await page.waitForResponse('**/recovery/status')
    assert.isTrue(await page.getByText('This page updates automatically.').isVisible())
    status = 'completed'
    await page.waitForEvent('load', { timeout: 10_000 })
  })

  it('asks less often when there is no answer', async () => {
    const asked: number[] = []
    await page.route('**/recovery/status', (route) => {
      asked.push(Date.now())
      return route.abort()
    })
    await open('recovery_waiting')
    await page.waitForTimeout(7000)
    assert.lengthOf(asked, 2)
  })
})

describe('Without a script, the pages', function () {
  this.timeout(60_000)

  it('hide what needs one, and load the waiting page again by themselves', async function () {
    if (chromiumPath === undefined) this.skip()
    const gallery = await serveSamples(createViews({ brand: 'Rekey' }))
    const browser = await launchChromium()
    try {
      const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
      await page.goto(gallery.address('backup_codes', 'en'))
      assert.isFalse(await page.getByText('Copy', { exact: true }).isVisible())
      assert.isFalse(await page.getByText('Print', { exact: true }).isVisible())
      assert.isTrue(await page.getByText('Download PDF').isVisible())
      await page.goto(gallery.address('recovery_waiting', 'en'))
      assert.isNotNull(await page.locator('noscript p').boundingBox())
    } finally {
      await browser.close()
      await gallery.close()
    }
  })
})
