import { expect } from 'chai'
import fc from 'fast-check'
import type { Account } from '../../rules/account.ts'
import {
  acrMultiFactor,
  acrPassword,
  acrRecovered,
  amrTrustedDevice,
  levels,
  meets,
  rank,
} from '../../rules/assurance.ts'
import type { Attempt, Choice } from '../../rules/attempt.ts'
import type { FactorKind, PasskeyFactor } from '../../rules/factor.ts'
import { enrolKinds } from '../../rules/kinds.ts'
import { nextStep } from '../../rules/next-step.ts'
import type { Method, Proof } from '../../rules/proof.ts'
import type { CaseStatus } from '../../rules/recovery-case.ts'
import type { Situation, Step } from '../../rules/step.ts'
import { account, attempt, factor, hour, minute, noon, recoveryCase, times, totp } from './examples.ts'

const proved = (...methods: Method[]): Proof[] => methods.map((method) => ({ method, at: noon }))
const saved = { number: 1, createdAt: noon, confirmedAt: noon, codes: [] }
const secured = account({ factors: [totp()], backupCodes: saved })
const ask = (acr: string) => ({ client: 'app', app: 'App', acr })

function stepOf(tried: Partial<Attempt>, who?: Account, more: Partial<Situation> = {}): Step {
  const situation: Situation = {
    attempt: attempt(tried),
    now: noon,
    secondFactorRequired: false,
    kinds: [...enrolKinds],
    attests: false,
    trusted: false,
    trustDays: 30,
    ...more,
  }
  return nextStep(who === undefined ? situation : { ...situation, account: who })
}

const nameOf = (...given: Parameters<typeof stepOf>): string => stepOf(...given).step

describe('A person of an organization with a provider of its own', () => {
  const elsewhere = { method: 'pwd' as const, at: noon, amr: ['fed'] }
  const second = { method: 'upstream' as const, at: noon }
  const at = (proofs: Proof[], who = account(), more: Partial<Attempt> = {}) =>
    nameOf({ proofs, ...more }, who, { upstream: 'corp' })

  it('proves who they are there: no password and no passkey does', () => {
    const passkey = { method: 'passkey' as const, at: noon, passkey: { verified: true, synced: true } }
    expect([at([]), at(proved('pwd')), at([passkey])]).to.deep.equal(['upstream', 'upstream', 'upstream'])
    expect(at([elsewhere], secured)).to.equal('totp')
  })

  it('sets up a second factor, unless that was proven there as well', () => {
    expect(at([elsewhere])).to.equal('enrol_totp')
    expect([at([elsewhere, second]), at([elsewhere, second], secured)]).to.deep.equal(['finish', 'finish'])
  })

  it('has no password that must be changed', () => {
    expect(at([elsewhere, second], account({ expiredVersion: 'v1', passwordExpired: 'disavowed' }))).to.equal(
      'finish',
    )
  })

  it('proves it there again before a factor is bound in a session that has stood for a while', () => {
    const old = { at: noon - hour }
    const proofs = [
      { ...elsewhere, ...old },
      { ...second, ...old },
    ]
    expect(at(proofs, account(), { ask: ask('phr') })).to.equal('upstream')
    expect(at([elsewhere, second], account(), { ask: ask('phr') })).to.equal('enrol_passkey')
  })
})

describe('The next step of a sign-in', () => {
  it('is the password as long as nobody is known or nothing is proven', () => {
    expect(nameOf({})).to.equal('password')
    expect(nameOf({ proofs: proved('pwd', 'otp') })).to.equal('password')
    expect(nameOf({}, secured)).to.equal('password')
    expect(nameOf({ proofs: proved('otp') }, secured)).to.equal('password')
  })

  it('leads from the password over the second factor back to the app', () => {
    expect(nameOf({ proofs: proved('pwd') }, secured)).to.equal('totp')
    expect(stepOf({ proofs: proved('pwd', 'otp') }, secured)).to.deep.equal({
      step: 'finish',
      assurance: { acr: acrMultiFactor, amr: ['mfa', 'otp', 'pwd'], authTime: noon / 1000 },
    })
  })

  it('is what the person chose on the verification screen', () => {
    const chosen = (choice: Choice) => nameOf({ proofs: proved('pwd'), choice }, secured)
    expect([chosen('totp'), chosen('backup_code'), chosen('recovery')]).to.deep.equal([
      'totp',
      'backup_code',
      'recovery',
    ])
  })

  it('still asks for a factor that was disabled by guessing, as guessing must not remove it', () => {
    const disabled = { ...secured, factors: [totp({ disabledAt: noon })] }
    expect(nameOf({ proofs: proved('pwd') }, disabled)).to.equal('totp')
  })

  it('is a check-up at the end, for who has just proven a second factor and was not asked for long', () => {
    const unasked = { ...secured, checkUp: { at: 0 } }
    const reasons = ['codes_low', 'one_method', 'routine']
    const tried = { proofs: proved('pwd', 'otp') }
    expect(stepOf(tried, { ...unasked, backupCodes: { ...saved, createdAt: 0 } })).to.deep.equal({
      step: 'check_up',
      reasons,
    })
  })

  it('is no check-up where it would be in the way, or rest on nothing', () => {
    const who = { ...secured, checkUp: { at: 0 }, backupCodes: { ...saved, createdAt: 0 } }
    const earlier: Proof[] = [
      { method: 'pwd', at: noon },
      { method: 'otp', at: noon - 1 },
    ]
    const action = { client: 'app', app: 'App', action: 'manage_factors' as const }
    const ends: [why: string, Partial<Attempt>, Account, Partial<Situation>?][] = [
      ['a trusted device', { proofs: proved('pwd') }, who, { trusted: true }],
      ['a second factor of an earlier sign-in', { proofs: earlier }, who],
      ['a backup code', { proofs: proved('pwd', 'backup_code') }, who],
      ['an action', { proofs: proved('pwd', 'otp'), ask: action }, who],
      ['factors changed on the way', { proofs: proved('pwd', 'otp') }, { ...who, factorsChangedAt: noon }],
      ['codes made on the way', { proofs: proved('pwd', 'otp') }, { ...who, backupCodes: saved }],
      ['a result that was handed over', { proofs: proved('pwd', 'otp'), finishedAt: noon }, who],
      [
        'a case that was kept',
        { proofs: proved('pwd', 'otp'), keptCase: 'case' },
        who,
        { openCase: recoveryCase() },
      ],
    ]
    for (const [why, tried, one, more] of ends) expect(nameOf(tried, one, more), why).to.equal('finish')
    const strong = { proofs: proved('pwd', 'otp'), ask: ask('urn:nobody:knows') }
    expect(nameOf(strong, who)).to.equal('unmet')
  })

  it('is setting up another factor, with a way back, for whom a check-up has sent there', () => {
    const adding = { proofs: proved('pwd', 'otp'), enrolling: 'passkey' as const }
    const required = { secondFactorRequired: true }
    expect(stepOf(adding, secured, required)).to.deep.equal({ step: 'enrol_passkey', canSkip: true })
    expect(nameOf({ ...adding, proofs: proved('pwd') }, secured)).to.equal('totp')
    expect(nameOf({ ...adding, proofs: proved('pwd') }, secured, { trusted: true })).to.equal('finish')
  })

  it('ends for an account that is deactivated or removed, but only for who knows the password', () => {
    for (const status of ['deactivated', 'removed'] as const) {
      expect(nameOf({}, { ...secured, status })).to.equal('password')
      expect(stepOf({ proofs: proved('pwd') }, { ...secured, status })).to.deep.equal({
        step: 'inactive',
        status,
      })
    }
  })

  it('leads a person without a factor through enrolment and backup codes', () => {
    const bare = account()
    expect(stepOf({ proofs: proved('pwd') }, bare)).to.deep.equal({ step: 'enrol_totp', canSkip: true })
    const enrolled = account({ factors: [totp()] })
    const given = { proofs: proved('pwd', 'otp') }
    expect(nameOf(given, enrolled)).to.equal('backup_codes')
    expect(nameOf({ ...given, codes: { set: 1, sealed: '' } }, { ...enrolled, backupCodes: saved })).to.equal(
      'backup_codes',
    )
    expect(nameOf(given, { ...enrolled, backupCodes: saved })).to.equal('finish')
  })

  it('lets enrolment be put off only where neither the app nor the organization insists', () => {
    const given = { proofs: proved('pwd'), skipped: ['enrol' as const] }
    const compulsory = { step: 'enrol_totp', canSkip: false }
    expect(nameOf(given, account())).to.equal('finish')
    expect(stepOf({ ...given, ask: ask(acrMultiFactor) }, account())).to.deep.equal(compulsory)
    expect(stepOf(given, account(), { secondFactorRequired: true })).to.deep.equal(compulsory)
    expect(nameOf({ ...given, ask: ask(acrPassword) }, account())).to.equal('finish')
  })

  it('says how few backup codes are left before it goes on', () => {
    const given = { proofs: proved('pwd', 'backup_code'), codesLeft: 2 }
    expect(nameOf(given, secured)).to.equal('codes_left')
    expect(nameOf({ ...given, codesLeft: undefined }, secured)).to.equal('finish')
  })

  it('sets a new password after "this wasn\'t me", which takes a second factor or the mailbox', () => {
    const expired = { passwordExpired: 'disavowed' as const }
    expect(nameOf({ proofs: proved('pwd') }, { ...secured, ...expired })).to.equal('totp')
    expect(nameOf({ proofs: proved('pwd', 'otp') }, { ...secured, ...expired })).to.equal('new_password')
    expect(nameOf({ proofs: proved('pwd') }, account(expired))).to.equal('mail_code')
    expect(nameOf({ proofs: proved('pwd', 'mail_code') }, account(expired))).to.equal('new_password')
  })

  it('of a forgotten password is the mailbox, the factor, and then a new one, whatever was proven before', () => {
    const forgotten = { email: 'ada@example.com' }
    expect(nameOf({ forgotten: {} })).to.equal('forgot')
    expect(nameOf({ forgotten, proofs: proved('pwd', 'otp') }, secured)).to.equal('forgot')
    expect(nameOf({ forgotten, proofs: proved('mail_code') }, secured)).to.equal('totp')
    expect(nameOf({ forgotten, proofs: proved('mail_code', 'otp') }, secured)).to.equal('new_password')
    expect(nameOf({ forgotten, proofs: proved('mail_code') }, account())).to.equal('new_password')
  })

  it('of a forgotten password never is a reset, a pass or a trusted device', () => {
    const forgotten = { email: 'ada@example.com' }
    const reset = { client: 'app', app: 'App', action: 'reset_authenticator' as const }
    const pass = { case: 'c', hash: 'h', expiresAt: noon + hour }
    const step = (tried: Partial<Attempt>, more: Partial<Situation> = {}) =>
      nameOf({ forgotten, proofs: proved('mail_code'), ...tried }, { ...secured, pass }, more)
    expect(step({ choice: 'recovery' })).to.equal('forgot_lost')
    expect(step({ ask: reset })).to.equal('totp')
    expect(step({ choice: 'pass' })).to.equal('totp')
    expect(step({}, { trusted: true })).to.equal('totp')
  })

  it('ends where the app insists on what we do not know', () => {
    expect(nameOf({ proofs: proved('pwd', 'otp'), ask: ask('urn:example:unheard-of') }, secured)).to.equal(
      'unmet',
    )
    const skipped = { proofs: proved('pwd'), skipped: ['enrol' as const], ask: ask('urn:example:unheard-of') }
    expect(nameOf(skipped, account())).to.equal('unmet')
  })
})

describe('The next step with other factors', () => {
  const having = (...kinds: FactorKind[]) =>
    account({ factors: kinds.map((kind) => factor(kind)), backupCodes: saved })
  const passkey = (verified: boolean): Proof => ({
    method: 'passkey',
    at: noon,
    passkey: { verified, synced: true },
  })

  it('is the page of the factor that suits best, or of the one chosen', () => {
    const all = having('totp', 'passkey', 'sms', 'push')
    const page = (choice?: Choice) => nameOf({ proofs: proved('pwd'), choice }, all)
    expect(page()).to.equal('passkey')
    expect(['push', 'sms', 'voice', 'totp'].map((choice) => page(choice as Choice))).to.deep.equal([
      'push',
      'phone',
      'phone',
      'totp',
    ])
    expect(nameOf({ proofs: proved('pwd'), choice: 'push' }, having('sms'))).to.equal('phone')
  })

  it('is to finish for whoever signed in with a passkey that made sure who it is, without a password', () => {
    const step = stepOf({ proofs: [passkey(true)] }, having('passkey'))
    expect(step).to.deep.equal({
      step: 'finish',
      assurance: { acr: 'phr', amr: ['mfa', 'swk', 'user'], authTime: noon / 1000 },
    })
    expect(nameOf({ proofs: [passkey(false)] }, having('passkey'))).to.equal('password')
  })

  it('is the passkey where the app wants what can not be phished, whatever else was given', () => {
    const given = { proofs: proved('pwd', 'otp'), ask: ask('phr') }
    expect(nameOf(given, having('totp', 'passkey'))).to.equal('passkey')
    expect(nameOf({ ...given, choice: 'backup_code' }, having('totp', 'passkey'))).to.equal('passkey')
    expect(nameOf({ ...given, choice: 'recovery' }, having('totp', 'passkey'))).to.equal('recovery')
  })

  it('is to set a passkey up for who has none, and who turns that down can not be served', () => {
    const given = { proofs: proved('pwd', 'otp'), ask: ask('phr') }
    expect(stepOf(given, having('totp'))).to.deep.equal({ step: 'enrol_passkey', canSkip: true })
    expect(nameOf({ ...given, skipped: ['enrol'] }, having('totp'))).to.equal('unmet')
    expect(nameOf(given, having('totp'), { kinds: ['totp'] })).to.equal('unmet')
  })

  it('is back to the app for who can not use their passkey, where nothing else will do', () => {
    const skipped: Attempt['skipped'] = ['passkey']
    const given = { proofs: proved('pwd', 'otp'), skipped }
    expect(nameOf({ ...given, ask: ask('phr') }, having('totp', 'passkey'))).to.equal('unmet')
    expect(nameOf({ ...given, ask: ask(acrMultiFactor) }, having('totp', 'passkey'))).to.equal('finish')
  })

  it('takes a key in hardware where the app wants that, and sets one up once where makers are known', () => {
    const phrh = { ask: ask('phrh') }
    const key = (fields: Partial<PasskeyFactor> = {}) => ({
      ...(factor('passkey') as PasskeyFactor),
      ...fields,
    })
    const who = (...factors: PasskeyFactor[]) => account({ factors, backupCodes: saved })
    const soft = [passkey(true)]
    const hard = [{ ...passkey(true), passkey: { verified: true, synced: false, hardware: true as const } }]
    const here = { attests: true }
    expect(nameOf({ ...phrh, proofs: soft }, who(key(), key({ hardware: true })), here)).to.equal('passkey')
    expect(nameOf({ ...phrh, proofs: hard }, who(key({ hardware: true })), here)).to.equal('finish')
    expect(nameOf({ ...phrh, proofs: soft }, who(key()), here)).to.equal('enrol_passkey')
    expect(nameOf({ ...phrh, proofs: soft }, who(key()))).to.equal('unmet')
    const made = who(key(), key({ id: 'new', createdAt: noon }))
    expect(nameOf({ ...phrh, proofs: soft }, made, here)).to.equal('unmet')
  })

  it('is to prove it again before a factor is bound, where the session is older', () => {
    const begun = noon + hour
    const old = { proofs: proved('pwd', 'otp'), createdAt: begun, ask: ask('phr') }
    expect(nameOf(old, having('totp'))).to.equal('totp')
    const again = [...proved('pwd'), { method: 'otp' as const, at: begun }]
    expect(nameOf({ ...old, proofs: again }, having('totp'))).to.equal('password')
    const both = again.map((proof) => ({ ...proof, at: begun }))
    expect(nameOf({ ...old, proofs: both }, having('totp'))).to.equal('enrol_passkey')
  })

  it('sets up the kind that was chosen, if it is allowed here', () => {
    const page = (enrolling: FactorKind, kinds: FactorKind[] = [...enrolKinds]) =>
      nameOf({ proofs: proved('pwd'), enrolling }, account(), { kinds })
    expect([page('totp'), page('passkey'), page('sms'), page('push')]).to.deep.equal([
      'enrol_totp',
      'enrol_passkey',
      'enrol_phone',
      'enrol_push',
    ])
    expect(page('sms', ['passkey'])).to.equal('enrol_passkey')
  })

  it('accepts a trusted device in place of a factor, but for no app that insists and for no action', () => {
    const given = { proofs: proved('pwd') }
    const trusted = { trusted: true }
    expect(stepOf(given, secured, trusted)).to.deep.equal({
      step: 'finish',
      assurance: { acr: acrPassword, amr: ['pwd', amrTrustedDevice], authTime: noon / 1000 },
    })
    expect(nameOf({ ...given, ask: ask(acrMultiFactor) }, secured, trusted)).to.equal('totp')
    const sent = { client: 'app', app: 'App', action: 'enrol' as const }
    expect(nameOf({ ...given, ask: sent }, secured, trusted)).to.equal('totp')
    expect(nameOf({}, secured, trusted)).to.equal('password')
  })

  it('shows an open request to who comes from a trusted device too', () => {
    const more = { trusted: true, openCase: recoveryCase() }
    expect(nameOf({ proofs: proved('pwd') }, secured, more)).to.equal('open_case')
  })
})

describe('The next step during a reset', () => {
  const waiting = { proofs: proved('pwd'), choice: 'recovery' as const, case: 'case' }
  const later = noon + hour
  const stripped = account({
    validAfter: later,
    lastReset: 'case',
    recovered: { case: 'case', route: 'admin', at: later },
  })
  const completed = recoveryCase({ status: 'completed', completedAt: later })

  it('is to wait while the case is open, and to hear how it ended', () => {
    const at = (status: CaseStatus) => nameOf(waiting, secured, { case: recoveryCase({ status }) })
    for (const status of [
      'requested',
      'awaiting_admin',
      'awaiting_identity',
      'holding',
      'awaiting_support',
      'granted',
      'completing',
    ] as const)
      expect(at(status), status).to.equal('recovery_waiting')
    for (const status of ['denied', 'cancelled', 'disavowed', 'expired'] as const)
      expect(at(status), status).to.equal('recovery_closed')
  })

  it('is to wait on while the reset is under way, which has voided the password already', () => {
    for (const status of ['awaiting_admin', 'granted', 'completing'] as const)
      expect(nameOf(waiting, stripped, { case: recoveryCase({ status }) }), status).to.equal(
        'recovery_waiting',
      )
    const others = recoveryCase({ status: 'completing', attempt: 'another' })
    expect(nameOf(waiting, stripped, { case: others })).to.equal('password')
    const earlier = { ...stripped, lastReset: 'earlier' }
    expect(nameOf(waiting, earlier, { case: recoveryCase() })).to.equal('password')
  })

  it('is another factor as soon as the person turns to one, whatever the case does', () => {
    expect(nameOf({ ...waiting, choice: 'totp' }, secured, { case: recoveryCase() })).to.equal('totp')
  })

  it('is enrolment for the sign-in that waited, and it ends as recovered', () => {
    expect(stepOf(waiting, stripped, { case: completed })).to.deep.equal({
      step: 'enrol_totp',
      canSkip: true,
    })
    expect(stepOf({ ...waiting, skipped: ['enrol'] }, stripped, { case: completed })).to.deep.equal({
      step: 'finish',
      assurance: { acr: acrRecovered, amr: ['pwd'], authTime: later / 1000 },
    })
  })

  it('can not be put off where the app insists on multi-factor', () => {
    const insisting = { ...waiting, skipped: ['enrol' as const], ask: ask(acrMultiFactor) }
    expect(stepOf(insisting, stripped, { case: completed })).to.deep.equal({
      step: 'enrol_totp',
      canSkip: false,
    })
  })

  it('is the password again for every other sign-in that was under way', () => {
    expect(nameOf({ proofs: proved('pwd') }, stripped)).to.equal('password')
    const other = recoveryCase({ id: 'another', status: 'completed', completedAt: later })
    expect(nameOf({ ...waiting, case: 'another' }, stripped, { case: other })).to.equal('password')
  })

  it('is the password again for a sign-in that joined the case of another one', () => {
    const joined = { ...completed, attempt: 'another' }
    expect(nameOf(waiting, stripped, { case: joined })).to.equal('password')
  })

  it('is the password again when "this wasn\'t me" came after the reset', () => {
    const disavowed = { ...stripped, validAfter: later + minute, passwordExpired: 'disavowed' as const }
    expect(nameOf(waiting, disavowed, { case: completed })).to.equal('password')
  })

  it('is the new factor when somebody enrolled one meanwhile', () => {
    const enrolled = { ...stripped, recovered: undefined, factors: [totp({ id: 'new' })] }
    expect(nameOf({ ...waiting, choice: 'totp' }, enrolled, { case: completed })).to.equal('totp')
  })

  it('does not rest on a factor that the reset took away, though it was given in this sign-in', () => {
    const both = { ...waiting, proofs: proved('pwd', 'otp'), skipped: ['enrol' as const] }
    const step = stepOf(both, stripped, { case: completed })
    expect(step).to.deep.equal({
      step: 'finish',
      assurance: { acr: acrRecovered, amr: ['pwd'], authTime: later / 1000 },
    })
  })
})

const statuses: CaseStatus[] = ['awaiting_admin', 'holding', 'completing', 'completed', 'denied', 'disavowed']
const around = fc.constantFrom(...times(5, (i) => noon + i * minute))
const maybe = <T>(value: T): fc.Arbitrary<T | undefined> => fc.constantFrom(value, undefined)
const seldom = <T>(value: T): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 7 }, fc.constant(value))
const anyMethod = fc.constantFrom<Method>(
  'pwd',
  'pwd',
  'otp',
  'backup_code',
  'mail_code',
  'pass',
  'completion_link',
)
const anyAttempt = fc.record({
  proofs: fc.uniqueArray(fc.record({ method: anyMethod, at: around }), { selector: ({ method }) => method }),
  choice: fc.constantFrom<Choice | undefined>(undefined, 'totp', 'backup_code', 'recovery', 'pass'),
  codes: seldom({ set: 1, sealed: '' }),
  codesLeft: seldom(3),
  case: maybe('case'),
  skipped: fc.constantFrom<Attempt['skipped']>([], ['enrol'], ['passkey']),
  ask: fc
    .constantFrom(undefined, ...levels, 'urn:example:unheard-of')
    .map((acr) => ({ client: 'app', app: 'App', acr })),
})
const anyAccount = fc.record({
  status: seldom('removed' as const).map((status) => status ?? 'active'),
  factors: fc.constantFrom<Account['factors']>([], [totp()], [totp({ disabledAt: noon })]),
  backupCodes: fc.constantFrom<Account['backupCodes']>(undefined, saved, saved, {
    ...saved,
    confirmedAt: undefined,
  }),
  passwordExpired: seldom('disavowed' as const),
  validAfter: fc.oneof(fc.constant(noon), around),
  lastReset: maybe('case'),
  recovered: maybe({ case: 'case', route: 'admin' as const, at: noon }),
})
const anyCase = fc
  .record({
    status: fc.constantFrom(...statuses),
    at: around,
    attempt: fc.constantFrom('attempt', 'another'),
  })
  .map(({ at, ...fields }) =>
    recoveryCase({ ...fields, ...(fields.status === 'completed' ? { completedAt: at } : {}) }),
  )
const anySituation: fc.Arbitrary<Situation> = fc
  .record({
    attempt: anyAttempt.map(attempt),
    account: anyAccount.map(account),
    waitedFor: anyCase,
    now: around,
  })
  .chain(({ waitedFor, ...situation }) =>
    fc.record({
      attempt: fc.constant(situation.attempt),
      account: fc.constant(situation.account),
      now: fc.constant(situation.now),
      case: fc.constant(situation.attempt.case === undefined ? undefined : waitedFor),
      secondFactorRequired: fc.boolean(),
      kinds: fc.constantFrom<FactorKind[]>(['totp'], [...enrolKinds]),
      attests: fc.boolean(),
      trusted: fc.boolean(),
      trustDays: fc.constant(30),
    }),
  )

/** Every situation in which a sign-in finishes; the property must hold for each. */
function whenFinished(
  holds: (step: Step & { step: 'finish' }, at: Situation & { account: Account }) => void,
): void {
  let finished = 0
  fc.assert(
    fc.property(anySituation, (situation) => {
      const step = nextStep(situation)
      if (step.step !== 'finish') return
      finished += 1
      holds(step, situation as Situation & { account: Account })
    }),
    { numRuns: 10_000 },
  )
  expect(finished, 'situations that finish').to.be.greaterThan(100)
}

describe('A sign-in never finishes', () => {
  /** Given after the last thing that voids proofs, or in the very sign-in whose reset that was. */
  const standing = (
    { attempt: { proofs }, account: who }: Situation & { account: Account },
    ...methods: Method[]
  ) => proofs.some(({ method, at }) => methods.includes(method) && at >= who.validAfter)
  const wasReset = ({ attempt: tried, account: who, case: one }: Situation & { account: Account }) =>
    tried.id === one?.attempt && who.lastReset === one?.id && (one?.completedAt ?? 0) >= who.validAfter

  it('without the password, given since everything was voided or in the sign-in that waited for it', () => {
    whenFinished((_step, at) => {
      expect(at.attempt.proofs.some(({ method }) => method === 'pwd')).to.equal(true)
      expect(standing(at, 'pwd') || wasReset(at)).to.equal(true)
    })
  })

  it('without a second factor when the account has one, unless the device is trusted and nobody insists', () => {
    whenFinished((_step, at) => {
      const insists = rank(at.attempt.ask.acr) >= rank(acrMultiFactor)
      const trusted = at.trusted && !insists
      if (at.account.factors.length > 0)
        expect(standing(at, 'otp', 'backup_code', 'pass') || trusted).to.equal(true)
    })
  })

  it('with less than what the app asked for', () => {
    whenFinished(({ assurance }, at) => {
      expect(meets(assurance.acr, at.attempt.ask.acr)).to.equal(true)
    })
  })

  it('as multi-factor unless a second factor was given that still stands', () => {
    whenFinished(({ assurance }, at) => {
      const second = standing(at, 'otp', 'backup_code')
      expect([assurance.acr === acrMultiFactor, assurance.amr.includes('mfa')]).to.deep.equal([
        second,
        second,
      ])
    })
  })

  it('with a time of authentication before what voided everything', () => {
    whenFinished(({ assurance }, at) => {
      expect(assurance.authTime * 1000).to.be.at.least(at.account.validAfter)
    })
  })

  it('while something has to be put right first', () => {
    whenFinished((_step, { attempt: tried, account: who }) => {
      expect([who.status, who.passwordExpired, tried.codes, tried.codesLeft]).to.deep.equal([
        'active',
        undefined,
        undefined,
        undefined,
      ])
    })
  })
})
