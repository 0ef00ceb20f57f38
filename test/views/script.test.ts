import { assert } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createViews } from '../../views/render.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { samples } from './samples.ts'
import { type Gallery, serveSamples } from './serve.ts'

/** Runs in the page: a comma, or the like, in another line than the word that it stands behind. */
const parted = `[...document.querySelectorAll('.whole')].flatMap((word) => {
  if (!/^[,.;:!?)]/.test(word.nextSibling?.data ?? '')) return []
  const mark = document.createRange()
  mark.setStart(word.nextSibling, 0)
  mark.setEnd(word.nextSibling, 1)
  const far = Math.abs(mark.getBoundingClientRect().top - word.getBoundingClientRect().top)
  return far > 5 ? [word.textContent] : []
})`

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
    assert.match((await page.locator('time').first().textContent()) ?? '', /Mar\s14, 2026.*6:26.*PM\sGMT\+9/)
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

  it('asks for a page that answers a form again, and sends the form once', async () => {
    const methods: string[] = []
    page.on('request', (request) => {
      if (request.isNavigationRequest()) methods.push(request.method())
    })
    await open('approve')
    for (const _ of ['refused', 'done'])
      await Promise.all([
        page.waitForEvent('load'),
        page.evaluate(`{ const form = document.querySelector('form.stack')
          form.noValidate = true
          form.action = location.href
          form.requestSubmit() }`),
      ])
    // Seen failing without `replaceState`: the browser shows a page of its own that asks to send the form again.
    await page.goBack()
    await page.reload()
    assert.deepEqual(methods, ['GET', 'POST', 'POST', 'GET', 'GET'])
    await page.getByRole('button', { name: 'Approve' }).waitFor()
  })

  it('has every language within reach on a phone', async () => {
    await page.setViewportSize({ width: 375, height: 740 })
    for (const name of ['security', 'member', 'password']) {
      await open(name)
      await page.locator('.languages summary').click()
      const outside = await page.evaluate(`[...document.querySelectorAll('.languages button')]
        .filter((button) => {
          const { left, right } = button.getBoundingClientRect()
          return left < 0 || right > innerWidth
        })
        .map(({ lang }) => lang)`)
      assert.deepEqual(outside, [], name)
      await page.locator('.languages button').last().click({ trial: true })
    }
  })

  it('brings back what was typed beside the form that was sent, once, and no secret', async () => {
    // The samples choose no language: the form is sent to the page itself, as one that comes back to it.
    const speak = () =>
      Promise.all([
        page.waitForEvent('load'),
        page.evaluate(`{ const form = document.createElement('form')
          form.method = 'post'
          form.action = location.href
          document.body.append(form)
          form.requestSubmit() }`),
      ])
    await open('password')
    await page.getByLabel('Email address').fill('mina@hanami.example')
    await page.getByLabel('Password', { exact: true }).fill('plum-lantern-river-41')
    await speak()
    assert.equal(await page.getByLabel('Email address').inputValue(), 'mina@hanami.example')
    assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '')
    await open('totp')
    await page.getByLabel('Six-digit code').fill('123')
    await page.getByRole('checkbox').check()
    await speak()
    assert.equal(await page.getByRole('checkbox').isChecked(), true)
    assert.equal(await page.getByLabel('Six-digit code').inputValue(), '')
    // Whoever turns to another way finds there what they chose.
    await page.evaluate("document.querySelector('#trust').form.action += '/elsewhere'")
    await speak()
    assert.equal(await page.getByRole('checkbox').isChecked(), true)
    await open('totp')
    assert.equal(await page.getByRole('checkbox').isChecked(), false)
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
    await page.goto(gallery.address('case_status', 'pt-BR'))
    assert.deepEqual(await page.evaluate(parted), [])
    await open('recovery_closed')
    assert.equal(await page.locator('.primary').textContent(), 'Back to sign-in')
    assert.equal(await page.locator('.primary > *').count(), 1)
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

  describe('with a code of six digits', () => {
    const sent: string[] = []

    /** Opens a page whose forms lead nowhere, and whose time the test moves on. */
    const wait = async (name: string) => {
      sent.splice(0)
      await page.clock.install()
      await page.route('**/interaction/**', async (route) => {
        sent.push(route.request().postData() ?? '')
        await route.fulfill({ status: 204 })
      })
      await open(name)
    }
    const code = () => page.getByLabel('Six-digit code')
    const pasted = async (text: string) => {
      await page.evaluate(`navigator.clipboard.writeText('${text}')`)
      await code().press('Control+V')
    }
    /** What forms have sent by now: a request of our own, which carries nothing, comes after theirs. */
    const forms = async () => {
      for (const _ of [1, 2])
        await page.evaluate("fetch('/interaction/last', { method: 'POST' }).catch(() => {})")
      return sent.filter((body) => body !== '')
    }

    it('sends it by itself: typed, after a moment, and as it says above', async () => {
      await wait('totp')
      assert.isTrue(await page.getByText('sent as soon as all six digits are in').isVisible())
      assert.equal(await code().getAttribute('aria-describedby'), 'code-hint')
      await code().pressSequentially('12 3456')
      assert.lengthOf(await forms(), 0)
      await page.clock.runFor(2100)
      assert.include((await forms()).join(), 'code=12+3456')
      await page.clock.runFor(5000)
      assert.lengthOf(await forms(), 1)
    })

    it('sends a pasted one at once, where nothing else is to be chosen', async () => {
      await wait('enrol_totp')
      await pasted('123456')
      await page.clock.runFor(1)
      assert.lengthOf(await forms(), 1)
    })

    it('sends it once, whoever presses the button too', async () => {
      await wait('totp')
      await code().fill('123456')
      await page.getByRole('button', { name: 'Verify' }).click()
      await page.clock.runFor(5000)
      assert.lengthOf(await forms(), 1)
    })

    it('waits as long as somebody goes on: to the next field, or to more digits', async () => {
      await wait('totp')
      await code().fill('123456')
      await page.getByLabel("Don't ask again").check()
      await page.clock.runFor(5000)
      assert.lengthOf(await forms(), 0)
      await code().fill('1234567')
      await page.clock.runFor(5000)
      assert.lengthOf(await forms(), 0)
    })

    it('sends nothing by itself after a refusal, and doesn’t say that it would', async () => {
      await wait('totp.wrong')
      await code().fill('123456')
      await page.clock.runFor(5000)
      assert.lengthOf(await forms(), 0)
      assert.isFalse(await page.getByText('sent as soon as').isVisible())
    })

    it('counts the seconds until another one can be sent, and to which number', async () => {
      await wait('phone.texted')
      await page.getByText('another one sent to ••• 78 in 30 seconds').waitFor()
      assert.isTrue(await page.getByRole('button', { name: 'Text me a code' }).isDisabled())
      await page.clock.runFor(31_000)
      assert.isTrue(await page.getByRole('button', { name: 'Text me a code' }).isEnabled())
      assert.isFalse(await page.getByText('another one sent to').isVisible())
    })
  })

  it('asks how long a pass works only where a pass is chosen', async () => {
    await open('approve')
    assert.isFalse(await page.getByLabel('The pass works for').isVisible())
    await page.getByLabel('One-time pass').check()
    assert.isTrue(await page.getByLabel('The pass works for').isVisible())
    await open('approve.wrong')
    assert.isTrue(await page.getByLabel('The pass works for').isVisible())
  })

  it('leads a super admin with a phone to the first field in a screen and a half', async () => {
    await page.setViewportSize({ width: 375, height: 667 })
    await open('approve')
    assert.isBelow((await page.getByLabel('Code that the person told you').boundingBox())!.y, 1000)
  })

  it('loads the waiting page again as soon as the case has changed', async () => {
    let status = 'awaiting_admin'
    await page.route('**/status', (route) => route.fulfill({ json: { status } }))
    await open('recovery_waiting')
    await page.waitForResponse('**/status')
    assert.isTrue(await page.getByText('This page updates automatically.').isVisible())
    status = 'completed'
    await page.waitForEvent('load', { timeout: 10_000 })
  })

  it('asks again where an answer never comes', async () => {
    await page.clock.install()
    let asked = 0
    await page.route('**/status', (route) => {
      asked += 1
      return asked === 1 ? undefined : route.fulfill({ json: { status: 'awaiting_admin' } })
    })
    const first = page.waitForRequest('**/status')
    await page.goto(gallery.address('recovery_waiting', 'en'))
    await page.clock.runFor(2100)
    await first
    const again = page.waitForResponse('**/status')
    await page.clock.runFor(10_000)
    await page.clock.runFor(5000)
    await again
  })

  it('asks less often when there is no answer', async () => {
    const asked: number[] = []
    await page.route('**/status', (route) => {
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
      await page.goto(gallery.address('recovery_closed', 'en'))
      assert.equal(await page.locator('.primary .whole').textContent(), 'sign-in')
    } finally {
      await browser.close()
      await gallery.close()
    }
  })

  it('leave it to the server what an address is: a browser takes the letters of a Japanese keyboard for none', async function () {
    if (chromiumPath === undefined) this.skip()
    const gallery = await serveSamples(createViews({ brand: 'Rekey' }))
    const browser = await launchChromium()
    try {
      const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
      await page.goto(gallery.address('password', 'en'))
      await page.getByLabel('Email address').fill('ｍｉｋａ＠ｅｘａｍｐｌｅ。ｃｏｍ')
      await page.getByLabel('Password', { exact: true }).fill('correct horse')
      const sent = page.waitForRequest((request) => request.method() === 'POST')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      assert.include(
        decodeURIComponent((await sent).postData() ?? ''),
        'email=ｍｉｋａ＠ｅｘａｍｐｌｅ。ｃｏｍ',
      )
    } finally {
      await browser.close()
      await gallery.close()
    }
  })
})
