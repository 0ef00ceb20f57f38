import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Locale } from '../../rules/account.ts'
import { samples } from './samples.ts'
import type { Gallery } from './serve.ts'

/** Opens every page of the gallery in one window, and gathers what is wrong with it, and what the browser complained of. */
export async function visitAll(
  { browser, gallery }: { browser: Browser; gallery: Gallery },
  locale: Locale,
  options: BrowserContextOptions,
  check: (page: Page, name: string) => Promise<string[]>,
): Promise<string[]> {
  const context = await browser.newContext({ locale, ...options })
  // A page that goes on to an app by itself is looked at before it does.
  await context.addInitScript('HTMLFormElement.prototype.submit = () => {}')
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  const faults: string[] = []
  for (const { name } of samples) {
    await page.goto(gallery.address(name, locale))
    faults.push(...(await check(page, name)).map((fault) => `${name}: ${fault}`))
    faults.push(...said.splice(0).map((text) => `${name}: console: ${text}`))
  }
  await context.close()
  return faults
}
