import { expect } from 'chai'
import { advance } from '../../rules/case-events.ts'
import {
  type CaseEvent,
  type CaseStatus,
  deadlines,
  isOpen,
  mostWrongCodes,
  nextCaseAllowedFrom,
  passLifetimes,
  type RecoveryCase,
  transitions,
} from '../../rules/recovery-case.ts'
import { day, hour, noon, recoveryCase, rightCode, times } from './examples.ts'

const statuses = Object.keys(transitions) as CaseStatus[]
const approve = (by: string, fields: Partial<CaseEvent & { type: 'approve' }> = {}): CaseEvent => ({
  type: 'approve',
  by,
  reason: 'knew the voice',
  code: rightCode,
  ...fields,
})
const wrongly = (by: string) => approve(by, { code: 'hash of a wrong code' })
const hold = { from: noon, until: noon + 48 * hour, reminders: [noon + 24 * hour, noon + 42 * hour] }

/** Events one after the other, each at its time; those that are refused leave the case as it is. */
const through = (start: RecoveryCase, ...events: [CaseEvent, number][]): RecoveryCase =>
  events.reduce((current, [event, at]) => advance(current, event, at).case, start)

/** A case as it is in each status. */
function inStatus(status: CaseStatus, fields: Partial<RecoveryCase> = {}): RecoveryCase {
  const support = status === 'holding' || status === 'awaiting_support'
  return recoveryCase({
    status,
    route: support ? 'support' : status === 'awaiting_identity' ? 'identity' : 'admin',
    ...(support || status === 'granted' ? { hold } : {}),
    expiresOn: noon + (support ? 30 * day : deadlines.admin),
    ...(status === 'completed' ? { completedAt: noon } : {}),
    ...fields,
  })
}

/** Every event, in every way that makes a difference. */
const events: CaseEvent[] = [
  ...['ada', 'bob', 'eve'].flatMap((by) => [
    approve(by),
    wrongly(by),
    approve(by, { pass: { hash: 'pass', lifetime: hour } }),
    approve(by, { pass: { hash: 'pass', lifetime: 1 } }),
    { type: 'deny' as const, by, reason: 'a stranger' },
  ]),
  { type: 'verify', reference: 'reference' },
  { type: 'verify', reference: 'reference', nameOnly: true },
  { type: 'choose_support', statement: 'gone', by: 'operator' },
  { type: 'choose_support', statement: 'gone' },
  { type: 'choose_identity' },
  { type: 'choose_admin', code: 'hash of a new code' },
  { type: 'cancel' },
  { type: 'disavow' },
  { type: 'wake' },
  { type: 'wake', allowed: [] },
  { type: 'done' },
]
const types = [...new Set(events.map((event) => event.type))]

/** Cases in a status that differ in what makes a difference. */
const variants = (status: CaseStatus): RecoveryCase[] => [
  inStatus(status),
  inStatus(status, { kind: 'reactivation' }),
  inStatus(status, { offers: [] }),
  inStatus(status, { stopped: true }),
  inStatus(status, { approvals: [{ by: 'bob', at: noon, reason: 'knew the voice' }] }),
  inStatus(status, { code: { hash: rightCode, failures: mostWrongCodes - 1 } }),
  inStatus(status, { terms: { ...recoveryCase().terms, approvalsNeeded: 2, holdAfterApproval: day } }),
  inStatus(status, { terms: { ...recoveryCase().terms, holdAfterApproval: day } }),
]
const moments = [noon, noon + 25 * hour, noon + 60 * hour, noon + 60 * day]

describe('The transitions of a recovery case', () => {
  for (const status of statuses) {
    for (const type of types) {
      const allowed = transitions[status][type]
      const title = allowed
        ? `leads from ${status} to ${allowed.join(' or ')}, and nowhere else`
        : `is refused in ${status}`
      it(`${type} ${title}`, () => {
        const reached = new Set<CaseStatus>()
        for (const one of variants(status))
          for (const event of events.filter((other) => other.type === type))
            for (const at of moments) {
              const outcome = advance(one, event, at)
              if (outcome.case === one) continue
              reached.add(outcome.case.status)
            }
        expect([...reached].sort()).to.deep.equal([...(allowed ?? [])].sort())
      })
    }
  }

  it('name no event that is not tried here', () => {
    const listed = statuses.flatMap((status) => Object.keys(transitions[status]))
    expect([...new Set(listed)].sort()).to.deep.equal([...types].sort())
  })

  it('say not_possible for what is not listed, and leave the very same case', () => {
    for (const status of statuses)
      for (const event of events.filter(({ type }) => transitions[status][type] === undefined)) {
        const one = inStatus(status)
        expect(advance(one, event, noon)).to.deep.equal({ ok: false, reason: 'not_possible', case: one })
      }
  })

  it('lead out of every open status, and out of no ended one', () => {
    for (const status of statuses)
      expect(Object.keys(transitions[status]).length > 0, status).to.equal(isOpen(inStatus(status)))
  })

  it('let the owner end every open case that is not yet being completed', () => {
    for (const status of statuses.filter((one) => isOpen(inStatus(one)) && one !== 'completing'))
      for (const type of ['disavow', 'cancel'] as const)
        expect(advance(inStatus(status), { type }, noon + 60 * day).case.status).to.equal(
          type === 'disavow' ? 'disavowed' : 'cancelled',
        )
  })
})

describe('An approval', () => {
  it('by a super admin who was asked and has the right code completes the case', () => {
    const { case: next } = advance(recoveryCase(), approve('bob'), noon + hour)
    expect(next.status).to.equal('completing')
    const decision = { by: 'bob', at: noon + hour, reason: 'knew the voice' }
    expect(next.decision).to.deep.equal({ ...decision, outcome: 'approved' })
    expect(next.approvals).to.deep.equal([decision])
    expect(next.history.at(-1)).to.deep.equal({ at: noon + hour, status: 'completing', by: 'bob' })
  })

  it("of one's own case is refused, with whatever code, by the admin route and by support", () => {
    for (const status of ['awaiting_admin', 'awaiting_support'] as const) {
      const one = inStatus(status, { approvers: ['ada', 'bob'] })
      for (const event of [approve('ada'), wrongly('ada'), { type: 'deny', by: 'ada', reason: '' } as const])
        expect(advance(one, event, noon)).to.deep.equal({ ok: false, reason: 'own_case', case: one })
    }
  })

  it('by someone who was not asked is refused, and uses up no try', () => {
    const one = recoveryCase()
    for (const event of [approve('eve'), wrongly('eve'), { type: 'deny', by: 'eve', reason: '' } as const])
      expect(advance(one, event, noon)).to.deep.equal({ ok: false, reason: 'not_asked', case: one })
  })

  it('without a code counts as a wrong one', () => {
    const outcome = advance(recoveryCase(), approve('bob', { code: undefined }), noon)
    expect(outcome).to.include({ ok: false, reason: 'wrong_code', left: 4 })
  })

  it('is too late when the case is out of time, even before anyone notices', () => {
    for (const status of ['awaiting_admin', 'awaiting_support'] as const) {
      const one = inStatus(status)
      expect(advance(one, approve('bob'), one.expiresOn - 1).ok).to.equal(true)
      expect(advance(one, approve('bob'), one.expiresOn)).to.deep.equal({
        ok: false,
        reason: 'not_possible',
        case: one,
      })
    }
  })

  it('by two, where the policy wants two, takes two people', () => {
    const two = recoveryCase({ terms: { ...recoveryCase().terms, approvalsNeeded: 2 } })
    const once = advance(two, approve('bob'), noon).case
    expect([once.status, once.decision]).to.deep.equal(['awaiting_admin', undefined])
    expect(advance(once, approve('bob'), noon)).to.include({ ok: false, reason: 'already_approved' })
    expect(advance(once, approve('cleo'), noon).case.status).to.equal('completing')
  })

  it('waits for the hold that the policy sets', () => {
    const held = recoveryCase({ terms: { ...recoveryCase().terms, holdAfterApproval: day } })
    const granted = advance(held, approve('bob'), noon).case
    expect(granted.status).to.equal('granted')
    expect(granted.hold).to.deep.equal({
      from: noon,
      until: noon + day,
      reminders: [noon + 12 * hour, noon + 18 * hour],
    })
    expect(through(granted, [{ type: 'wake' }, noon + day - 1]).status).to.equal('granted')
    expect(through(granted, [{ type: 'wake' }, noon + day]).status).to.equal('completing')
  })

  it('may give a pass, of a lifetime that is allowed', () => {
    const given = (lifetime: number) =>
      advance(recoveryCase(), approve('bob', { pass: { hash: 'pass', lifetime } }), noon)
    expect(given(passLifetimes.shortest).case.pass).to.deep.equal({
      hash: 'pass',
      lifetime: passLifetimes.shortest,
    })
    for (const lifetime of [passLifetimes.shortest - 1, passLifetimes.longest + 1, Number.NaN, -1])
      expect(given(lifetime)).to.include({ ok: false, reason: 'not_possible' })
  })
})

describe('Wrong codes', () => {
  it('are counted whoever enters them, and the fifth denies the case', () => {
    const people = ['bob', 'cleo', 'dan', 'bob', 'cleo']
    let current = recoveryCase()
    const left = people.map((by) => {
      const outcome = advance(current, wrongly(by), noon)
      current = outcome.case
      return !outcome.ok && outcome.reason === 'wrong_code' ? outcome.left : undefined
    })
    expect(left).to.deep.equal([4, 3, 2, 1, 0])
    expect(current).to.include({ status: 'denied' })
    expect(current.decision).to.include({ outcome: 'denied', by: 'cleo' })
    expect(advance(current, approve('dan'), noon)).to.include({ ok: false, reason: 'not_possible' })
  })

  it('are not forgotten by an approval, and the right code still counts after four', () => {
    const two = recoveryCase({ terms: { ...recoveryCase().terms, approvalsNeeded: 2 } })
    const four = times(4, () => wrongly('bob')).map((event): [CaseEvent, number] => [event, noon])
    const once = through(two, ...four, [approve('bob'), noon])
    expect([once.approvals.length, once.code.failures]).to.deep.equal([1, 4])
    expect(through(once, [approve('cleo'), noon]).status).to.equal('completing')
    expect(through(once, [wrongly('cleo'), noon]).status).to.equal('denied')
  })
})

describe('The support route', () => {
  const chosen = advance(
    recoveryCase(),
    { type: 'choose_support', statement: 'My phone is gone.' },
    noon,
  ).case

  it('holds for as long as the policy says, with a reminder halfway and before the end', () => {
    expect(chosen).to.include({ status: 'holding', route: 'support', statement: 'My phone is gone.' })
    expect(chosen.hold).to.deep.equal({
      from: noon,
      until: noon + 72 * hour,
      reminders: [noon + 36 * hour, noon + 66 * hour],
    })
  })

  it('lets nobody decide before the hold is over', () => {
    for (const event of [approve('sam'), { type: 'deny', by: 'sam', reason: 'no' } as const])
      expect(advance(chosen, event, noon + 71 * hour)).to.include({ ok: false, reason: 'not_possible' })
    const ready = through(chosen, [{ type: 'wake' }, noon + 72 * hour])
    expect(ready.status).to.equal('awaiting_support')
    expect(advance(ready, approve('sam', { code: undefined }), noon + 72 * hour).case.status).to.equal(
      'completing',
    )
  })

  it('gives the agent two weeks after the hold', () => {
    const ready = through(chosen, [{ type: 'wake' }, noon + 72 * hour])
    expect(through(ready, [{ type: 'wake' }, noon + 72 * hour + 14 * day - 1]).status).to.equal(
      'awaiting_support',
    )
    expect(through(ready, [{ type: 'wake' }, noon + 72 * hour + 14 * day]).status).to.equal('expired')
  })

  it('is only for whom it was offered, like every other', () => {
    const one = recoveryCase({ status: 'requested', offers: [] })
    const choices = [
      { type: 'choose_support', statement: '' },
      { type: 'choose_identity' },
      { type: 'choose_admin', code: '' },
    ] as const
    for (const event of choices)
      expect(advance(one, event, noon)).to.deep.equal({ ok: false, reason: 'not_possible', case: one })
  })
})

describe('Turning to another way', () => {
  const toAdmin: CaseEvent = { type: 'choose_admin', code: 'hash of a new code' }
  const chosen = through(recoveryCase(), [{ type: 'choose_identity' }, noon + hour])

  it('makes the code void that was mailed for the super admins, and what they had approved', () => {
    const two = recoveryCase({ terms: { ...recoveryCase().terms, approvalsNeeded: 2 } })
    const back = through(two, [approve('bob'), noon], [{ type: 'choose_identity' }, noon], [toAdmin, noon])
    expect([back.status, back.approvals]).to.deep.equal(['awaiting_admin', []])
    expect(advance(back, approve('cleo'), noon)).to.include({ reason: 'wrong_code' })
    const once = through(back, [approve('cleo', { code: 'hash of a new code' }), noon])
    expect(once.status).to.equal('awaiting_admin')
  })

  it('forgets no wrong code', () => {
    const guessed = through(
      recoveryCase(),
      [wrongly('bob'), noon],
      [{ type: 'choose_identity' }, noon],
      [toAdmin, noon],
    )
    expect(guessed.code).to.deep.equal({ hash: 'hash of a new code', failures: 1 })
  })

  it('asks the super admins twice at most', () => {
    const back: [CaseEvent, number][] = [
      [{ type: 'choose_identity' }, noon],
      [toAdmin, noon],
    ]
    const often = through(recoveryCase(), ...back, back[0]!)
    expect(often.status).to.equal('awaiting_identity')
    expect(advance(often, toAdmin, noon)).to.deep.equal({ ok: false, reason: 'not_possible', case: often })
  })

  it('leaves no super admin who could still approve', () => {
    expect(advance(chosen, approve('bob'), noon + hour)).to.include({ ok: false, reason: 'not_possible' })
  })

  it('to a photo ID completes the case when it is verified, or begins the hold', () => {
    const verify: CaseEvent = { type: 'verify', reference: 'reference' }
    expect(through(chosen, [verify, noon + hour])).to.deep.include({
      status: 'completing',
      verification: { reference: 'reference', at: noon + hour },
    })
    const held = { ...chosen, terms: { ...chosen.terms, holdAfterApproval: day } }
    expect(through(held, [verify, noon + hour]).status).to.equal('granted')
  })
})

describe('A case of someone who may not sign in', () => {
  const one = inStatus('awaiting_identity', { kind: 'reactivation', offers: ['identity'] })
  const verify: CaseEvent = { type: 'verify', reference: 'reference', ambiguous: true }

  it('goes to the support when a photo ID was verified, and to nobody before', () => {
    const ready = through(one, [verify, noon])
    expect(ready).to.deep.include({
      status: 'awaiting_support',
      route: 'support',
      verification: { reference: 'reference', at: noon, ambiguous: true },
    })
    expect(through(ready, [approve('sam', { code: undefined }), noon]).status).to.equal('completing')
    for (const event of [
      approve('sam'),
      { type: 'choose_support', statement: '' },
      { type: 'choose_admin', code: '' },
    ] as const)
      expect(advance(one, event, noon)).to.include({ ok: false, reason: 'not_possible' })
  })

  it('gives no pass', () => {
    const ready = through(one, [verify, noon])
    const pass = { hash: 'pass', lifetime: hour }
    expect(advance(ready, approve('sam', { pass }), noon)).to.include({ ok: false, reason: 'not_possible' })
  })
})

describe('Reminders', () => {
  const held = inStatus('holding')

  it('are struck off as they go out, and once each', () => {
    const wake = (one: RecoveryCase, at: number) => advance(one, { type: 'wake' }, at)
    expect(wake(held, noon + 24 * hour - 1).ok).to.equal(false)
    const one = wake(held, noon + 24 * hour).case
    expect(one.hold?.reminders).to.deep.equal([noon + 42 * hour])
    expect(wake(one, noon + 24 * hour).ok).to.equal(false)
  })

  it('that are late go out as one', () => {
    const one = advance(held, { type: 'wake' }, noon + 47 * hour).case
    expect([one.status, one.hold?.reminders]).to.deep.equal(['holding', []])
  })
})

describe('The next case of a person', () => {
  const past = (status: CaseStatus, at: number) => recoveryCase({ status, history: [{ at, status }] })

  it('waits a day after "this wasn\'t me", and an hour after a denial', () => {
    expect(nextCaseAllowedFrom([past('disavowed', noon)], noon)).to.equal(noon + day)
    expect(nextCaseAllowedFrom([past('denied', noon)], noon)).to.equal(noon + hour)
  })

  it('waits twice as long after each denial, but never longer than thirty-two hours', () => {
    const denied = (count: number) =>
      nextCaseAllowedFrom(
        times(count, (i) => past('denied', noon - i)),
        noon,
      )
    expect(times(8, (i) => (denied(i + 1) - noon) / hour)).to.deep.equal([1, 2, 4, 8, 16, 32, 32, 32])
  })

  it('waits after a case that was cancelled after wrong codes, or guessing would go on in the next', () => {
    const cancelled = { ...past('cancelled', noon), code: { hash: rightCode, failures: 1 } }
    expect(nextCaseAllowedFrom([cancelled], noon)).to.equal(noon + hour)
  })

  it('waits for none that ended ahead of the clock, which was put right since', () => {
    for (const status of ['disavowed', 'denied'] as const)
      expect(nextCaseAllowedFrom([past(status, noon)], noon - hour)).to.equal(0)
  })

  it('waits for nothing else', () => {
    for (const status of ['completed', 'cancelled', 'expired'] as const)
      expect(nextCaseAllowedFrom([past(status, noon)], noon)).to.equal(0)
    expect(nextCaseAllowedFrom([], noon)).to.equal(0)
  })
})
