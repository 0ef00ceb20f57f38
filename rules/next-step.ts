import { type Account, hasSecondFactor } from './account.ts'
import { type Assurance, acrMultiFactor, assuranceOf, meets, rank } from './assurance.ts'
import type { Attempt, Proof } from './attempt.ts'
import { isOpen, type RecoveryCase } from './recovery-case.ts'

/** What a sign-in does next. Every step but `finish` and `unmet` is a page of the same name. */
export type Step =
  | { step: 'password' }
  | { step: 'inactive'; status: 'deactivated' | 'removed' }
  | { step: 'totp' }
  | { step: 'backup_code' }
  | { step: 'recovery' }
  | { step: 'recovery_waiting' }
  | { step: 'recovery_closed' }
  | { step: 'mail_code' }
  | { step: 'new_password' }
  | { step: 'backup_codes' }
  | { step: 'codes_left' }
  | { step: 'enrol'; canSkip: boolean }
  /** What the app insists on can't be reached by this person. */
  | { step: 'unmet' }
  | { step: 'finish'; assurance: Assurance }

export type StepName = Step['step']

export interface Situation {
  attempt: Attempt
  account?: Account
  /** The case the attempt waits for. */
  case?: RecoveryCase
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
  const proofs = standingProofs(situation)
  const proved = (...methods: Proof['method'][]) => proofs.some((proof) => methods.includes(proof.method))

  if (!proved('pwd')) return { step: 'password' }
  if (account.status !== 'active') return { step: 'inactive', status: account.status }
  if (hasSecondFactor(account) && !proved('otp', 'backup_code')) return challenge(situation)
  if (account.passwordExpired !== undefined) {
    return proved('otp', 'backup_code', 'mail_code') ? { step: 'new_password' } : { step: 'mail_code' }
  }
  if (attempt.codes !== undefined) return { step: 'backup_codes' }
  if (attempt.codesLeft !== undefined) return { step: 'codes_left' }
  if (!hasSecondFactor(account)) {
    if (rank(attempt.ask.acr) > rank(acrMultiFactor)) return { step: 'unmet' }
    const compulsory = situation.secondFactorRequired || needsSecondFactor(attempt)
    if (compulsory || !attempt.skipped.includes('enrol')) return { step: 'enrol', canSkip: !compulsory }
  } else if (proved('otp') && account.backupCodes?.confirmedAt === undefined) {
    return { step: 'backup_codes' }
  }
  return finish(attempt, account, proofs)
}

function challenge({ attempt, case: open }: Situation): Step {
  if (attempt.case !== undefined && open !== undefined && attempt.choice === 'recovery') {
    return { step: isOpen(open) ? 'recovery_waiting' : 'recovery_closed' }
  }
  if (attempt.choice === 'recovery') return { step: 'recovery' }
  return { step: attempt.choice === 'backup_code' ? 'backup_code' : 'totp' }
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
  const completedAt = waitedFor?.id === account?.lastReset ? waitedFor?.completedAt : undefined
  if (completedAt !== undefined && completedAt >= validAfter) {
    return [...attempt.proofs, { method: 'recovery', at: completedAt }]
  }
  return attempt.proofs.filter((proof) => proof.at >= validAfter)
}
