import type { Browser } from '../../support/browser.ts'
import type { Person } from '../../support/rekey.ts'

/** What the person sees at the end, for the report: pages that the suite wants a human to look at. */
export interface Visit {
  url: string
  heading: string
}

/** Someone who does what the pages ask until they are back at the suite. */
export async function visit(
  browser: Browser,
  person: Person,
  url: string,
  how: { method?: string; refuses: boolean; suite: string },
): Promise<Visit> {
  if (how.method === 'POST') {
    const { origin, pathname, searchParams } = new URL(url)
    await browser.send(`${origin}${pathname}`, searchParams)
  } else await browser.open(url)
  for (let page = 0; page < 8; page += 1) {
    if (browser.shown.url.startsWith(how.suite)) {
      await arrive(browser)
      break
    }
    if (!(await step(browser, person, how.refuses))) break
  }
  return { url: browser.shown.url, heading: browser.heading }
}

/** One page; false where there is nothing to do. */
async function step(browser: Browser, person: Person, refuses: boolean): Promise<boolean> {
  const buttons = browser.shown.document.querySelectorAll('button').map((one) => one.text.trim())
  const press = async (button: string, fields = {}) => {
    if (!buttons.includes(button)) return false
    await browser.press(button, fields)
    return true
  }
  if (await press('Sign in', { email: person.email, password: person.password })) return true
  if (await press('Not now')) return true
  if (await press(refuses ? "Don't allow" : 'Allow')) return true
  if (await press('Sign out')) return true
  return press('Continue')
}

/** The suite's page hands on what stands behind `#`, by script. */
async function arrive(browser: Browser): Promise<void> {
  const submit = /xhr\.open\('POST', "([^"]+)"/.exec(browser.shown.text)?.[1]
  if (submit === undefined) return
  await fetch(submit.replaceAll('\\/', '/'), {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: new URL(browser.shown.url).hash,
  })
}
