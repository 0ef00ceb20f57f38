import { expect } from 'chai'
import { verifyLog } from '../../../effects/open-audit.ts'
import type { CaseStatus, RecoveryCase } from '../../../rules/recovery-case.ts'
import { hour } from '../../support/cases.ts'
import type { Someone, World } from './world.ts'

/** What the person is told of each change, by its subject line. */
const subjects: { [S in CaseStatus]?: string } = {
  requested: 'You asked to reset your authentication device',
  awaiting_admin: 'You asked to reset your authentication device',
  holding: 'The reset of your authentication device is waiting',
  awaiting_support: 'Your request can be decided now',
  granted: 'The reset of your authentication device was approved',
  completed: 'Your authentication device was reset',
  denied: 'The reset of your authentication device was denied',
  cancelled: 'The reset of your authentication device was cancelled',
  disavowed: 'The reset of your authentication device was stopped',
  expired: 'Your request to reset your authentication device has expired',
}
const passed = 'You can sign in once with a one-time pass'

/** What holds at every moment. */
export async function expectSound(world: World): Promise<void> {
  for (const someone of world.members) {
    const cases = await world.site.store.cases.find('account', someone.person.id)
    expect(cases.filter(({ openFor }) => openFor !== undefined).length, 'open cases').to.be.at.most(1)
    for (const one of cases) expectProven(world, one)
    await expectFactor(world, someone, cases)
  }
}

/** No reset without the proof that its route asks for, none before its hold, none after the page said that it is stopped. */
function expectProven(world: World, one: RecoveryCase): void {
  const { approvals, agent, supportAsked, stoppedAt } = world.provenOf(one.id)
  const { policy } = world.setup
  const times = (status: CaseStatus) =>
    one.history.filter((entry) => entry.status === status).map(({ at }) => at)
  expect(times('completed').length, 'completions').to.be.at.most(1)
  const granted = [...times('granted'), ...times('completing')]
  if (granted.length === 0) return
  const at = Math.min(...times('completing'), Infinity)
  if (one.route === 'support') {
    const held = Math.min(72, Math.max(48, policy.supportHoldHours ?? 48)) * hour
    expect(
      agent.some((decided) => decided >= supportAsked! + held),
      'an agent, after the hold',
    ).to.equal(true)
    expect(at).to.be.at.least(supportAsked! + held)
  } else {
    expect(approvals.size, 'approvals').to.be.at.least(policy.approvals ?? 1)
    const needed = [...approvals.values()].sort((a, b) => a - b)[(policy.approvals ?? 1) - 1]!
    expect(at).to.be.at.least(needed + (policy.holdAfterApprovalHours ?? 0) * hour)
  }
  if (stoppedAt !== undefined && one.completedAt !== undefined)
    expect(one.completedAt, 'reset after it was stopped').to.be.at.most(stoppedAt)
}

/** A factor goes only with a case that was granted. */
async function expectFactor(world: World, someone: Someone, cases: RecoveryCase[]): Promise<void> {
  const { factors, lastReset, pass } = await world.accountOf(someone)
  const granted = ['completing', 'completed']
  if (factors.length === 0 || pass !== undefined) expect(lastReset).to.not.equal(undefined)
  if (lastReset === undefined) return
  const by = cases.find(({ id }) => id === lastReset)
  expect(granted, 'what the reset rests on').to.include(by?.status)
}

/** What holds when all work is done: nothing that was said is lost, and everyone was told of everything, once. */
export async function expectSettled(world: World): Promise<Set<string>> {
  const { store } = world.site
  expect(await store.outbox.find('due', 'yes')).to.deep.equal([])
  expect(await store.outbox.find('state', 'dead')).to.deep.equal([])
  expect((await verifyLog(world.site.rekey.app.services)).fault).to.equal(undefined)
  const reached = new Set<string>()
  for (const someone of world.members) {
    const cases = await store.cases.find('account', someone.person.id)
    for (const one of cases) {
      expect([one.effects, one.effectsDue, one.status === 'completing']).to.deep.equal([[], undefined, false])
      expectKept(world, one)
      await expectFacts(world, one)
      reached.add(
        one.status === 'completed' && one.pass ? 'completed by pass' : `${one.status} by ${one.route}`,
      )
    }
    await expectTold(world, someone, cases)
  }
  return reached
}

/** What a page has said stays said. */
function expectKept(world: World, one: RecoveryCase): void {
  const { acknowledged } = world.provenOf(one.id)
  const statuses = one.history.map(({ status }) => status)
  for (const said of acknowledged) {
    if (said === 'approved') expect(statuses).to.include.oneOf(['granted', 'completing'])
    else if (said !== 'opened') expect(statuses).to.include(said)
  }
}

async function expectFacts({ site }: World, one: RecoveryCase): Promise<void> {
  const facts = await site.store.audit.find('case', one.id)
  const written = facts
    .map(({ event }) => event)
    .filter((event) => event.startsWith('recovery.') && event !== 'recovery.claimed')
  expect(written).to.deep.equal(one.history.map(({ status }) => `recovery.${status}`))
}

async function expectTold(world: World, someone: Someone, cases: RecoveryCase[]): Promise<void> {
  const { addresses } = await world.accountOf(someone)
  const expected = cases.flatMap(subjectsOf).sort()
  const known = new Set([...Object.values(subjects), passed])
  for (const { address } of addresses) {
    const mails = world.rekey.mail.mails.filter(({ to, subject }) => to === address && known.has(subject))
    const told = [...new Map(mails.map(({ id, subject }) => [id, subject])).values()]
    expect(told.sort(), `what ${address} was told`).to.deep.equal(expected)
  }
}

function subjectsOf({ history, pass }: RecoveryCase): string[] {
  return history.flatMap(({ status }, index) => {
    const before = history[index - 1]?.status
    if (before === status) return []
    // An approval counts no more: that has a mail of its own.
    if (before === 'granted' && status === 'awaiting_admin') return []
    return (status === 'completed' && pass ? passed : subjects[status]) ?? []
  })
}
