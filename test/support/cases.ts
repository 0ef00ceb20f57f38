import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { Browser } from './browser.ts'
import { askForReset, codeIn, linkIn, mailsTo, openApproval } from './journeys.ts'
import type { Person, Rekey } from './rekey.ts'
import type { Team } from './team.ts'

export const hour = 3_600_000
export const day = 24 * hour

/** Why an approver of the tests decides. */
export const why = 'Called, and knew the voice.'
export const statement = 'My phone fell into the lake, and the codes with it.'

/** A case that was just opened: the browser that waits, and what the mails hold. */
export interface Asked {
  waiting: Browser
  id: string
  /** Undefined where no super admin can be asked. */
  code: string
  /** "This wasn't me". */
  disavow: string
  support: string
  /** The link of each super admin, in the order of the team. */
  approve: string[]
}

export async function ask(
  rekey: Rekey,
  { person, admins }: Pick<Team, 'person' | 'admins'>,
  params: { [parameter: string]: string } = {},
): Promise<Asked> {
  const waiting = await askForReset(rekey, person, params)
  const { id } = await caseOf(rekey, person)
  const mail = (await mailsTo(rekey, person.email)).findLast(({ subject }) =>
    subject.startsWith('You asked'),
  )!
  const approve = admins.map((admin) =>
    linkIn(
      rekey.mail.mails.findLast(({ to, text }) => to === admin.email && text.includes('/recovery/approve/'))!
        .text,
      '/recovery/approve/',
    ),
  )
  return {
    waiting,
    id,
    code: admins.length > 0 ? codeIn(mail.text) : '',
    disavow: linkIn(mail.text, '/recovery/disavow/'),
    support: linkIn(mail.text, '/recovery/support/'),
    approve,
  }
}

/** The person's newest case, as it is stored. */
export async function caseOf(rekey: Rekey, person: Pick<Person, 'id'>): Promise<RecoveryCase> {
  return (await rekey.store.cases.find('account', person.id)).at(-1)!
}

/** The first super admin signs in and approves; ends on the page that says so. */
export async function approve(rekey: Rekey, { admin }: Team, asked: Asked): Promise<Browser> {
  const browser = await openApproval(rekey, admin, asked.approve[0]!)
  await browser.press('Approve', { code: asked.code, reason: why })
  return browser
}

/** The first super admin lets the person in with a one-time pass, which the page shows. */
export async function issuePass(
  rekey: Rekey,
  { admin }: Team,
  asked: Asked,
  minutes: 10 | 60 | 240 | 1440 = 60,
): Promise<string> {
  const browser = await openApproval(rekey, admin, asked.approve[0]!)
  const chosen = { outcome: 'pass', lifetime: String(minutes) }
  await browser.press('Approve', { code: asked.code, reason: why, ...chosen })
  return browser.shown.document.querySelector('.pass code')!.text.trim()
}

export const supportLink = 'Nobody answers? Ask support'

/** Hands a case to the support from the page that waits. */
export async function askSupport(waiting: Browser, words = statement): Promise<void> {
  if (waiting.shown.document.querySelector('textarea[name=statement]') === null)
    await waiting.follow(supportLink)
  await waiting.press('Ask support', { statement: words })
}

/** A support agent opens a case on the desk, signing in when asked. */
export async function openDesk(
  rekey: Rekey,
  agent: Person,
  path = '/support',
  browser = new Browser(),
): Promise<Browser> {
  await browser.open(`${rekey.issuer}${path}`)
  if (browser.heading === 'Sign in')
    await browser.press('Sign in', { email: agent.email, password: agent.password })
  if (browser.heading === 'Enter your code') await browser.press('Verify', { code: rekey.code(agent) })
  return browser
}

/** Presses the button of a "this wasn't me" link, in a browser that knows nothing. */
export async function disavow(link: string): Promise<Browser> {
  const owner = new Browser()
  await owner.open(link)
  await owner.press("This wasn't me")
  return owner
}
