import type { Browser } from './browser.ts'
import { givePassword } from './journeys.ts'
import { PhoneApp } from './phone-app.ts'
import type { Person, Rekey } from './rekey.ts'

/** The number that a page shows, to be typed on the phone. */
export function numberOn(browser: Browser): string {
  const shown = browser.shown.document.querySelector('.number code')?.text
  if (shown === undefined) throw new Error(`no number on "${browser.heading}":\n${browser.words}`)
  return shown.replace(/\s/g, '')
}

/** What the QR code of a page holds. */
export function pairingLink(browser: Browser): string {
  return browser.shown.document.querySelector('#link')!.text
}

/** Someone without a second factor, on the page that connects a phone. */
export async function startPairing(rekey: Rekey, person: Person): Promise<Browser> {
  const browser = await givePassword(rekey, person)
  await browser.press('Rekey authenticator')
  return browser
}

/** From the QR code to the bound phone; ends on the page with the backup codes. */
export async function pairOn(rekey: Rekey, browser: Browser): Promise<PhoneApp> {
  const phone = new PhoneApp(rekey.issuer, rekey.now)
  await phone.open(pairingLink(browser))
  await browser.open(browser.shown.url)
  await phone.typePairing(numberOn(browser))
  await browser.press('Continue')
  return phone
}

/** A person whose only second factor is our authenticator. */
export async function withPhone(rekey: Rekey): Promise<{ person: Person; phone: PhoneApp }> {
  const person = await rekey.person({ bare: true })
  const browser = await startPairing(rekey, person)
  const phone = await pairOn(rekey, browser)
  await browser.press('Continue', { saved: 'yes' })
  return { person, phone }
}
