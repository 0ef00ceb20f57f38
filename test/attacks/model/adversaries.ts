import { Browser } from '../../support/browser.ts'
import { statement, supportLink, why } from '../../support/cases.ts'
import { codeIn, mailsTo } from '../../support/journeys.ts'
import type { Person, Rekey } from '../../support/rekey.ts'
import type { Team } from '../../support/team.ts'
import { hasButton, hasLink, pressed } from './people.ts'

/** Somebody who wants in, and what they have. */
export interface Adversary {
  has: 'password' | 'mailbox'
  browser: Browser
  /** Every page that they were shown, as text. */
  seen: string[]
  /** Whether they were ever sent back to the app with an answer. */
  arrived: boolean
}

export interface Siege {
  rekey: Rekey
  us: Team
  adversary: Adversary
  /** The browser in which the owner waits for a request of their own. */
  owner?: Browser
}

export function newAdversary(has: Adversary['has']): Adversary {
  return { has, browser: new Browser(), seen: [], arrived: false }
}

/** What an adversary can do, one after the other, in any order. What can't be done just then does nothing. */
export const attacks = {
  begins: async ({ rekey, us, adversary }: Siege) => {
    adversary.browser = new Browser()
    await rekey.rp.start(adversary.browser)
    if (adversary.has === 'password') await givesPassword(us.person, adversary.browser)
    else await forgets(us.person, adversary.browser)
  },
  'asks for a reset': async ({ adversary: { browser } }: Siege) => {
    await pressed(browser, 'Reset authentication device')
    await pressed(browser, 'Send request')
  },
  'says that it is theirs': ({ adversary }: Siege) => pressed(adversary.browser, 'Yes, that was me'),
  'says that it wasn’t them': ({ adversary }: Siege) => pressed(adversary.browser, "This wasn't me"),
  cancels: ({ adversary }: Siege) => pressed(adversary.browser, 'Cancel this request'),
  'asks support': async ({ adversary: { browser } }: Siege) => {
    if (hasLink(browser, supportLink)) await browser.follow(supportLink)
    await pressed(browser, 'Ask support', { statement })
  },
  'guesses codes': async ({ adversary: { browser } }: Siege) => {
    for (let time = 0; time < 3; time += 1) await pressed(browser, 'Verify', { code: '000000' })
  },
  'looks again': async ({ rekey, us, adversary: { has, browser } }: Siege) => {
    if (browser.shown?.url.startsWith(rekey.issuer)) await browser.open(browser.shown.url)
    if (has === 'password') await givesPassword(us.person, browser)
  },
  'sets what they can up': async ({ rekey, adversary: { browser } }: Siege) => {
    const secret = /secret=([A-Z2-7]+)/.exec(browser.shown?.text ?? '')?.[1]
    if (secret !== undefined) await pressed(browser, 'Turn on', { code: rekey.code({ secret }) })
    await pressed(browser, 'Save password', { password: 'a password of the thief, long enough' })
    await pressed(browser, 'Not now')
  },
  'asks for a code': ({ adversary }: Siege) => pressed(adversary.browser, 'Send the code'),
  'reads the mail': async ({ rekey, us, adversary }: Siege) => {
    if (adversary.has !== 'mailbox') return
    const [mail] = (await mailsTo(rekey, us.person.email)).slice(-1)
    const code = mail && /^\d{6}$/m.exec(mail.text)?.[0]
    if (code !== undefined) await pressed(adversary.browser, 'Verify', { code })
  },
  'follows a link': async ({ rekey, us, adversary }: Siege) => {
    if (adversary.has !== 'mailbox') return
    const links = (await mailsTo(rekey, us.person.email)).flatMap(
      ({ text }) => text.match(/https?:\/\/\S+\/recovery\/\S+/g) ?? [],
    )
    const link = links.at(-1)
    if (link === undefined) return
    await adversary.browser.open(link)
    for (const button of ["This wasn't me", 'Continue', 'Send to support'])
      await pressed(adversary.browser, button, hasButton(adversary.browser, button) ? {} : {})
  },
  'time passes': async ({ rekey }: Siege) => {
    rekey.advance(3_600_000)
    await rekey.work()
  },
  'the owner asks': async (siege: Siege) => {
    siege.owner = new Browser()
    await ownerAsks(siege, siege.owner)
  },
  'a super admin approves what the owner calls about': approves,
} satisfies { [name: string]: (siege: Siege) => Promise<unknown> }

export type AttackName = keyof typeof attacks

export const attackNames = Object.keys(attacks) as AttackName[]

async function givesPassword({ email, password }: Person, browser: Browser): Promise<void> {
  await pressed(browser, 'Sign in', { email, password })
}

async function forgets({ email }: Person, browser: Browser): Promise<void> {
  await pressed(browser, 'Forgot your password?')
  await pressed(browser, 'Send the code', { email })
}

/** The owner has the password and the mailbox, and has lost the phone. */
export async function ownerAsks({ rekey, us }: Siege, browser: Browser): Promise<void> {
  await rekey.rp.start(browser)
  await givesPassword(us.person, browser)
  await pressed(browser, 'Reset authentication device')
  for (let page = 0; page < 6; page += 1) await ownerAnswers({ rekey, us }, browser)
}

/** One page on the way to a request. */
async function ownerAnswers({ rekey, us }: Pick<Siege, 'rekey' | 'us'>, browser: Browser): Promise<void> {
  if (browser.heading === 'Is this request yours?') await browser.press("This wasn't me")
  else if (browser.heading === 'Check your email') await provesMailbox(rekey, us.person, browser)
  else await pressed(browser, 'Send request')
}

export async function provesMailbox(rekey: Rekey, { email }: Person, browser: Browser): Promise<void> {
  await browser.press(hasButton(browser, 'Send the code') ? 'Send the code' : 'Send a new code')
  const mail = (await mailsTo(rekey, email)).findLast(({ subject }) => subject.startsWith('Your code'))
  if (mail === undefined) return
  const code = /^(\d{6}|[0-9A-Z]{4}(-[0-9A-Z]{4}){3})$/m.exec(mail.text)?.[0]
  if (code !== undefined) await pressed(browser, 'Verify', { code })
}

/** The owner calls with the newest code while waiting; the super admin knows the voice, and types it in. */
export async function approves({ rekey, us, owner }: Siege): Promise<void> {
  if (owner?.heading !== 'Waiting for a super admin') return
  await owner.open(owner.shown.url)
  if (owner.heading !== 'Waiting for a super admin') return
  const mail = (await mailsTo(rekey, us.person.email)).findLast(({ subject }) =>
    subject.startsWith('You asked'),
  )
  const asked = (await mailsTo(rekey, us.admin.email)).findLast(({ text }) =>
    text.includes('/recovery/approve/'),
  )
  if (mail === undefined || asked === undefined) return
  const admin = new Browser()
  await admin.open(/https?:\/\/\S+\/recovery\/approve\/\S+/.exec(asked.text)![0])
  await pressed(admin, 'Sign in', { email: us.admin.email, password: us.admin.password })
  await pressed(admin, 'Verify', { code: rekey.code(us.admin) })
  await pressed(admin, 'Approve', { code: codeIn(mail.text), reason: why })
}
