import { type Account, hasSecondFactor } from './account.ts'
import { nextAction } from './action.ts'
import { assuranceOf, isFirstFactor, isSecondFactor, meets } from './assurance.ts'
import type { Attempt, Proof } from './attempt.ts'
import { askAgain, challenge, factorPage } from './challenge.ts'
import { type CheckUpReason, checkUpOf } from './check-up.ts'
import { asksPasskey, canBeStronger, hasPasskey, lacksPasskey, needsSecondFactor } from './demand.ts'
import { enrolStep } from './enrolment.ts'
import { missingForPassword } from './forgotten-password.ts'
import { staleFor, standingProofs, withTrust } from './standing.ts'
import type { Situation, Step } from './step.ts'

/**
 * The one place that decides what a sign-in does next, read from top to bottom: who are you, prove it again,
 * put right what has to be put right, done.
 */
export function nextStep(situation: Situation): Step {
  const { attempt, account } = situation
  if (attempt.forgotten !== undefined) return forgotten(situation)
  if (account === undefined) return { step: 'password' }
  const standing = standingProofs(situation)
  if (attempt.action !== undefined)
    return mayAct(account, standing) ? nextAction(situation, attempt.action) : { step: 'unmet' }
  if (!standing.some(isFirstFactor)) return { step: 'password' }
  if (account.status !== 'active') return { step: 'inactive', status: account.status }
  // The app wants a passkey, and the person can't or won't use theirs.
  if (attempt.skipped.includes('passkey') && asksPasskey(situation)) return { step: 'unmet' }
  const proofs = withTrust(situation, standing)
  const proved = (...methods: Proof['method'][]) => proofs.some((proof) => methods.includes(proof.method))
  const second = proofs.some(isSecondFactor)

  if (hasSecondFactor(account) && !second && !proved('pass', 'trusted_device')) return challenge(situation)
  if (asksPasskey(situation) && !proved('pass') && !hasPasskey(attempt, proofs))
    return attempt.choice === 'recovery' ? askAgain(situation) : { step: 'passkey' }
  const { openCase } = situation
  if ((second || proved('trusted_device')) && openCase !== undefined && attempt.keptCase !== openCase.id)
    return { step: 'open_case' }
  if (
    account.recovered?.mailUntil !== undefined &&
    !hasSecondFactor(account) &&
    !proved('recovery', 'completion_link')
  ) {
    return attempt.choice === 'recovery' ? askAgain(situation) : { step: 'completion_link' }
  }
  if (account.passwordExpired !== undefined)
    return second || proved('mail_code') ? { step: 'new_password' } : { step: 'mail_code' }
  if (attempt.codes !== undefined) return { step: 'backup_codes' }
  if (attempt.codesLeft !== undefined) return { step: 'codes_left' }
  const missing = enrolment(situation, proofs)
  if (missing !== undefined) return missing
  if (lacksCodes(account, proofs)) return { step: 'backup_codes' }
  const end = finish(attempt, account, proofs)
  const reasons = end.step === 'finish' ? checkUp(situation, proofs) : []
  return reasons.length > 0 ? { step: 'check_up', reasons } : end
}

/**
 * Whether what was proven for an action still is what the account takes. The session was looked at when the page was
 * opened; whoever kept it open with the password alone must not change what the owner has set up since.
 */
function mayAct(account: Account, standing: Proof[]): boolean {
  if (account.status !== 'active' || !standing.some(isFirstFactor)) return false
  return !hasSecondFactor(account) || standing.some(isSecondFactor)
}

/**
 * What the sign-in asks about at its end. Only of someone who has just proven a second factor, as it leads to changing
 * them; and not where something else was done on the way, or is under way.
 */
function checkUp({ attempt, account, openCase, kinds, now }: Situation, proofs: Proof[]): CheckUpReason[] {
  const began = attempt.createdAt
  const proven = proofs.some(
    (proof) => isSecondFactor(proof) && proof.method !== 'backup_code' && proof.at >= began,
  )
  const { factorsChangedAt = 0, backupCodes } = account!
  const changed = factorsChangedAt >= began || (backupCodes?.createdAt ?? 0) >= began
  const elsewhere = attempt.ask.action !== undefined || openCase !== undefined
  // A result that was handed over while the process died is handed over again, whatever has become due meanwhile.
  if (!proven || changed || elsewhere || attempt.finishedAt !== undefined) return []
  return checkUpOf(account!, kinds, now)
}

/** In place of the password: the mailbox, a second factor where there is one, and then a new password. */
function forgotten(situation: Situation): Step {
  const { attempt, account } = situation
  if (account === undefined) return { step: 'forgot' }
  switch (missingForPassword(account, standingProofs(situation))) {
    case 'mailbox':
      return { step: 'forgot' }
    case 'impossible':
      return { step: 'forgot_lost' }
    case 'second_factor':
      // A reset is asked for by someone who has proven the password: the mailbox alone opens no case.
      return attempt.choice === 'recovery' ? { step: 'forgot_lost' } : factorPage(situation)
    case undefined:
      return { step: 'new_password' }
  }
}

/** Whoever has just shown their factor can make codes for the day when it is gone. */
const lacksCodes = (account: Account, proofs: Proof[]): boolean =>
  hasSecondFactor(account) &&
  proofs.some((proof) => isSecondFactor(proof) && proof.method !== 'backup_code') &&
  account.backupCodes?.confirmedAt === undefined

/** Setting up what is missing, where it is: a first factor, one in place of a lost one, or one that can't be phished. */
function enrolment(situation: Situation, proofs: Proof[]): Step | undefined {
  const { attempt, account } = situation as Situation & { account: Account }
  const second = proofs.some(isSecondFactor)
  const rebinds = proofs.some(({ method }) => method === 'pass') && !second
  const stronger = lacksPasskey(situation, proofs)
  if (stronger && !canBeStronger(situation)) return { step: 'unmet' }
  // Sent here by a check-up, to add one beside the others.
  const adds = attempt.enrolling !== undefined && second
  if (hasSecondFactor(account) && !rebinds && !stronger && !adds) return undefined
  if (stronger && attempt.skipped.includes('enrol')) return { step: 'unmet' }
  const compulsory = !stronger && !adds && (situation.secondFactorRequired || needsSecondFactor(attempt))
  // An action comes after the sign-in, but takes a second factor of whoever has one: after a pass, the new one.
  const later = attempt.skipped.includes('enrol') || (attempt.ask.action !== undefined && !rebinds)
  if (!compulsory && !stronger && later) return undefined
  const stale = staleFor(attempt, proofs)
  if (stale !== undefined) return stale === 'first' ? { step: 'password' } : challenge(situation)
  const kind = situation.kinds.find((one) => one === attempt.enrolling) ?? situation.kinds[0] ?? 'totp'
  return enrolStep(stronger ? 'passkey' : kind, !compulsory)
}

function finish(attempt: Attempt, account: Account, proofs: Proof[]): Step {
  const assurance = assuranceOf(proofs, account.recovered !== undefined)
  return meets(assurance.acr, attempt.ask.acr) ? { step: 'finish', assurance } : { step: 'unmet' }
}
