import { newBackupCodes, sealCodes } from '../adapters/secrets/backup-codes.ts'
import type { Factor, Protection } from '../rules/account.ts'
import { type Attempt, hasProof } from '../rules/attempt.ts'
import { replaceBackupCodes } from '../rules/backup-codes.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import { type Binding, bindFactor, withoutLost } from '../rules/enrolment.ts'
import { factorEnrolled } from '../rules/signals.ts'
import type { AccountServices } from './services.ts'
import { factorTold } from './told.ts'

/** What binding a factor has left to show: a new set of backup codes, where there was none to keep. */
export interface Bound {
  codes?: NonNullable<Attempt['codes']>
}

/**
 * Binds a factor that was proven in a sign-in, and with a first one a new set of codes, in one write; everyone is told
 * because of that write. Returns undefined if another browser was first.
 *
 * @param before the account as the person was shown it.
 */
export async function bindProven(
  { change, ring }: Pick<AccountServices, 'change' | 'ring'>,
  attempt: Attempt,
  before: Protection,
  factor: Factor,
  now: number,
): Promise<Bound | undefined> {
  const codes = newBackupCodes()
  const binding = bindingOf(attempt, before)
  const by = { account: before.id, origin: attempt.origin, app: attempt.ask.app }
  const done = await change('protections', before.id, (current) => {
    const added = current && bindFactor(current, factor, binding, attempt.createdAt, now)
    if (current === undefined || added === undefined) return [current, undefined]
    const lost = current.factors.find(({ id }) => id === attempt.replacing)
    const bound = withoutLost(added, lost?.id)
    const keepsCodes = binding === 'add' && current.backupCodes?.confirmedAt !== undefined
    const complete = keepsCodes ? bound : replaceBackupCodes(bound, codes, ring.hash, now)
    const effects = [
      ...factorTold(by, 'added', factor.kind, factor.id, now),
      ...(lost === undefined ? [] : factorTold(by, 'removed', lost.kind, `${lost.id}:lost`, now)),
      ...(binding === 'replace' || lost !== undefined ? endEffects(attempt, factor.id) : []),
      enrolledSignal(attempt, current, complete, factor.id, now),
    ]
    return [withEffects(complete, effects), { set: keepsCodes ? undefined : complete.backupCodes!.number }]
  })
  if (done?.set === undefined) return done && {}
  return { codes: { set: done.set, sealed: sealCodes(ring, before.id, done.set, codes) } }
}

/** A sign-in sets up the first factor; after a one-time pass, or on purpose, it replaces the lost ones. */
function bindingOf(attempt: Attempt, account: Protection): Binding {
  if (hasProof(attempt, 'pass')) return 'replace'
  if (account.factors.length === 0) return 'first'
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
  before: Protection,
  after: Protection,
  factor: string,
  now: number,
): Effect {
  const issued = hasProof(attempt, 'pass') ? before.lastReset : undefined
  const txn = before.recovered?.case ?? issued ?? factor
  const events = factorEnrolled(before, after, now)
  return { kind: 'signal', id: `${factor}:signal`, account: before.id, txn, events }
}
