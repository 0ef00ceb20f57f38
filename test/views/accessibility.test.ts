import { createRequire } from 'node:module'
import { assert } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { Locale } from '../../rules/account.ts'
import { createViews } from '../../views/render.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { visitAll } from './every-page.ts'
import { type Gallery, serveSamples } from './serve.ts'

const { source } = createRequire(import.meta.url)('axe-core') as { source: string }
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Runs in the page, with everything folded up opened. */
const faultsOf = `(async () => {
  for (const folded of document.querySelectorAll('details')) folded.open = true
  const { violations, passes } = await axe.run({ runOnly: ${JSON.stringify(rules)} })
  if (passes.length < 15) return ['axe found little to look at']
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => id + ': ' + html + ' ' + any[0]?.message))
})()`

/** Runs in the page: what is marked as hidden, and is seen nevertheless. */
const shownThough = `[...document.querySelectorAll('[hidden]')]
  .filter((element) => element.checkVisibility())
  .map((element) => 'shows ' + (element.id || element.className || element.tagName))`

describe('In a browser, every page', function () {
  this.timeout(900_000)
  let browser: Browser
  let gallery: Gallery

  before(async function () {
    if (chromiumPath === undefined) {
      console.log(
        'skipped: no chromium found for the accessibility of the pages; set CHROMIUM to the path of one',
      )
      this.skip()
    }
    gallery = await serveSamples(createViews({ brand: 'Rekey' }))
    browser = await launchChromium()
  })

  after(async () => {
    await browser?.close()
    await gallery?.close()
  })

  const visit = (locale: Locale, colorScheme: 'light' | 'dark', check: (page: Page) => Promise<string[]>) =>
    visitAll({ browser, gallery }, locale, { viewport: { width: 320, height: 640 }, colorScheme }, check)

  /** WCAG by axe, and 1.4.10: nothing scrolls sideways on a screen of 320 pixels, with everything unfolded; nor is shown what is hidden. */
  const accessible = async (page: Page) => {
    await page.evaluate(source)
    const faults = await page.evaluate<string[]>(faultsOf)
    faults.push(...(await page.evaluate<string[]>(shownThough)))
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    return width > 320 ? [...faults, `is ${width} pixels wide`] : faults
  }

  it('is accessible and narrow enough in light colours', async () => {
    assert.deepEqual(await visit('en', 'light', accessible), [])
  })

  it('is accessible in dark colours', async () => {
    assert.deepEqual(await visit('en', 'dark', accessible), [])
  })

  it('is accessible and narrow enough in Japanese', async () => {
    assert.deepEqual(await visit('ja', 'light', accessible), [])
  })
})
