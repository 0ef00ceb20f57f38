import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { Browser } from './browser.ts'
import type { Mail } from './mail-server.ts'
import type { Person, Rekey } from './rekey.ts'

/** Opens a sign-in for an app and gives e-mail and password; ends on the page that comes then. */
export async function givePassword(
  rekey: Rekey,
  person: Person,
  params: { [parameter: string]: string } = {},
  browser = new Browser(),
  app = rekey.rp,
): Promise<Browser> {
  await app.start(browser, params)
  await browser.press('Sign in', { email: person.email, password: person.password })
  return browser
}

/** Signs in with password and authenticator code, back to the app. */
export async function signIn(
  rekey: Rekey,
  person: Person,
  params: { [parameter: string]: string } = {},
  browser = new Browser(),
  app = rekey.rp,
): Promise<Browser> {
  await givePassword(rekey, person, params, browser, app)
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
  // After "this wasn't me" the password alone opens nothing.
  if (browser.heading === 'Check your email') await proveMailbox(rekey, person, browser)
  await browser.press('Send request')
  return browser
}

/** Has a code mailed to the sign-in address, and types it. */
export async function proveMailbox(rekey: Rekey, { email }: Person, browser: Browser): Promise<void> {
  await browser.press('Send the code')
  const mail = (await mailsTo(rekey, email)).findLast(({ subject }) => subject.startsWith('Your code'))!
  await browser.press('Verify', { code: codeIn(mail.text) })
}

/** Asks for a reset in another sign-in while one is asked for, and says that both are the person's own. */
export async function askAsWell(rekey: Rekey, person: Person): Promise<Browser> {
  const browser = await givePassword(rekey, person)
  await browser.press('Reset authentication device')
  await browser.press('Yes, that was me')
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

/** The recovery cases of a person, in the order in which they were opened. */
export async function casesOf(rekey: Rekey, person: Person): Promise<RecoveryCase[]> {
  return rekey.store.cases.find('account', person.id)
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

/** Asks for a reset; what the person and the first super admin get by mail for it. */
export async function requestReset(
  rekey: Rekey,
  person: Person,
  admin: Person,
  params: { [parameter: string]: string } = {},
): Promise<{ waiting: Browser; code: string; link: string; disavow: string }> {
  const waiting = await askForReset(rekey, person, params)
  const own = await rekey.mail.next(person.email, /^You asked to reset/)
  const request = await rekey.mail.next(admin.email, new RegExp(`^${person.name} asks you to reset`))
  return {
    waiting,
    code: codeIn(own.text),
    link: linkIn(request.text, '/recovery/approve/'),
    disavow: linkIn(own.text, '/recovery/disavow/'),
  }
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
  const { waiting, code, link } = await requestReset(rekey, person, approver, params)
  const admin = await openApproval(rekey, approver, link)
  await admin.press('Approve', { code, reason: 'Called, and knew the voice.' })
  return waiting
}

/** A browser that the person has signed in from, and said is to be trusted. */
export async function trusting(rekey: Rekey, person: Person): Promise<Browser> {
  const browser = await givePassword(rekey, person)
  await browser.press('Verify', { code: rekey.code(person), trust: 'yes' })
  await rekey.rp.finish(browser)
  return browser
}
