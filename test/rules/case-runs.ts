import fc from 'fast-check'
import { withCaseEffects } from '../../rules/case-effects.ts'
import { type Advance, advance } from '../../rules/case-events.ts'
import { type CaseEvent, type CaseTerms, deadlines, type RecoveryCase } from '../../rules/recovery-case.ts'
import { hour, noon, recoveryCase, rightCode } from './examples.ts'

/** One event of a run: the case before it, what came of it, and when. */
export interface Happened {
  before: RecoveryCase
  event: CaseEvent
  at: number
  outcome: Advance
}

export interface Run {
  opened: RecoveryCase
  happened: Happened[]
}

/** The digest of the code that Ada is mailed when she turns to the super admins again. */
const newCode = 'hash of a new code'

/** Ada is the subject; Bob, Cleo and Dan were asked; Eve was not. */
const person = fc.constantFrom('bob', 'cleo', 'dan', 'ada', 'eve')
const reason = fc.constant('because')
const pass = fc.constantFrom(
  undefined,
  undefined,
  { hash: 'hash of the pass', lifetime: hour },
  { hash: 'hash of the pass', lifetime: 60_000 },
)
const approve = (...codes: (string | undefined)[]): fc.Arbitrary<CaseEvent> =>
  fc.record({ type: fc.constant('approve'), by: person, reason, code: fc.constantFrom(...codes), pass })
const plain = (...events: CaseEvent[]): fc.Arbitrary<CaseEvent> => fc.constantFrom(...events)

const waits = fc.oneof(
  { arbitrary: fc.constantFrom(0, 0, 1, hour, 6 * hour, 13 * hour), weight: 5 },
  fc.constantFrom(24 * hour, 36 * hour, 48 * hour, 72 * hour),
)

/** What mostly happens in a run. Few runs of all events alike would get anywhere. */
const likely: { [kind: string]: fc.Arbitrary<CaseEvent> } = {
  deciding: fc.oneof(approve(rightCode), plain({ type: 'wake' }, { type: 'done' })),
  guessing: approve('hash of a wrong code', undefined, 'another'),
  turning: fc.oneof(
    approve(rightCode, newCode),
    plain({ type: 'choose_identity' }, { type: 'choose_admin', code: newCode }),
  ),
  identity: plain(
    { type: 'choose_identity' },
    { type: 'verify', reference: '' },
    { type: 'verify', reference: '', nameOnly: true },
    { type: 'wake' },
    { type: 'done' },
  ),
  support: fc.oneof(
    plain({ type: 'choose_support', statement: '' }),
    plain({ type: 'wake' }, { type: 'done' }),
    approve(undefined),
  ),
}
const seldom = fc.oneof(
  ...Object.values(likely),
  plain({ type: 'cancel' }, { type: 'disavow' }),
  fc.record({ type: fc.constant('deny'), by: person, reason }),
)
const anyEvents = fc.constantFrom(...Object.values(likely)).chain((often) => {
  const event = fc.oneof({ arbitrary: often, weight: 12 }, seldom)
  return fc.array(fc.tuple(waits, event), { minLength: 4, maxLength: 25 })
})

const terms: fc.Arbitrary<CaseTerms> = fc.record({
  approvalsNeeded: fc.constantFrom(1, 2),
  holdAfterApproval: fc.constantFrom(0, 8 * hour, 24 * hour),
  supportHold: fc.constantFrom(48 * hour, 72 * hour),
  afterReset: fc.constant('password' as const),
})

/** A case as it is opened: for super admins, for the person to choose, or for someone who may not sign in. */
const begun = fc.constantFrom<RecoveryCase['status']>(
  'awaiting_admin',
  'awaiting_admin',
  'requested',
  'awaiting_identity',
)
const opened: fc.Arbitrary<RecoveryCase> = fc.tuple(terms, begun).map(([agreed, status]) => {
  const admin = status === 'awaiting_admin'
  const inactive = status === 'awaiting_identity'
  return recoveryCase({
    terms: agreed,
    status,
    ...(inactive ? { kind: 'reactivation', offers: ['identity'] } : {}),
    route: admin ? 'admin' : inactive ? 'identity' : undefined,
    expiresOn: noon + (admin ? deadlines.admin : deadlines.identity),
    history: [{ at: noon, status, by: 'ada' }],
  })
})

/** Any events at any times, one after the other, as a store would apply them. */
export const anyRun: fc.Arbitrary<Run> = fc.tuple(opened, anyEvents).map(([first, steps]) => {
  let [current, at] = [withCaseEffects(undefined, first), noon]
  const happened = steps.map(([waited, event]) => {
    at += waited
    const outcome = advance(current, event, at)
    const one = { before: current, event, at, outcome }
    current = withCaseEffects(current, outcome.case)
    return one
  })
  return { opened: first, happened }
})

/** The case after each event, with what it promises. */
export function next({ before, outcome }: Happened): RecoveryCase {
  return withCaseEffects(before, outcome.case)
}

/** The step at which the reset was decided, if it ever was. */
export function decisive({ happened }: Run): Happened | undefined {
  return happened.find(
    ({ before, outcome }) => before.status !== 'completing' && outcome.case.status === 'completing',
  )
}

/** Fails when a property was only ever tried on runs that say nothing about it. */
export function assertRuns(enough: number, holds: (run: Run) => boolean): void {
  let telling = 0
  fc.assert(
    fc.property(anyRun, (run) => {
      if (holds(run)) telling += 1
    }),
    { numRuns: 3000 },
  )
  if (telling < enough) throw new Error(`only ${telling} runs were telling`)
}
