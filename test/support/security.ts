import { Browser } from './browser.ts'
import type { Person, Rekey } from './rekey.ts'

/** A person at the page on which they look after their account, signed in with all they have. */
export async function atSecurity(
  rekey: Rekey,
  person: Person,
  path = '',
  browser = new Browser(),
): Promise<Browser> {
  await browser.open(`${rekey.issuer}/security${path}`)
  return signInThere(rekey, person, browser)
}

/** Goes through the sign-in that stands between a person and the page, as far as there is one. */
export async function signInThere(rekey: Rekey, person: Person, browser: Browser): Promise<Browser> {
  if (browser.heading === 'Sign in')
    await browser.press('Sign in', { email: person.email, password: person.password })
  if (browser.heading === 'Enter your code') await browser.press('Verify', { code: rekey.code(person) })
  return browser
}

/** What the log says of a person, the newest last. */
export async function eventsOf(rekey: Rekey, person: Person): Promise<string[]> {
  return (await rekey.store.audit.find('subject', person.id)).map(({ event }) => event)
}
