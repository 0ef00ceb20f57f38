import * as fc from 'fast-check'
import { Browser } from '../../support/browser.ts'
import { day, hour, statement, supportLink, why } from '../../support/cases.ts'
import { atCode, goOn, hasButton, hasLink, pressed } from './people.ts'
import type { Someone, World } from './world.ts'

type Command = fc.AsyncCommand<object, World>

/** A command does what can be done just then; one that finds nothing to do does nothing. */
function command<T>(name: string, given: fc.Arbitrary<T>, act: (world: World, given: T) => Promise<void>) {
  return given.map(
    (chosen): Command => ({
      check: () => true,
      run: (_model, world) => world.site.survive(() => act(world, chosen)),
      toString: () => `${name}(${JSON.stringify(chosen)})`,
    }),
  )
}

const member = fc.nat({ max: 1 })
const anyone = fc.nat({ max: 5 })
const mostly = (likely: boolean) => fc.nat({ max: 5 }).map((n) => (n > 0 ? likely : !likely))
const among = (people: Someone[], index: number): Someone | undefined => people[index % people.length]

const asks = command('asks', member, async (world, index) => {
  const someone = world.members[index]!
  const browser = await atCode(world, someone)
  if (!(await pressed(browser, 'Reset authentication device'))) return
  if (!(await pressed(browser, 'Send request')) || browser.said.includes('refused')) return
  someone.waiting = browser
  const open = (await world.newestCase(someone))!
  world.provenOf(open.id).acknowledged.add('opened')
})

const asksSupport = command('asks the support', member, async (world, index) => {
  const someone = world.members[index]!
  const browser = await reopened(someone.waiting)
  const open = await world.newestCase(someone)
  if (browser === undefined || open === undefined) return
  if (hasLink(browser, supportLink)) await browser.follow(supportLink)
  if (!hasButton(browser, 'Ask support')) return
  world.provenOf(open.id).supportAsked ??= Date.now()
  await browser.press('Ask support', { statement })
  if (browser.heading === 'Security delay') world.provenOf(open.id).acknowledged.add('holding')
})

const cancels = command('cancels', member, async (world, index) => {
  const someone = world.members[index]!
  const browser = await reopened(someone.waiting)
  const open = await world.newestCase(someone)
  if (browser === undefined || open === undefined) return
  if ((await pressed(browser, 'Cancel this request')) && browser.heading === 'Request cancelled')
    world.provenOf(open.id).acknowledged.add('cancelled')
})

const disavows = command('disavows', fc.tuple(member, fc.nat({ max: 3 })), async (world, [index, back]) => {
  const mails = world.mailsOf(world.members[index]!).filter(({ text }) => text.includes('/recovery/disavow/'))
  const mail = mails.at(-1 - back)
  if (mail === undefined) return
  const browser = new Browser()
  await browser.open(/https?:\/\/\S+\/recovery\/disavow\/\S+/.exec(mail.text)![0])
  if (!(await pressed(browser, "This wasn't me")) || browser.heading !== 'Stopped') return
  const about = await world.caseOfLink(mail.text, 'disavow')
  if (about !== undefined) world.provenOf(about).stoppedAt ??= Date.now()
})

interface Decision {
  /** Who decides, with whose link, about whom. */
  by: number
  link: number
  about: number
  approve: boolean
  rightCode: boolean
  pass: boolean
  /** Sends the form also where the page has none. */
  force: boolean
}

const decision = fc.record<Decision>({
  by: anyone,
  link: fc.nat({ max: 2 }),
  about: member,
  approve: mostly(true),
  rightCode: mostly(true),
  pass: mostly(false),
  force: fc.boolean(),
})

/** By a super admin who was asked, or by anyone with the link of one. */
const decides = command('decides', decision, async (world, chosen) => {
  const about = world.members[chosen.about]!
  const asked = among(world.admins, chosen.link)
  const by = chosen.force ? among(world.everyone, chosen.by)! : asked
  const link = asked && (await world.approveLink(asked, about))
  const code = await world.codeMail(about)
  if (by === undefined || link === undefined || code === undefined) return
  const browser = new Browser()
  await browser.open(link.url)
  await goOn(world, by, browser)
  const right = chosen.rightCode && code.case === link.case
  const { approvals } = world.provenOf(link.case)
  const counts = chosen.approve && right && by === asked && (await mayApprove(world, by, about))
  if (counts && !approvals.has(by.person.id)) approvals.set(by.person.id, Date.now())
  await send(world, browser, link.url, by, chosen, right ? code.code : '000000')
  noteAnswer(world, browser, link.case)
})

/** By an agent of the support, or by anyone who knows the address. */
const agentDecides = command('decides at the desk', decision, async (world, chosen) => {
  const about = world.members[chosen.about]!
  const by = chosen.force ? among(world.everyone, chosen.by)! : world.agent
  const one = await world.newestCase(about)
  if (one === undefined) return
  const url = `${world.rekey.issuer}/support/cases/${one.id}`
  const browser = new Browser()
  await browser.open(url)
  await goOn(world, by, browser)
  const account = await world.accountOf(by)
  if (chosen.approve && account.supportAgent && by !== about && settled(account.factorsChangedAt))
    world.provenOf(one.id).agent.push(Date.now())
  await send(world, browser, url, by, chosen)
  noteAnswer(world, browser, one.id)
})

async function send(
  world: World,
  browser: Browser,
  url: string,
  by: Someone,
  chosen: Decision,
  code?: string,
): Promise<void> {
  const fields: { [name: string]: string } = { reason: why }
  if (code !== undefined) fields.code = code
  if (chosen.pass) Object.assign(fields, { outcome: 'pass', lifetime: '1440' })
  if (await pressed(browser, chosen.approve ? 'Approve' : 'Deny', fields)) return
  const [session] = chosen.force ? await world.site.store.consoleSessions.find('account', by.person.id) : []
  if (session === undefined) return
  const decided = chosen.approve ? 'approve' : 'deny'
  await browser.send(url, new URLSearchParams({ form: session.form, decision: decided, ...fields }))
}

/** What the page says has happened must have happened. */
function noteAnswer(world: World, browser: Browser, id: string): void {
  const proven = world.provenOf(id)
  if (browser.heading === 'Denied') proven.acknowledged.add('denied')
  if (browser.heading === 'Approved') proven.acknowledged.add('approved')
  proven.pass ??= browser.shown.document.querySelector('.pass code')?.text.trim()
}

/** The rule for approvers once more, from the facts alone. */
async function mayApprove(world: World, by: Someone, about: Someone): Promise<boolean> {
  const { status, factorsChangedAt } = await world.accountOf(by)
  const membership = await world.site.store.memberships.get(`${world.organization}:${by.person.id}`)
  const can = status === 'active' && membership?.role === 'super_admin'
  return can && by !== about && settled(factorsChangedAt)
}

const settled = (changedAt: number | undefined): boolean =>
  changedAt === undefined || Date.now() - changedAt >= day

const usesPass = command('uses the pass', member, async (world, index) => {
  const someone = world.members[index]!
  const one = await world.newestCase(someone)
  const pass = one && world.provenOf(one.id).pass
  if (pass === undefined) return
  const browser = await atCode(world, someone)
  if (!(await pressed(browser, 'Use a one-time pass'))) return
  await pressed(browser, 'Verify', { code: pass })
  if (browser.heading.startsWith('Set up')) await goOn(world, someone, browser)
})

const signsIn = command('signs in', fc.tuple(anyone, fc.boolean()), async (world, [index, cancel]) => {
  const someone = among(world.everyone, index)!
  const browser = await atCode(world, someone)
  if (cancel && browser.heading === 'Enter your code') {
    const secret = await world.secretOf(someone)
    if (secret !== undefined) await browser.press('Verify', { code: world.site.code(secret) })
    await pressed(browser, 'Cancel this request')
  }
  await goOn(world, someone, browser)
})

const goesOn = command('goes on', member, async (world, index) => {
  const someone = world.members[index]!
  const browser = await reopened(someone.waiting)
  if (browser !== undefined) await goOn(world, someone, browser)
})

const changesRole = command('gets another role', fc.nat({ max: 2 }), async (world, index) => {
  const someone = among(world.admins, index)
  if (someone === undefined) return
  await world.site.store.memberships.update(`${world.organization}:${someone.person.id}`, (current) => {
    const { superAdminOf, superAdminSince: _, ...rest } = current!
    if (superAdminOf !== undefined) return [{ ...rest, role: 'member' }, undefined]
    const now = { superAdminOf: world.organization, superAdminSince: Date.now() }
    return [{ ...rest, ...now, role: 'super_admin' }, undefined]
  })
})

const passes = command(
  'time passes',
  fc.constantFrom(60_000, 5 * hour, 24 * hour, 47 * hour, 50 * hour),
  async (world, time) => {
    world.rekey.advance(time)
    await world.rekey.work()
  },
)

const restarts = command('restarts', fc.constant(null), (world) => world.site.restart())

const diesSoon = command('dies soon', fc.integer({ min: 1, max: 30 }), async (world, write) =>
  world.site.dieAt(write),
)

async function reopened(browser: Browser | undefined): Promise<Browser | undefined> {
  await browser?.open(new URL(browser.shown.url).href)
  return browser
}

/** All that can happen, and how often beside the rest. */
const weights: [number, fc.Arbitrary<Command>][] = [
  [4, asks],
  [2, asksSupport],
  [1, cancels],
  [1, disavows],
  [5, decides],
  [4, agentDecides],
  [2, usesPass],
  [2, signsIn],
  [2, goesOn],
  [1, changesRole],
  [4, passes],
  [1, restarts],
  [2, diesSoon],
]

export const commands = fc.commands<object, World, false>(
  weights.flatMap(([times, one]) => Array.from({ length: times }, () => one)),
  { maxCommands: 30, size: 'max' },
)
