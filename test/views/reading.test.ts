import { assert } from 'chai'
import type { Browser, Frame } from 'playwright-core'
import { createViews } from '../../views/render.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { visitAllFramed } from './every-page.ts'
import { pseudo, pseudoTexts } from './right-to-left.ts'
import { type Gallery, serveSamples } from './serve.ts'

/** Runs in the page, with everything folded up opened: what is wider than the window, cut off by something around it, or a step that runs into the next. */
const tooWide = `(() => {
  for (const folded of document.querySelectorAll('details')) folded.open = true
  const { scrollWidth, clientWidth } = document.documentElement
  const faults = scrollWidth > clientWidth ? ['is ' + scrollWidth + ' pixels wide, of ' + clientWidth] : []
  for (const element of document.querySelectorAll('main :is(h1, h2, p, li, label, legend, button, a, dt, dd, th, td)')) {
    const { left, right, width } = element.getBoundingClientRect()
    if (width > 1 && element.checkVisibility() && (left < -1 || right > clientWidth + 1))
      faults.push('is cut off: ' + element.outerHTML.slice(0, 90))
  }
  for (const step of document.querySelectorAll('.steps li'))
    if (step.scrollWidth > step.clientWidth + 1) faults.push('runs into the next: ' + step.textContent.trim())
  return faults
})()`

/** Runs in the page: words that go on in the next line with no hyphen, but for those of addresses and of code. */
const divided = `(() => {
  const clipped = (element) => element !== null &&
    (getComputedStyle(element).clipPath !== 'none' || clipped(element.parentElement))
  const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
  const [range, faults] = [document.createRange(), []]
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode
    if (parentElement.closest('svg, code, pre, script, option') || clipped(parentElement)) continue
    for (const { 0: word, index } of data.matchAll(/(?<![\\p{L}_@.:/\u00ad])\\p{L}{3,}(?![\\p{L}_@:/\u00ad]|\\.\\p{L})/gu)) {
      range.setStart(texts.currentNode, index)
      range.setEnd(texts.currentNode, index + word.length)
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) faults.push('divides ' + word)
    }
  }
  return faults
})()`

/** Runs in the page: what begins at the left where lines begin at the right. */
const unturned = `(() => {
  const { direction } = getComputedStyle(document.body)
  const faults = direction === 'rtl' ? [] : ['runs from ' + direction]
  for (const element of document.querySelectorAll('main :is(h1, h2, p, label, legend, dt, th)')) {
    const { direction, textAlign } = getComputedStyle(element)
    if (element.closest('[lang], code, .picture') !== document.documentElement && element.closest('main [lang]')) continue
    if (direction !== 'rtl' || textAlign === 'left') faults.push('stays: ' + element.outerHTML.slice(0, 90))
  }
  return faults
})()`

describe('In a browser, every page is read', function () {
  this.timeout(900_000)
  let opened: { browser: Browser; gallery: Gallery }

  before(async function () {
    if (chromiumPath === undefined) this.skip()
    const gallery = await serveSamples(createViews({ brand: 'Rekey', texts: pseudoTexts }))
    opened = { browser: await launchChromium(), gallery }
  })

  after(async () => {
    await opened?.browser.close()
    await opened?.gallery.close()
  })

  it('from right to left, where a language is', async () => {
    const size = { width: 360, height: 740 }
    const look = async (page: Frame) => [
      ...(await page.evaluate<string[]>(tooWide)),
      ...(await page.evaluate<string[]>(unturned)),
    ]
    assert.deepEqual(await visitAllFramed(opened, pseudo, size, look), [])
  })

  it('in long words, on the narrowest screen', async () => {
    const size = { width: 320, height: 640 }
    const look = (page: Frame) => page.evaluate<string[]>(tooWide)
    assert.deepEqual(await visitAllFramed(opened, 'es', size, look), [])
  })

  it('as a mail on a phone, with no label broken within a word', async () => {
    const person = { name: 'Mika Tanaka', email: 'mika@example.com', at: Date.UTC(2026, 2, 14) }
    const { html } = createViews({ brand: 'Rekey' }).notice('membership_ended', 'fr', {
      ...person,
      organization: 'Hanami Trading',
      reason: 'She left.',
    })
    const page = await opened.browser.newPage({ viewport: { width: 375, height: 640 } })
    await page.setContent(html)
    const label = page.getByText('Organisation', { exact: true })
    assert.isBelow((await label.boundingBox())!.height, 40)
    await page.close()
  })

  // WCAG 2.2, 1.4.4: a setting of the browser makes text alone larger.
  it('in long words, of which none is divided as if they were two, on a phone, and with text of twice the size', async () => {
    const size = { width: 375, height: 740 }
    const look = async (page: Frame) => {
      const faults = await page.evaluate<string[]>(divided)
      faults.push(...(await page.evaluate<string[]>(tooWide)))
      await page.evaluate(`document.documentElement.style.fontSize = '200%'`)
      return [...faults, ...(await page.evaluate<string[]>(tooWide))]
    }
    assert.deepEqual(await visitAllFramed(opened, 'de', size, look), [])
  })

  it('as a mail about a very long address too, on the narrowest screen', async () => {
    const added = `${'a-long-name'.repeat(5)}@${'department'.repeat(6)}.example`
    const [at, disavow] = [Date.UTC(2026, 2, 14), 'https://rekey.example/disavow/4c1d']
    const person = { name: 'Mika Tanaka', email: added, at, disavow, added }
    const { html } = createViews({ brand: 'Rekey' }).notice('address_added', 'en', person)
    const page = await opened.browser.newPage({ viewport: { width: 320, height: 640 } })
    await page.setContent(html)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
    await page.close()
  })
})
