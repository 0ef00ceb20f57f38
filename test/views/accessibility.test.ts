import { readFileSync } from 'node:fs'
import { assert } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { Locale } from '../../rules/account.ts'
import { assetOf } from '../../views/assets.ts'
import { createViews } from '../../views/render.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { visitAll } from './every-page.ts'
import { type Gallery, serveSamples } from './serve.ts'

/** Sent as a file: the browser keeps it compiled, as it keeps no text that it is told to run. */
const axe = assetOf('axe.js', readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js'))))
const narrow = { width: 320, height: 640 }
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Runs in the page: everything folded up is opened. */
const unfold = `for (const folded of document.querySelectorAll('details')) folded.open = true`

/** Runs in the page, with no colour on its way to another. */
const faultsOf = (options: object, fewest: number) => `(async () => {
  ${unfold}
  for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish()
  const { violations, passes } = await axe.run(${JSON.stringify({ resultTypes: ['violations'], ...options })})
  if (passes.length < ${fewest}) return ['axe found little to look at']
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => id + ': ' + html + ' ' + any[0]?.message))
})()`

/** Everything in both languages and schemes, or only what can differ there from the same page in English and light colours. */
const everything = process.env['STORIES'] === 'all'
const whole = faultsOf({ runOnly: rules }, 15)
const colours = ['color-contrast', 'link-in-text-block']
const inDark = everything ? whole : faultsOf({ runOnly: { type: 'rule', values: colours } }, 1)

/** Runs in the page: what is marked as hidden, and is seen nevertheless. */
const shownThough = `[...document.querySelectorAll('[hidden]')]
  .filter((element) => element.checkVisibility())
  .map((element) => 'shows ' + (element.id || element.className || element.tagName))`

/**
 * Runs in the page: what a finger may miss, as it is less than 24 pixels high (WCAG 2.5.8). A link within a sentence may be
 * as high as its line.
 */
const smallTargets = `[...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
  .filter((one) => one.checkVisibility() && !one.matches('.skip') && one.getBoundingClientRect().height < 24)
  .filter((one) => (one.closest('p, li, td, dd, div, pre') ?? one).textContent.trim() === one.textContent.trim())
  .map((one) => 'is too low to hit: ' + one.textContent.trim())`

/** Runs in the page: buttons one below another that have the bullets of a text, outside of the page. */
const bulleted = `[...document.querySelectorAll('li')]
  .filter((one) => one.firstElementChild?.matches('.button') && getComputedStyle(one).listStyleType !== 'none')
  .map((one) => 'has a bullet before its button: ' + one.textContent.trim())`

/** Runs in the page: how wide it is when its text is twice as large (WCAG 1.4.4). */
const widthAtTwice = `(() => {
  document.documentElement.style.fontSize = '200%'
  return document.documentElement.scrollWidth
})()`

describe('In a browser, every page', function () {
  this.timeout(900_000)
  let browser: Browser
  let gallery: Gallery
  /** What is wrong with a page in English, in either scheme: each is opened once. */
  const english: { light: string[]; dark: string[] } = { light: [], dark: [] }

  before(async function () {
    if (chromiumPath === undefined) {
      console.log(
        'skipped: no chromium found for the accessibility of the pages; set CHROMIUM to the path of one',
      )
      this.skip()
    }
    gallery = await serveSamples(createViews({ brand: 'Rekey' }), new Map([['axe.js', axe]]))
    browser = await launchChromium()
    const complaints = await visit('en', async (page, name) => {
      const named = (faults: string[]) => faults.map((fault) => `${name}: ${fault}`)
      const light = await accessible(page, whole)
      await page.emulateMedia({ colorScheme: 'dark' })
      english.dark.push(...named(await accessible(page, inDark)))
      await page.emulateMedia({ colorScheme: 'light' })
      english.light.push(...named([...light, ...(await comfortable(page))]))
      return []
    })
    english.light.push(...complaints)
  })

  after(async () => {
    await browser?.close()
    await gallery?.close()
  })

  const visit = (locale: Locale, check: (page: Page, name: string) => Promise<string[]>) =>
    visitAll({ browser, gallery }, locale, { viewport: narrow, colorScheme: 'light' }, check)

  /** On a phone: everything can be hit, and text of twice the size needs no scrolling sideways. */
  const comfortable = async (page: Page) => {
    await page.setViewportSize({ width: 375, height: 812 })
    const faults = await page.evaluate<string[]>(smallTargets)
    faults.push(...(await page.evaluate<string[]>(bulleted)))
    const width = await page.evaluate<number>(widthAtTwice)
    await page.setViewportSize(narrow)
    return width > 375 ? [...faults, `is ${width} pixels wide with text of twice the size`] : faults
  }

  /** WCAG by axe, and what fits. */
  const accessible = async (page: Page, faultsThere: string) => {
    if (!(await page.evaluate<boolean>("'axe' in window"))) await page.addScriptTag({ url: '/assets/axe.js' })
    return [...(await page.evaluate<string[]>(faultsThere)), ...(await fits(page))]
  }

  /** WCAG 1.4.10: nothing scrolls sideways on a screen of 320 pixels, with everything unfolded; nor is shown what is hidden. */
  const fits = async (page: Page) => {
    await page.evaluate(unfold)
    const faults = await page.evaluate<string[]>(shownThough)
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    return width > 320 ? [...faults, `is ${width} pixels wide`] : faults
  }

  it('is accessible and narrow enough in light colours, with larger text too', () => {
    assert.deepEqual(english.light, [])
  })

  it('is accessible in dark colours', () => {
    assert.deepEqual(english.dark, [])
  })

  it(`is ${everything ? 'accessible and ' : ''}narrow enough in Japanese, with larger text too`, async () => {
    const both = async (page: Page) => [
      ...(everything ? await accessible(page, whole) : await fits(page)),
      ...(await comfortable(page)),
    ]
    assert.deepEqual(await visit('ja', both), [])
  })

  it('shows its main button apart from the others in forced colours', async () => {
    const page = await browser.newPage({ forcedColors: 'active' })
    await page.goto(gallery.address('approve', 'en'))
    const fill = (decision: string) =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector('button[value=${decision}]')).backgroundColor`,
      )
    assert.notEqual(await fill('approve'), await fill('deny'))
    await page.close()
  })
})
