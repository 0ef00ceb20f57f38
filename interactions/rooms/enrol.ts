import { randomUUID } from 'node:crypto'
import { flatOrigin } from '../../http/request.ts'
import type { Account } from '../../rules/account.ts'
import { type Attempt, hasProof, withProof } from '../../rules/attempt.ts'
import { replaceBackupCodes } from '../../rules/backup-codes.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import { type Binding, bindFactor } from '../../rules/enrolment.ts'
import { factorEnrolled } from '../../rules/signals.ts'
import { newBackupCodes, sealCodes } from '../../secrets/backup-codes.ts'
import { newTotpSecret, readCode, totpUri } from '../../secrets/totp.ts'
import { matchTotp } from '../match-totp.ts'
import { type Action, accountOf, changeAttempt, type Room, say, type Visit } from '../room.ts'

export const enrol: Room<'enrol'> = {
  step: 'enrol',
  show: async (visit) => {
    const { services, step } = visit
    const account = accountOf(visit)
    const { secret } = await ensureEnrolment(visit)
    const uri = totpUri(services.config.brand, account.email, secret)
    return {
      email: account.email,
      secret,
      uri,
      canSkip: step.step === 'enrol' && step.canSkip,
      recovered: account.recovered !== undefined,
    }
  },
  actions: {
    enrol: (visit, fields) => prove(visit, fields),
    'enrol/skip': (visit) => skip(visit, {}),
  },
}

/** A secret for this attempt, drawn once: loading the page again shows the same one. The account isn't touched. */
async function ensureEnrolment(visit: Visit): Promise<{ factor: string; secret: string }> {
  const { services, attempt } = visit
  const factor = randomUUID()
  const offered = { factor, secret: services.ring.seal(newTotpSecret(), factor) }
  const kept = await services.store.attempts.update(attempt.id, (current) => {
    if (current === undefined) return [current, offered]
    const enrolment = current.enrolment ?? offered
    return [enrolment === current.enrolment ? current : { ...current, enrolment }, enrolment]
  })
  return { factor: kept.factor, secret: services.ring.open(kept.secret, kept.factor) }
}

const skip: Action = async (visit) => {
  if (visit.step.step !== 'enrol' || !visit.step.canSkip) return
  await changeAttempt(visit, ({ message: _, ...attempt }) => ({
    ...attempt,
    skipped: ['enrol'],
    ...(attempt.action === undefined ? {} : { actionStatus: 'cancelled' as const }),
  }))
}

/** The factor counts once its code was typed back; until then nothing of the account has changed. */
const prove: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const enrolment = attempt.enrolment
  const code = readCode(fields.code ?? '')
  if (enrolment === undefined) return
  if (code === '') return say(visit, 'code_missing')
  const now = services.clock()
  const matched = matchTotp(services, [{ id: enrolment.factor, secret: enrolment.secret }], code)
  if (matched === undefined) return say(visit, 'wrong_code')
  const codes = newBackupCodes()
  const bound = await bind(visit, enrolment, matched.step, codes, now)
  if (bound === undefined) return
  const { set } = bound
  await changeAttempt(visit, ({ enrolment: _, ...current }: Attempt) => ({
    ...withProof(current, 'otp', now, account),
    ...(set === undefined
      ? {}
      : { codes: { set, sealed: sealCodes(services.ring, account.id, set, codes) } }),
    ...(current.action === undefined ? {} : { actionStatus: 'success' as const }),
  }))
  await services.effects.settle('accounts', account.id)
}

/**
 * Binds the factor, and where it is the only one a new set of codes, in one write. Returns the set's number; undefined
 * if another browser was first.
 */
async function bind(
  { services, attempt }: Visit,
  enrolment: NonNullable<Attempt['enrolment']>,
  step: number,
  codes: string[],
  now: number,
): Promise<{ set?: number } | undefined> {
  return services.store.accounts.update(attempt.account!, (current) => {
    if (current === undefined) return [current, undefined]
    const factor = {
      id: enrolment.factor,
      kind: 'totp' as const,
      name: '',
      secret: enrolment.secret,
      lastStep: step,
      createdAt: now,
      lastUsedAt: now,
    }
    const binding = bindingOf(attempt, current)
    const bound = bindFactor(current, factor, binding, attempt.createdAt, now)
    if (bound === undefined) return [current, undefined]
    const keepsCodes = binding === 'add' && current.backupCodes?.confirmedAt !== undefined
    const complete = keepsCodes ? bound : replaceBackupCodes(bound, codes, services.ring.mac, now)
    const ended = binding === 'replace' ? endEffects(attempt, factor.id) : []
    const told = enrolledSignal(attempt, current, complete, factor.id, now)
    const next = withEffects(complete, [...boundEffects(attempt, factor.id, now), ...ended, told])
    return [next, keepsCodes ? {} : { set: complete.backupCodes!.number }]
  })
}

/** A sign-in sets up the first factor; after a one-time pass, or on purpose, it replaces the lost ones. */
function bindingOf(attempt: Attempt, account: Account): Binding {
  if (hasProof(attempt, 'pass')) return 'replace'
  if (attempt.action === undefined || account.factors.length === 0) return 'first'
  return attempt.action === 'reset_authenticator' ? 'replace' : 'add'
}

/** What was signed in with the lost factor ends with it; this sign-in goes on. */
function endEffects(attempt: Attempt, factor: string): Effect[] {
  const account = attempt.account!
  return (['end_attempts', 'end_sessions'] as const).map((kind) => ({
    kind,
    id: `${factor}:${kind}`,
    account,
    keep: attempt.id,
    ...(attempt.session === undefined ? {} : { keepSession: attempt.session }),
  }))
}

/** What a reset took, and what is enrolled after it, have one cause: the case. */
function enrolledSignal(
  attempt: Attempt,
  before: Account,
  after: Account,
  factor: string,
  now: number,
): Effect {
  const issued = hasProof(attempt, 'pass') ? before.lastReset : undefined
  const txn = before.recovered?.case ?? issued ?? factor
  const events = factorEnrolled(before, after, now)
  return { kind: 'signal', id: `${factor}:signal`, account: before.id, txn, events }
}

function boundEffects(attempt: Attempt, factor: string, now: number): Effect[] {
  const subject = attempt.account!
  const origin = flatOrigin(attempt.origin)
  return [
    {
      kind: 'audit',
      id: `${factor}:audit`,
      event: 'factor.added',
      actor: subject,
      subject,
      detail: { factor: 'totp', address: origin.address },
    },
    {
      kind: 'notice',
      id: `${factor}:notice`,
      name: 'factor_added',
      to: subject,
      data: { at: now, factor: 'totp', app: attempt.ask.app, ...origin },
    },
  ]
}
