import { expect } from 'chai'
import fc from 'fast-check'
import { advance } from '../../rules/case-events.ts'
import { isOpen, mostWrongCodes, transitions } from '../../rules/recovery-case.ts'
import { anyRun, assertRuns, decisive, type Happened, type Run } from './case-runs.ts'
import { rightCode } from './examples.ts'

/** Who approved as a super admin, told from the events and not from what the case says of itself. */
function approvedBy({ happened }: Run, last: Happened): string[] {
  let approved: string[] = []
  let right = rightCode
  for (const { before, event, outcome } of happened.slice(0, happened.indexOf(last) + 1)) {
    // What was approved before the person turned elsewhere doesn't count, and its code neither.
    if (outcome.ok && event.type.startsWith('choose_')) approved = []
    if (outcome.ok && event.type === 'choose_admin') right = event.code
    const counts = event.type === 'approve' && before.status === 'awaiting_admin' && outcome.ok
    if (counts && event.code === right) approved.push(event.by)
  }
  return approved
}

const verified = ({ happened }: Run, last: Happened): boolean =>
  happened
    .slice(0, happened.indexOf(last) + 1)
    .some(
      ({ before, event, outcome }) =>
        event.type === 'verify' && outcome.ok && before.status === 'awaiting_identity',
    )

describe('Whatever happens to a recovery case', () => {
  it('it is decided only by enough others with the right code, by a verification, or by support', () => {
    assertRuns(100, (run) => {
      const decided = decisive(run)
      if (decided === undefined) return false
      const { route, kind, terms, approvers, account } = decided.before
      if (route === 'support') {
        expect(decided.event).to.include({ type: 'approve' }).and.to.not.include({ by: account })
        if (kind === 'reactivation') expect(verified(run, decided)).to.equal(true)
      } else if (route === 'identity') {
        expect([verified(run, decided), kind]).to.deep.equal([true, undefined])
      } else {
        const by = approvedBy(run, decided)
        expect(by).to.have.length(terms.approvalsNeeded)
        expect(new Set(by).size).to.equal(by.length)
        for (const one of by) expect([one !== account, approvers.includes(one)]).to.deep.equal([true, true])
      }
      return true
    })
  })

  it('it is never decided before its hold is over', () => {
    assertRuns(100, (run) => {
      const decided = decisive(run)
      if (decided === undefined) return false
      const { terms } = run.opened
      const since = (status: string) => run.happened.find(({ outcome }) => outcome.case.status === status)?.at
      const [chosen, granted] = [since('holding'), since('granted')]
      if (chosen !== undefined) expect(decided.at - chosen).to.be.at.least(terms.supportHold)
      if (decided.before.route === 'support')
        // A reactivation waits where nothing but a name was verified.
        expect(chosen === undefined).to.equal(
          decided.before.kind === 'reactivation' && decided.before.verification?.nameOnly === undefined,
        )
      if (granted !== undefined) expect(decided.at - granted).to.be.at.least(terms.holdAfterApproval)
      const needed = decided.before.route !== 'support' && terms.holdAfterApproval > 0
      expect(granted !== undefined).to.equal(needed)
      return chosen !== undefined || granted !== undefined
    })
  })

  it('it is completed at most once, and only after it was decided', () => {
    assertRuns(15, (run) => {
      const completed = run.happened.filter(
        ({ before, outcome }) => before.status !== 'completed' && outcome.case.status === 'completed',
      )
      expect(completed.length).to.be.at.most(1)
      for (const { before, outcome, at } of completed) {
        expect(before.status).to.equal('completing')
        expect(outcome.case.completedAt).to.equal(at)
      }
      return completed.length === 1
    })
  })

  it('once it was decided nothing but its completion happens to it', () => {
    assertRuns(100, ({ happened }) => {
      const decided = happened.filter(({ before }) => before.status === 'completing')
      for (const { before, event, outcome } of decided) {
        if (event.type === 'done') expect(outcome.case.status).to.equal('completed')
        else expect(outcome.case).to.equal(before)
      }
      return decided.length > 0
    })
  })

  it('five wrong codes deny it, and four do not', () => {
    assertRuns(15, ({ happened }) => {
      let wrong = 0
      for (const { before, outcome } of happened) {
        if (!outcome.ok && outcome.reason === 'wrong_code') wrong += 1
        expect(outcome.case.code.failures).to.equal(wrong)
        expect(wrong).to.be.at.most(mostWrongCodes)
        if (before.status !== 'denied' && wrong === mostWrongCodes)
          expect(outcome.case.status).to.equal('denied')
      }
      return wrong === mostWrongCodes
    })
  })

  it('once it has ended it never changes', () => {
    assertRuns(100, ({ happened }) => {
      const late = happened.filter(({ before }) => !isOpen(before))
      for (const { before, outcome } of late)
        expect(outcome).to.deep.equal({ ok: false, reason: 'not_possible', case: before })
      return late.length > 0
    })
  })

  it('it changes only as the table says, and is unchanged when refused but for a counted wrong code', () => {
    assertRuns(100, ({ happened }) => {
      for (const { before, event, outcome } of happened) {
        const { case: next } = outcome
        if (next !== before) expect(transitions[before.status][event.type]).to.include(next.status)
        if (!outcome.ok && outcome.reason !== 'wrong_code') expect(next).to.equal(before)
      }
      return happened.length > 5
    })
  })

  it('its history says when it came into each status, in order', () => {
    assertRuns(100, ({ opened, happened }) => {
      const last = happened.at(-1)?.outcome.case ?? opened
      expect(last.history.at(-1)?.status).to.equal(last.status)
      const moments = last.history.map(({ at }) => at)
      expect(moments).to.deep.equal(moments.toSorted((a, b) => a - b))
      return last.history.length > 2
    })
  })

  it('an index finds it exactly while it is open, and while time changes it', () => {
    assertRuns(100, ({ happened }) => {
      for (const { outcome } of happened) {
        const { case: next } = outcome
        expect(next.openFor).to.equal(isOpen(next) ? 'ada' : undefined)
        const waits = isOpen(next) && next.status !== 'completing'
        expect([next.waiting, next.wakeAt !== undefined]).to.deep.equal([waits ? 'yes' : undefined, waits])
        expect(next.desk).to.equal(isOpen(next) && next.route === 'support' ? 'support' : undefined)
      }
      return happened.length > 5
    })
  })

  it('time changes it at the moment it says, and not before', () => {
    fc.assert(
      fc.property(anyRun, ({ happened }) => {
        for (const { outcome } of happened) {
          const { case: next } = outcome
          if (next.wakeAt === undefined) continue
          expect(advance(next, { type: 'wake' }, next.wakeAt - 1).ok).to.equal(false)
          expect(advance(next, { type: 'wake' }, next.wakeAt).ok).to.equal(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
