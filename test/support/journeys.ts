import { Browser } from './browser.ts'
import type { Mail } from './mail-server.ts'
import type { Person, Rekey } from './rekey.ts'

/** Opens a sign-in for an app and gives e-mail and password; ends on the page that comes then. */
export async function givePassword(
  rekey: Rekey,
  person: Person,
  params: { [parameter: string]: string } = {},
  browser = new Browser(),
): Promise<Browser> {
  await rekey.rp.start(browser, params)
  await browser.press('Sign in', { email: person.email, password: person.password })
  return browser
}

/** Signs in with password and authenticator code, back to the app. */
export async function signIn(
  rekey: Rekey,
  person: Person,
  params: { [parameter: string]: string } = {},
  browser = new Browser(),
): Promise<Browser> {
  await givePassword(rekey, person, params, browser)
  await browser.press('Verify', { code: rekey.code(person) })
  return browser
}

/** From the password to the page that waits for a super admin. */
export async function askForReset(
  rekey: Rekey,
  person: Person,
  params: { [parameter: string]: string } = {},
): Promise<Browser> {
  const browser = await givePassword(rekey, person, params)
  await browser.press('Reset authentication device')
  await browser.press('Send request')
  return browser
}

/** Every mail that went to an address, once all that is due has gone out. */
export async function mailsTo(rekey: Rekey, address: string): Promise<Mail[]> {
  await rekey.work()
  return rekey.mail.mails.filter((mail) => mail.to === address)
}

/** Types what an authenticator app shows for the secret on the page, and turns it on. */
export async function enrol(rekey: Rekey, browser: Browser): Promise<string> {
  const secret = secretOn(browser)
  await browser.press('Turn on', { code: rekey.code({ secret }) })
  return secret
}

/** The secret that a page offers for an authenticator app. */
export function secretOn(browser: Browser): string {
  return /secret=([A-Z2-7]+)/.exec(browser.shown.text)![1]!
}

/** The backup codes that a page shows. */
export function codesOn(browser: Browser): string[] {
  return browser.shown.document.querySelectorAll('ol.codes li').map((one) => one.text.trim())
}

/** A link in a mail, by how its path begins. */
export function linkIn(text: string, path: string): string {
  const found = new RegExp(`https?://\\S+${path}\\S+`).exec(text)?.[0]
  if (found === undefined) throw new Error(`no link to ${path} in:\n${text}`)
  return found
}

export function codeIn(text: string): string {
  return /^\d{6}$/m.exec(text)![0]
}

/** Opens an approval link as a super admin who has to sign in first. */
export async function openApproval(
  rekey: Rekey,
  approver: Person,
  link: string,
  browser = new Browser(),
): Promise<Browser> {
  await browser.open(link)
  await browser.press('Sign in', { email: approver.email, password: approver.password })
  await browser.press('Verify', { code: rekey.code(approver) })
  return browser
}

/** The whole way from "Reset authentication device" to the approval; returns the browser that waited. */
export async function getReset(
  rekey: Rekey,
  person: Person,
  approver: Person,
  params: { [parameter: string]: string } = {},
): Promise<Browser> {
  const waiting = await askForReset(rekey, person, params)
  const mail = await rekey.mail.next(person.email, /./)
  const request = await rekey.mail.next(approver.email, /./)
  const admin = await openApproval(rekey, approver, linkIn(request.text, '/recovery/approve/'))
  await admin.press('Approve', { code: codeIn(mail.text), reason: 'Called, and knew the voice.' })
  return waiting
}
