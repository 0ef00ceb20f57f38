import { type Account, hasSecondFactor } from './account.ts'
import { type ActionStep, nextAction } from './action.ts'
import { type Assurance, acrMultiFactor, assuranceOf, meets, rank } from './assurance.ts'
import type { Attempt, Proof } from './attempt.ts'
import { isOpen, type RecoveryCase } from './recovery-case.ts'

/** What a sign-in does next. Every step but `finish` and `unmet` is a page of the same name. */
export type Step =
  | { step: 'password' }
  | { step: 'inactive'; status: 'deactivated' | 'removed' }
  | { step: 'totp' }
  | { step: 'backup_code' }
  | { step: 'pass' }
  | { step: 'recovery' }
  | { step: 'recovery_waiting' }
  | { step: 'recovery_closed' }
  /** Signed in with the old factor while a case is open: keep it or cancel it? */
  | { step: 'open_case' }
  /** After a reset, in another browser: the link of the completion mail is asked for as well. */
  | { step: 'completion_link' }
  | { step: 'mail_code' }
  | { step: 'new_password' }
  | { step: 'backup_codes' }
  | { step: 'codes_left' }
  | { step: 'enrol'; canSkip: boolean }
  /** What the app insists on can't be reached by this person. */
  | { step: 'unmet' }
  | { step: 'finish'; assurance: Assurance }
  | ActionStep

export type StepName = Step['step']

export interface Situation {
  attempt: Attempt
  account?: Account
  /** The case the attempt waits for. */
  case?: RecoveryCase
  /** The person's open case, whoever opened it. */
  openCase?: RecoveryCase
  /** Milliseconds. */
  now: number
  /** Whether an organization of the person insists on a second factor. */
  secondFactorRequired: boolean
}

/**
 * The one place that decides what a sign-in does next, read from top to bottom: who are you, prove it again,
 * put right what has to be put right, done.
 */
export function nextStep(situation: Situation): Step {
  const { attempt, account } = situation
  if (account === undefined) return { step: 'password' }
  if (attempt.action !== undefined) return nextAction(attempt, attempt.action, account, situation.openCase)
  const proofs = standingProofs(situation)
  const proved = (...methods: Proof['method'][]) => proofs.some((proof) => methods.includes(proof.method))

  if (!proved('pwd')) return { step: 'password' }
  if (account.status !== 'active') return { step: 'inactive', status: account.status }
  if (hasSecondFactor(account) && !proved('otp', 'backup_code', 'pass')) return challenge(situation)
  const { openCase } = situation
  if (proved('otp', 'backup_code') && openCase !== undefined && attempt.keptCase !== openCase.id)
    return { step: 'open_case' }
  if (
    account.recovered?.mailUntil !== undefined &&
    !hasSecondFactor(account) &&
    !proved('recovery', 'completion_link')
  ) {
    return attempt.choice === 'recovery' ? askAgain(situation) : { step: 'completion_link' }
  }
  if (account.passwordExpired !== undefined) {
    return proved('otp', 'backup_code', 'mail_code') ? { step: 'new_password' } : { step: 'mail_code' }
  }
  if (attempt.codes !== undefined) return { step: 'backup_codes' }
  if (attempt.codesLeft !== undefined) return { step: 'codes_left' }
  if (!hasSecondFactor(account) || (proved('pass') && !proved('otp', 'backup_code'))) {
    if (rank(attempt.ask.acr) > rank(acrMultiFactor)) return { step: 'unmet' }
    const compulsory = situation.secondFactorRequired || needsSecondFactor(attempt)
    if (compulsory || !attempt.skipped.includes('enrol')) return { step: 'enrol', canSkip: !compulsory }
  } else if (proved('otp') && account.backupCodes?.confirmedAt === undefined) {
    return { step: 'backup_codes' }
  }
  return finish(attempt, account, proofs)
}

function challenge(situation: Situation): Step {
  const { attempt } = situation
  const choice = attempt.choice ?? (attempt.ask.action === 'reset_authenticator' ? 'recovery' : undefined)
  if (choice === 'recovery') return askAgain(situation)
  // A pass is offered while it can still be used; afterwards the page that asks for it would be a dead end.
  if (choice === 'pass' && hasPass(situation)) return { step: 'pass' }
  return { step: choice === 'backup_code' ? 'backup_code' : 'totp' }
}

/** Asking for a reset: the explanation first, then the case and where it stands. */
function askAgain(situation: Situation): Step {
  const { attempt, case: waitedFor } = situation
  if (attempt.case === undefined || waitedFor === undefined) return { step: 'recovery' }
  if (isOpen(waitedFor)) return { step: 'recovery_waiting' }
  return waitedFor.pass !== undefined && hasPass(situation) ? { step: 'pass' } : { step: 'recovery_closed' }
}

export function hasPass({ account, now }: Pick<Situation, 'account' | 'now'>): boolean {
  return account?.pass !== undefined && account.pass.expiresAt > now
}

function finish(attempt: Attempt, account: Account, proofs: Proof[]): Step {
  const assurance = assuranceOf(proofs, account.recovered !== undefined)
  return meets(assurance.acr, attempt.ask.acr) ? { step: 'finish', assurance } : { step: 'unmet' }
}

const needsSecondFactor = (attempt: Attempt): boolean =>
  attempt.ask.acr !== undefined && rank(attempt.ask.acr) >= rank(acrMultiFactor)

/**
 * The proofs that still count. What was proven before `validAfter` is void: a reset or a "this wasn't me" ended it.
 * The one exception is the sign-in that waited for the reset: the completed case is a proof of its own.
 */
export function standingProofs({ attempt, account, case: waitedFor }: Situation): Proof[] {
  const validAfter = account?.validAfter ?? 0
  // Only the sign-in that opened the case: one that joined it, perhaps a stranger's, proves everything again.
  const waited = waitedFor?.attempt === attempt.id
  const reset = waited && waitedFor.id === account?.lastReset && waitedFor.pass === undefined
  const completedAt = reset ? waitedFor.completedAt : undefined
  if (completedAt !== undefined && completedAt >= validAfter) {
    // Of what was proven before, only the password: a factor that the reset took away proves nothing any more.
    const standing = attempt.proofs.filter((proof) => proof.method === 'pwd' || proof.at >= validAfter)
    return [...standing, { method: 'recovery', at: completedAt }]
  }
  return attempt.proofs.filter((proof) => proof.at >= validAfter)
}
