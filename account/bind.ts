import { newBackupCodes, sealCodes } from '../adapters/secrets/backup-codes.ts'
import type { Protection } from '../rules/account.ts'
import { type Attempt, hasProof } from '../rules/attempt.ts'
import { replaceBackupCodes } from '../rules/backup-codes.ts'
import { outlasts } from '../rules/browsers.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import { type Binding, bindFactor, withoutLost } from '../rules/enrolment.ts'
import type { Factor } from '../rules/factor.ts'
import type { Method, PasskeyProof } from '../rules/proof.ts'
import { factorEnrolled } from '../rules/signals.ts'
import type { AccountServices } from './services.ts'
import { factorTold } from './told.ts'

/** A factor, and what has just proven it. */
export interface ProvenFactor {
  factor: Factor
  method: Method
  passkey?: PasskeyProof | undefined
}

/**
 * Binds a factor that was proven in a sign-in, and with a first one a new set of codes, in one write; everyone is told
 * because of that write, and the sign-in goes on with what it has proven. Returns false if another browser was first.
 *
 * @param before the account as the person was shown it.
 */
export async function bindProven(
  { change, ring }: Pick<AccountServices, 'change' | 'ring'>,
  attempt: Attempt,
  before: Protection,
  { factor, ...proof }: ProvenFactor,
  now: number,
): Promise<boolean> {
  const codes = newBackupCodes()
  const binding = bindingOf(attempt, before)
  const by = { account: before.id, origin: attempt.origin, app: attempt.ask.app }
  return change('protections', before.id, (current) => {
    const added = current && bindFactor(current, factor, binding, attempt.createdAt, now)
    if (current === undefined || added === undefined) return [current, false]
    const lost = current.factors.find(({ id }) => id === attempt.replacing)
    const bound = withoutLost(added, lost?.id)
    const keepsCodes = binding === 'add' && current.backupCodes?.confirmedAt !== undefined
    const complete = keepsCodes ? bound : replaceBackupCodes(bound, codes, ring.hash, now)
    const { number: set } = complete.backupCodes ?? { number: 0 }
    const shown = keepsCodes ? undefined : { set, sealed: sealCodes(ring, current.id, set, codes) }
    const effects = [
      provenBy(attempt, before, { ...proof, factor }, shown, now),
      ...factorTold(by, 'added', factor.kind, enrolledAs(attempt, current, complete, factor.id, now), now),
      ...(lost === undefined ? [] : factorTold(by, 'removed', lost.kind, { id: `${lost.id}:lost` }, now)),
      ...(binding === 'replace' || lost !== undefined ? endEffects(attempt, factor.id) : []),
    ]
    return [withEffects(complete, effects), true]
  })
}

/**
 * It counts in this sign-in, whatever happens to the process. A change of factors ends the trust of browsers; not the one
 * that was asked for in this sign-in, which makes the change.
 */
function provenBy(
  { id: attempt, revision, trust }: Attempt,
  before: Protection,
  { factor, method, passkey }: ProvenFactor,
  codes: Attempt['codes'],
  at: number,
): Effect {
  const keepsTrust = trust !== undefined && outlasts(trust, before)
  const enrolled = { codes, trust: keepsTrust ? at : undefined }
  const id = `${factor.id}:proof`
  return { kind: 'add_proof', id, account: before.id, attempt, revision, method, passkey, at, enrolled }
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
    keepSession: attempt.session,
  }))
}

/** What a reset took, and what is enrolled after it, have one cause: the case. */
function enrolledAs(attempt: Attempt, before: Protection, after: Protection, factor: string, now: number) {
  const issued = hasProof(attempt, 'pass') ? before.lastReset : undefined
  const txn = before.recovered?.case ?? issued ?? factor
  return { id: factor, txn, signals: factorEnrolled(before, after, now) }
}
