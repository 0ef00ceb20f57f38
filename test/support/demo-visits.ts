import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { chromiumPath, launchChromium } from '../views/chromium.ts'
import { storeFolder } from './folders.ts'
import { type Demo, startDemo } from './process.ts'

export interface DemoVisits {
  demo: Demo
  /** The folder of its store; undefined where the suite is skipped. */
  data?: string
  /** A browser of someone's own, closed when the test ends. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>
  newPage(options?: BrowserContextOptions): Promise<Page>
}

/**
 * Visits to the demo in Chromium, for the tests of one suite: the demo as a process of its own, and pages on which
 * nothing may go wrong – no script error, nothing that the content policy blocks, no request to anywhere else, no 500.
 * Where there is no Chromium, the suite is skipped and says so.
 *
 * @param what the suite, for the reason of a skip.
 */
export function visitsToDemo(what: string): DemoVisits {
  const visits = {} as DemoVisits
  const contexts: BrowserContext[] = []
  const faults: string[] = []
  let browser: Browser | undefined

  visits.newContext = async (options = {}) => {
    const context = await browser!.newContext({ locale: 'en-GB', ...options })
    contexts.push(context)
    // A machine with other work takes its time; what never comes is still found out before mocha gives up.
    context.setDefaultTimeout(60_000)
    context.on('page', (page) => watch(page, faults))
    return context
  }
  visits.newPage = async (options) => (await visits.newContext(options)).newPage()

  before(async function () {
    if (chromiumPath === undefined) {
      console.log(`skipped: no chromium found for ${what}; set CHROMIUM to the path of one`)
      this.skip()
    }
    const data = await storeFolder()
    visits.data = data
    visits.demo = await startDemo(data)
    browser = await launchChromium()
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    expect(faults.splice(0)).to.deep.equal([])
  })
  after(async () => {
    await browser?.close()
    await visits.demo?.stop()
    if (visits.data !== undefined) await rm(visits.data, { recursive: true })
  })
  return visits
}

/** What goes wrong on a page. */
function watch(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    // That the page itself is a 403 is no fault of it.
    if (message.type() === 'error' && message.location().url !== page.url())
      faults.push(`${page.url()}: ${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
  page.on('request', (request) => {
    if (!/^(http:\/\/localhost:|blob:|data:)/.test(request.url())) faults.push(`asks for ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} from ${response.url()}`)
  })
}

export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor()

/** For a person to look at: with SCREENSHOTS set to a folder, pages are kept there. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
