import { Browser } from '../../support/browser.ts'
import { codeIn, secretOn } from '../../support/journeys.ts'
import type { Someone, World } from './world.ts'

export function hasButton(browser: Browser, button: string): boolean {
  return browser.shown.document.querySelectorAll('button').some(({ text }) => text.trim() === button)
}

export function hasLink(browser: Browser, link: string): boolean {
  return browser.shown.document.querySelectorAll('a').some(({ text }) => text.trim() === link)
}

/** Presses a button if it is there. */
export async function pressed(browser: Browser, button: string, fields = {}): Promise<boolean> {
  if (!hasButton(browser, button)) return false
  await browser.press(button, fields)
  return true
}

type Answer = (world: World, someone: Someone, browser: Browser) => Promise<boolean>

/** What a person does on each page on the way into an app. False where they give up. */
const answers: { [heading: string]: Answer } = {
  'Sign in': async (world, someone, browser) => {
    const password = await world.passwordOf(someone)
    await browser.press('Sign in', { email: someone.person.email, password })
    return browser.heading !== 'Sign in'
  },
  'Enter your code': async (world, someone, browser) => {
    const secret = await world.secretOf(someone)
    if (secret === undefined) return false
    await browser.press('Verify', { code: world.site.code(secret) })
    return browser.heading !== 'Enter your code'
  },
  'A reset is under way': async (_world, _someone, browser) => pressed(browser, 'Keep the request'),
  'Set up your new device': enrol,
  'Set up an authenticator app': enrol,
  'Save your backup codes': async (_world, _someone, browser) =>
    (await pressed(browser, 'Make backup codes')) || pressed(browser, 'Continue', { saved: 'yes' }),
  'Check your email': async (world, someone, browser) => {
    await browser.press(hasButton(browser, 'Send the code') ? 'Send the code' : 'Send a new code')
    await world.rekey.work()
    const mail = world.mailsOf(someone).findLast(({ subject }) => subject.startsWith('Your code for'))
    return mail !== undefined && pressed(browser, 'Verify', { code: codeIn(mail.text) })
  },
  'Set a new password': async (_world, someone, browser) => {
    const password = `${someone.passwords.length} more quiet harbours of ${someone.person.id}`
    someone.passwords.unshift(password)
    return pressed(browser, 'Save password', { password })
  },
  'One more step': async (world, someone, browser) => {
    const mail = world.mailsOf(someone).findLast(({ text }) => text.includes('/recovery/continue/'))
    const back = browser.shown.url
    if (mail === undefined) return false
    await browser.open(/https?:\/\/\S+\/recovery\/continue\/\S+/.exec(mail.text)![0])
    const used = await pressed(browser, 'Continue')
    await browser.open(back)
    return used
  },
}

async function enrol(world: World, _someone: Someone, browser: Browser): Promise<boolean> {
  return pressed(browser, 'Turn on', { code: world.site.code(secretOn(browser)) })
}

/** Goes from page to page as a person would, until there is a page that is not on the way. */
export async function goOn(world: World, someone: Someone, browser: Browser): Promise<void> {
  for (let page = 0; page < 12; page += 1) {
    const answer = answers[browser.heading]
    if (answer === undefined || !(await answer(world, someone, browser))) return
  }
}

/** A new sign-in at the app, up to the page that asks for the code. */
export async function atCode(world: World, someone: Someone): Promise<Browser> {
  const browser = new Browser()
  await world.rekey.rp.start(browser)
  await answers['Sign in']!(world, someone, browser)
  return browser
}
