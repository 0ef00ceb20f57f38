import { expect } from 'chai'
import { hashRecoveryCode } from '../../recovery/events.ts'
import { withCaseEffects } from '../../rules/case-effects.ts'
import { advance } from '../../rules/case-events.ts'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { type Asked, ask, caseOf, why } from '../support/cases.ts'
import { givePassword, mailsTo, openApproval } from '../support/journeys.ts'
import { type Team, team } from '../support/team.ts'

attack('A race', (rekey) => {
  const approverOf = (us: Team, asked: Asked, index = 0) =>
    openApproval(rekey, us.admins[index]!, asked.approve[index]!)
  const owner = async ({ disavow }: Asked) => {
    const browser = new Browser()
    await browser.open(disavow)
    return browser
  }
  const subjectsOf = async ({ email }: { email: string }) =>
    (await mailsTo(rekey, email)).map(({ subject }) => subject)

  // Seen failing with the case read before and written after instead of `cases.update` in `applyEvent` (recovery/events.ts).
  for (const head of ['the approval', 'the owner', 'nobody'] as const) {
    it(`of approval and "this wasn't me" has one outcome, with ${head} a little ahead`, async () => {
      const us = await team(rekey)
      const asked = await ask(rekey, us)
      const [admin, victim] = await Promise.all([approverOf(us, asked), owner(asked)])
      const approval = () => admin.press('Approve', { code: asked.code, reason: why })
      const stop = () => victim.press("This wasn't me")
      const started = head === 'the owner' ? [stop(), approval()] : [approval(), stop()]
      if (head === 'nobody') started.reverse()
      await Promise.all(started)
      await rekey.work()

      const { status, history } = await caseOf(rekey, us.person)
      const account = await rekey.account(us.person)
      expect(victim.heading).to.equal('Stopped')
      expect(account.passwordExpired).to.equal('disavowed')
      expect(history.filter((entry) => ['completed', 'disavowed'].includes(entry.status))).to.have.length(1)
      const told = await subjectsOf(us.person)
      const reset = told.filter((subject) => subject === 'Your authentication device was reset')
      if (status === 'disavowed') {
        expect(account.factors).to.have.length(1)
        expect(reset).to.deep.equal([])
        expect((await subjectsOf(us.admin)).at(-1)).to.include('Warning: the request for')
      } else {
        expect(status).to.equal('completed')
        expect(admin.heading).to.equal('Approved')
        expect(account.factors).to.deep.equal([])
        expect(reset).to.have.length(1)
      }
      await expectThiefOut(us, asked)
    })
  }

  /** Whoever asked, with the password alone: neither the browser that waited nor a new one gets in. */
  async function expectThiefOut({ person }: Team, { waiting }: Asked): Promise<void> {
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('Sign in')
    const again = await givePassword(rekey, person)
    expect(again.heading).to.be.oneOf(['Enter your code', 'Check your email'])
  }

  // Seen failing without `stoppedReset` looked at in `stripAccount` (rules/enrolment.ts): reset by the next process, after the
  // page had said that it was stopped.
  it('that the owner wins after the decision, when a crash has delayed the reset, stops the reset', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    await crashAfterApproval(us, asked)
    const victim = await owner(asked)
    await victim.press("This wasn't me")
    expect(victim.heading).to.equal('Stopped')
    rekey.advance(60_000)
    await rekey.work()
    const { status, history } = await caseOf(rekey, us.person)
    expect(status).to.equal('disavowed')
    expect(history.map((entry) => entry.status)).to.deep.equal(['awaiting_admin', 'completing', 'disavowed'])
    expect((await rekey.account(us.person)).factors).to.have.length(1)
    expect(await subjectsOf(us.person)).to.not.include('Your authentication device was reset')
    await expectThiefOut(us, asked)
  })

  /** What a process leaves behind that dies as soon as the decision is stored: a lease, and everything still to do. */
  async function crashAfterApproval({ admin }: Team, asked: Asked): Promise<void> {
    const code = hashRecoveryCode(rekey.app.services.ring, asked.id, asked.code)
    const event = { type: 'approve', by: admin.id, reason: why, code } as const
    await rekey.store.cases.update(asked.id, (current) => {
      const decided = withCaseEffects(current, advance(current!, event, rekey.now()).case)
      return [{ ...decided, lease: { owner: 'a process that died', until: rekey.now() + 30_000 } }, undefined]
    })
  }

  // Seen failing as the first.
  it('of two approvers has one winner, and everything happens once', async () => {
    const us = await team(rekey, { admins: 2 })
    const asked = await ask(rekey, us)
    const admins = [await approverOf(us, asked, 0), await approverOf(us, asked, 1)]
    await Promise.all(admins.map((admin) => admin.press('Approve', { code: asked.code, reason: why })))
    await rekey.work()
    expect(admins.map(({ heading }) => heading).sort()).to.deep.equal([
      'Approved',
      'There is nothing left to decide',
    ])
    const { history, status } = await caseOf(rekey, us.person)
    expect(status).to.equal('completed')
    expect(history.map((entry) => entry.status)).to.deep.equal(['awaiting_admin', 'completing', 'completed'])
    expect(await subjectsOf(us.person)).to.deep.equal([
      'You asked to reset your authentication device',
      'Your authentication device was reset',
    ])
  })

  // Seen failing as the first.
  it('of approval and denial has one winner', async () => {
    const us = await team(rekey, { admins: 2 })
    const asked = await ask(rekey, us)
    const [yes, no] = [await approverOf(us, asked, 0), await approverOf(us, asked, 1)]
    await Promise.all([
      yes.press('Approve', { code: asked.code, reason: why }),
      no.press('Deny', { reason: 'Not their voice.' }),
    ])
    const { status } = await caseOf(rekey, us.person)
    const { factors } = await rekey.account(us.person)
    expect([yes.heading === 'Approved', no.heading === 'Denied', factors.length === 0]).to.deep.equal(
      status === 'completed' ? [true, false, true] : [false, true, false],
    )
  })

  // Seen failing without `unique` on the index `openFor` (adapters/store/store.ts).
  it('of many requests opens one case', async () => {
    const us = await team(rekey)
    const browsers: Browser[] = []
    while (browsers.length < 6) {
      browsers.push(await givePassword(rekey, us.person))
      await browsers.at(-1)!.press('Reset authentication device')
    }
    await Promise.all(browsers.map((browser) => browser.press('Send request')))
    // One has opened it; the others are asked whether that was the person too.
    const [first, ...others] = browsers
      .map(({ heading }) => heading)
      .sort()
      .reverse()
    expect(first).to.equal('Waiting for a super admin')
    expect(others).to.deep.equal(Array(5).fill('Is this request yours?'))
    expect(await rekey.store.cases.find('account', us.person.id)).to.have.length(1)
    expect(await subjectsOf(us.person)).to.deep.equal(['You asked to reset your authentication device'])
    expect(await subjectsOf(us.admin)).to.have.length(1)
  })
})
