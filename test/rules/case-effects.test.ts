import { expect } from 'chai'
import { withCaseEffects } from '../../rules/case-effects.ts'
import { advance } from '../../rules/case-events.ts'
import type { Effect } from '../../rules/effect.ts'
import type { Notice } from '../../rules/notice.ts'
import type { CaseEvent, CaseStatus, RecoveryCase } from '../../rules/recovery-case.ts'
import { assertRuns, next, type Run } from './case-runs.ts'
import { day, hour, noon, recoveryCase, rightCode } from './examples.ts'

/** What one event made a case promise. */
function promised(before: RecoveryCase, event: CaseEvent, at = noon): Effect[] {
  return withCaseEffects({ ...before, effects: [] }, { ...advance(before, event, at).case, effects: [] })
    .effects
}

const kinds = (effects: Effect[]): string[] => effects.map(({ kind }) => kind)
const notices = (effects: Effect[], to?: string): Notice[] =>
  effects.filter((one): one is Notice => one.kind === 'notice' && (to === undefined || one.to === to))
const named = (effects: Effect[], to?: string): string[] => notices(effects, to).map(({ name }) => name)
const approve: CaseEvent = { type: 'approve', by: 'bob', reason: 'knew the voice', code: rightCode }
const held = recoveryCase({
  status: 'holding',
  route: 'support',
  hold: { from: noon, until: noon + 2 * day, reminders: [noon + day, noon + 42 * hour] },
})

describe('A recovery case promises', () => {
  it('when it is opened: word to the person and their apps, a request to each super admin, an audit entry', () => {
    const { effects, effectsDue } = withCaseEffects(undefined, recoveryCase())
    expect(kinds(effects)).to.deep.equal(['audit', 'signal', 'notice', 'notice', 'notice', 'notice'])
    expect(named(effects, 'ada')).to.deep.equal(['recovery_requested'])
    for (const approver of ['bob', 'cleo', 'dan'])
      expect(named(effects, approver)).to.deep.equal(['approval_requested'])
    expect(effectsDue).to.equal('yes')
  })

  it('when it is opened with a choice to make: nothing to super admins', () => {
    const { effects } = withCaseEffects(undefined, recoveryCase({ status: 'requested', route: undefined }))
    expect(named(effects)).to.deep.equal(['recovery_requested'])
  })

  it('the code to the person alone', () => {
    const { effects } = withCaseEffects(undefined, recoveryCase(), 'sealed code')
    const sealed = notices(effects).filter((one) => one.sealed !== undefined)
    expect(sealed.map(({ to, sealed: secret }) => [to, secret])).to.deep.equal([['ada', 'sealed code']])
  })

  it('when it is decided: the account in one write first, then what hangs on it', () => {
    const effects = promised(recoveryCase(), approve)
    expect(kinds(effects)).to.deep.equal(['audit', 'strip_account', 'end_attempts', 'end_sessions'])
    for (const one of effects.slice(1))
      expect(one).to.include({ account: 'ada', case: 'case', keep: 'attempt' })
  })

  it('when it is decided for a pass: the pass, and nothing is taken away', () => {
    const effects = promised(recoveryCase(), { ...approve, pass: { hash: 'pass', lifetime: hour } })
    expect(kinds(effects)).to.deep.equal(['audit', 'issue_pass'])
  })

  it('when it is decided for someone who may not sign in: that they may again, and no reset', () => {
    const ready = recoveryCase({ kind: 'reactivation', status: 'awaiting_support', route: 'support' })
    expect(kinds(promised(ready, { ...approve, by: 'sam' }))).to.deep.equal(['audit', 'reactivate'])
  })

  it('when a photo ID was verified: word to the person, and to the super admins', () => {
    const asked = recoveryCase({ status: 'awaiting_identity', route: 'identity' })
    const effects = promised(asked, { type: 'verify', reference: 'reference' })
    expect(named(effects, 'ada')).to.deep.equal(['recovery_verified'])
    expect(named(effects, 'bob')).to.deep.equal(['identity_verified'])
  })

  it('when the person turns to a photo ID and back: word to the super admins each time', () => {
    const away = promised(recoveryCase(), { type: 'choose_identity' })
    expect(named(away, 'bob')).to.deep.equal(['approval_withdrawn'])
    const asked = recoveryCase({ status: 'awaiting_identity', route: 'identity' })
    expect(named(promised(asked, { type: 'choose_admin', code: 'new' }), 'bob')).to.deep.equal([
      'approval_requested',
    ])
  })

  it('to super admins who never heard of a case nothing about its end', () => {
    const asked = recoveryCase({
      status: 'requested',
      route: undefined,
      history: [{ at: noon, status: 'requested', by: 'ada' }],
    })
    for (const type of ['cancel', 'disavow'] as const)
      expect(named(promised(asked, { type }), 'bob')).to.deep.equal([])
  })

  it('when it is completed: word to the person, and only then', () => {
    const completing = recoveryCase({ status: 'completing' })
    expect(named(promised(completing, { type: 'done' }))).to.deep.equal(['recovery_completed'])
    const pass = { hash: 'pass', lifetime: hour, sealed: 'sealed pass' }
    const [issued] = notices(promised({ ...completing, pass }, { type: 'done' }))
    expect(issued).to.include({ name: 'pass_issued', sealed: 'sealed pass' })
    expect(issued?.data['until']).to.equal(noon + hour)
  })

  it('when it is disavowed: an expired password, the end of everything, and not even the sign-in that waits goes on', () => {
    const effects = promised(recoveryCase(), { type: 'disavow' })
    expect(kinds(effects).filter((kind) => kind !== 'notice')).to.deep.equal([
      'audit',
      'expire_password',
      'end_attempts',
      'end_sessions',
    ])
    for (const one of effects) expect('keep' in one ? one.keep : undefined).to.equal(undefined)
    expect(named(effects, 'ada')).to.deep.equal(['recovery_disavowed'])
    expect(named(effects, 'bob')).to.deep.equal(['approval_disavowed'])
  })

  it('when its owner stopped a granted reset: word of it, as the account itself promises the rest', () => {
    const stopped = recoveryCase({ status: 'completing', stopped: true })
    const effects = promised(stopped, { type: 'done' })
    expect(kinds(effects).filter((kind) => kind !== 'notice')).to.deep.equal(['audit'])
    expect(named(effects, 'ada')).to.deep.equal(['recovery_disavowed'])
  })

  it('when it is cancelled or turned over to support: word to the super admins that they are not needed', () => {
    expect(named(promised(recoveryCase(), { type: 'cancel' }), 'bob')).to.deep.equal(['approval_withdrawn'])
    const turned = promised(recoveryCase(), { type: 'choose_support', statement: '' })
    expect(named(turned, 'bob')).to.deep.equal(['approval_withdrawn'])
    expect(named(turned, 'ada')).to.deep.equal(['recovery_hold_started'])
  })

  it('in an audit entry: who, what, where from and why', () => {
    const [audit] = promised(recoveryCase(), { type: 'deny', by: 'bob', reason: 'a stranger' })
    expect(audit).to.deep.equal({
      kind: 'audit',
      id: 'case:2:audit',
      event: 'recovery.denied',
      actor: 'bob',
      subject: 'ada',
      case: 'case',
      detail: { status: 'denied', route: 'admin', reason: 'a stranger', address: '192.0.2.1' },
    })
  })

  it('at the first of two approvals: an audit entry, and no word to the person yet', () => {
    const two = recoveryCase({ terms: { ...recoveryCase().terms, approvalsNeeded: 2 } })
    expect(kinds(promised(two, approve))).to.deep.equal(['audit'])
  })

  it('at a wrong code that is counted: nothing', () => {
    expect(promised(recoveryCase(), { ...approve, code: 'wrong' })).to.deep.equal([])
  })

  it('during a hold: reminders, and no other change', () => {
    const effects = promised(held, { type: 'wake' }, noon + day)
    expect(named(effects)).to.deep.equal(['recovery_reminder'])
    expect(notices(effects)[0]?.data).to.deep.equal({ until: noon + 2 * day })
    expect(promised(held, { type: 'wake' }, noon + day - 1)).to.deep.equal([])
  })
})

describe('Whatever happens, a recovery case promises', () => {
  /** Statuses the person hears of; `completing` is over in a moment, and then they hear that it is done. */
  const told = (status: CaseStatus) => status !== 'completing'
  /** What they hear of beside a change of status. */
  const beside = ['recovery_reminder', 'recovery_verified']

  it('one notice to the person and one audit entry for each change of status', () => {
    assertRuns(100, ({ opened, happened }) => {
      let changes = 0
      for (const step of happened) {
        const added = next(step).effects.slice(step.before.effects.length)
        const changed = step.before.status !== step.outcome.case.status
        if (changed) changes += 1
        const words = named(added, 'ada').filter((name) => !beside.includes(name))
        expect(words).to.have.length(changed && told(step.outcome.case.status) ? 1 : 0)
        const verified = step.event.type === 'verify' && step.outcome.ok
        expect(named(added, 'ada').includes('recovery_verified')).to.equal(verified)
        const grown = step.before.history.length < step.outcome.case.history.length
        expect(kinds(added).filter((kind) => kind === 'audit')).to.have.length(grown ? 1 : 0)
        expect(grown || !changed).to.equal(true)
      }
      expect(named(withCaseEffects(undefined, opened).effects, 'ada')).to.deep.equal(['recovery_requested'])
      return changes > 1
    })
  })

  it('everything under an id of its own, the same one each time it is asked', () => {
    assertRuns(100, ({ opened, happened }) => {
      const all = allEffects({ opened, happened })
      expect(new Set(all.map(({ id }) => id)).size).to.equal(all.length)
      for (const step of happened) expect(next(step)).to.deep.equal(next(step))
      return all.length > 8
    })
  })

  it('each reminder at most once', () => {
    assertRuns(50, ({ opened, happened }) => {
      const reminders = named(allEffects({ opened, happened }), 'ada').filter(
        (name) => name === 'recovery_reminder',
      )
      const holds = happened.filter(
        ({ before, outcome }) => outcome.case.hold && before.hold?.from !== outcome.case.hold.from,
      )
      expect(reminders.length).to.be.at.most(2 * holds.length)
      return reminders.length > 0
    })
  })

  it('the reset at most once, and only when it is decided', () => {
    assertRuns(100, ({ opened, happened }) => {
      const all = allEffects({ opened, happened })
      const resets = all.filter(({ kind }) => ['strip_account', 'issue_pass', 'reactivate'].includes(kind))
      const decided = happened.some(({ outcome }) => outcome.case.status === 'completing')
      expect(resets.length).to.equal(decided ? 1 : 0)
      return decided
    })
  })

  it('nothing to people who have nothing to do with it', () => {
    assertRuns(100, ({ opened, happened }) => {
      const all = notices(allEffects({ opened, happened }))
      for (const { to } of all) expect(['ada', 'bob', 'cleo', 'dan']).to.include(to)
      return all.length > 4
    })
  })

  function allEffects({ opened, happened }: Run): Effect[] {
    const last = happened.at(-1)
    return last === undefined ? withCaseEffects(undefined, opened).effects : next(last).effects
  }
})
