import type { Browser, BrowserContextOptions, Frame, Page, ViewportSize } from 'playwright-core'
import type { Locale } from '../../rules/account.ts'
import { samples } from './samples.ts'
import type { Gallery } from './serve.ts'

interface Opened {
  browser: Browser
  gallery: Gallery
}

/** Opens every page of the gallery in one window, and gathers what is wrong with it, and what the browser complained of. */
export const visitAll = (
  opened: Opened,
  locale: Locale,
  options: BrowserContextOptions,
  check: (page: Page, name: string) => Promise<string[]>,
): Promise<string[]> => visit(opened, locale, options, async (page) => page, check)

/** The same in a frame within a window, of the given size: a third of the work, for what only looks at how wide things are. */
export const visitAllFramed = (
  opened: Opened,
  locale: Locale,
  { width, height }: ViewportSize,
  check: (frame: Frame, name: string) => Promise<string[]>,
): Promise<string[]> => {
  const framed = async (page: Page) => {
    await page.goto(opened.gallery.frame)
    await page.evaluate(
      `document.querySelector('iframe').style = 'border: 0; width: ${width}px; height: ${height}px'`,
    )
    return page.frame('page') as Frame
  }
  return visit(opened, locale, { viewport: { width: width + 20, height: height + 20 } }, framed, check)
}

async function visit<Place extends Page | Frame>(
  { browser, gallery }: Opened,
  locale: Locale,
  options: BrowserContextOptions,
  placeOf: (page: Page) => Promise<Place>,
  check: (place: Place, name: string) => Promise<string[]>,
): Promise<string[]> {
  const context = await browser.newContext({ locale, ...options })
  // A page that goes on to an app by itself is looked at before it does.
  await context.addInitScript('HTMLFormElement.prototype.submit = () => {}')
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  const place = await placeOf(page)
  const faults: string[] = []
  for (const { name } of samples) {
    await place.goto(gallery.address(name, locale))
    faults.push(...(await check(place, name)).map((fault) => `${name}: ${fault}`))
    faults.push(...said.splice(0).map((text) => `${name}: console: ${text}`))
  }
  await context.close()
  return faults
}
