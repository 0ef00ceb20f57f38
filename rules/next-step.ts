import type { Account } from './account.ts'
import { nextAction } from './action.ts'
import { type Assurance, assuranceOf, isFirstFactor, isSecondFactor, meets } from './assurance.ts'
import { askAgain, challenge, factorPage } from './challenge.ts'
import { checkUpOf } from './check-up.ts'
import { asksPasskey, canBeStronger, hasPasskey, lacksPasskey, needsSecondFactor } from './demand.ts'
import { enrolStep } from './enrolment.ts'
import { hasSecondFactor } from './factor.ts'
import { missingForPassword } from './forgotten-password.ts'
import { opened } from './opening.ts'
import type { Method, Proof } from './proof.ts'
import { isOpen } from './recovery-case.ts'
import { staleFor, standingProofs, withTrust } from './standing.ts'
import type { Situation, Step } from './step.ts'
import { firstFactorPage, isFederated } from './upstream.ts'

/** Where a sign-in stands whose person is known. */
interface Standing extends Situation {
  account: Account
  /** What was proven, and still counts. */
  given: Proof[]
  /** The same, with what stands in for a second factor. */
  proofs: Proof[]
}

/** Says what is next; or nothing, and the check below it is asked. */
type Check = (at: Standing) => Step | undefined

/**
 * The one place that decides what a sign-in does next, read from top to bottom: who are you, prove it again,
 * put right what has to be put right, done.
 */
const checks: readonly Check[] = [
  actionAskedFor,
  firstFactor,
  activeAccount,
  suspendedMembership,
  guessedPassword,
  declinedPasskey,
  secondFactor,
  disputedFactor,
  asStrongAsAsked,
  openCase,
  completionMail,
  expiredPassword,
  shownCodes,
  codesLeft,
  enrolment,
  missingCodes,
  reachedWhatIsAsked,
  checkUp,
]

export function nextStep(situation: Situation): Step {
  const { attempt, account } = situation
  if (attempt.forgotten !== undefined) return forgotten(situation)
  if (account === undefined) return { step: 'password' }
  const given = standingProofs(situation)
  const at = { ...situation, account, given, proofs: withTrust(situation, given) }
  for (const check of checks) {
    const step = check(at)
    if (step !== undefined) return step
  }
  return { step: 'finish', assurance: reached(at) }
}

function actionAskedFor(at: Standing): Step | undefined {
  if (at.attempt.action === undefined) return undefined
  return mayAct(at.account, at.given) ? nextAction(at, at.attempt.action) : { step: 'unmet' }
}

function firstFactor(at: Standing): Step | undefined {
  if (saysWho(at)) return undefined
  return isResetUnderWay(at) ? { step: 'recovery_waiting' } : firstFactorPage(at)
}

/** The first that a reset does is to void what was proven. Until it has ended, the sign-in that asked for it goes on waiting. */
const isResetUnderWay = ({ attempt, account, case: one }: Standing): boolean =>
  one !== undefined && isOpen(one) && one.id === account.lastReset && opened(one, attempt)

/** Whose organization has a provider of its own proves it there: who was locked out there must not get in here. */
const saysWho = ({ given, upstream }: Pick<Standing, 'given' | 'upstream'>): boolean =>
  given.some(upstream === undefined ? isFirstFactor : isFederated)

function activeAccount({ account: { status } }: Standing): Step | undefined {
  return status === 'active' ? undefined : { step: 'inactive', status }
}

/** Only this organization's apps are closed: any other goes on. */
function suspendedMembership({ suspendedBy }: Standing): Step | undefined {
  return suspendedBy === undefined ? undefined : { step: 'suspended' }
}

/** After a hundred guesses in a row, whoever made them: from a browser that isn't known. */
function guessedPassword(at: Standing): Step | undefined {
  return at.attempt.mailAsWell && !proved(at, 'mail_code') ? { step: 'mail_code' } : undefined
}

/** The app wants a passkey, and the person can't or won't use theirs. */
function declinedPasskey(at: Standing): Step | undefined {
  return at.attempt.skipped.includes('passkey') && asksPasskey(at) ? { step: 'unmet' } : undefined
}

function secondFactor(at: Standing): Step | undefined {
  const enough = hasSecond(at) || proved(at, 'pass', 'trusted_browser')
  return hasSecondFactor(at.account) && !enough ? challenge(at) : undefined
}

/** Someone with the mailbox said that the factor isn't theirs: whose it is has to be shown. */
function disputedFactor(at: Standing): Step | undefined {
  const open = at.account.disputed !== undefined && hasSecondFactor(at.account)
  return open && !proved(at, 'mail_code') ? { step: 'mail_code' } : undefined
}

function asStrongAsAsked(at: Standing): Step | undefined {
  if (!asksPasskey(at) || proved(at, 'pass') || hasPasskey(at.attempt, at.proofs)) return undefined
  return at.attempt.choice === 'recovery' ? askAgain(at) : { step: 'passkey' }
}

/** Whoever signs in with the old factor is asked whether the request to reset it is theirs, once. */
function openCase(at: Standing): Step | undefined {
  if (at.openCase === undefined || at.attempt.keptCase === at.openCase.id) return undefined
  return hasSecond(at) || proved(at, 'trusted_browser') ? { step: 'open_case' } : undefined
}

/** After a reset, where the policy asks for the link of the completion mail besides the password. */
function completionMail(at: Standing): Step | undefined {
  const { account, attempt } = at
  if (account.recovered?.mailUntil === undefined || hasSecondFactor(account)) return undefined
  if (proved(at, 'completion_link')) return undefined
  const again = attempt.choice === 'recovery' && attempt.case !== account.recovered.case
  return again ? askAgain(at) : { step: 'completion_link' }
}

function expiredPassword(at: Standing): Step | undefined {
  // Whoever signs in elsewhere has no password here that anybody could use.
  if (at.account.passwordExpired === undefined || at.upstream !== undefined) return undefined
  return hasSecond(at) || proved(at, 'mail_code') ? { step: 'new_password' } : { step: 'mail_code' }
}

function shownCodes({ attempt }: Standing): Step | undefined {
  return attempt.codes === undefined ? undefined : { step: 'backup_codes' }
}

function codesLeft({ attempt }: Standing): Step | undefined {
  return attempt.codesLeft === undefined ? undefined : { step: 'codes_left' }
}

/** Setting up what is missing, where it is: a first factor, one in place of a lost one, or one that can't be phished. */
function enrolment(at: Standing): Step | undefined {
  const { attempt, account, proofs } = at
  const stronger = lacksPasskey(at, proofs)
  if (stronger && (!canBeStronger(at) || attempt.skipped.includes('enrol'))) return { step: 'unmet' }
  if (stronger) return provenFreshly(at) ?? enrolStep('passkey', true)
  // After a one-time pass, which stands in for the lost factors.
  const rebinds = proved(at, 'pass') && !hasSecond(at)
  // Sent here by a check-up, to add one beside the others.
  const adds = attempt.enrolling !== undefined && hasSecond(at)
  const elsewhere = proved(at, 'upstream')
  if ((hasSecondFactor(account) || elsewhere) && !rebinds && !adds) return undefined
  const compulsory = !adds && (at.secondFactorRequired || needsSecondFactor(attempt))
  // An action comes after the sign-in, but takes a second factor of whoever has one: after a pass, the new one.
  const later = attempt.skipped.includes('enrol') || (attempt.ask.action !== undefined && !rebinds)
  if (!compulsory && later) return undefined
  const kind = at.kinds.find((one) => one === attempt.enrolling) ?? at.kinds[0] ?? 'totp'
  return provenFreshly(at) ?? enrolStep(kind, !compulsory)
}

/** What must be proven again before a factor is bound. */
function provenFreshly(at: Standing): Step | undefined {
  const stale = staleFor(at.attempt, at.proofs)
  if (stale === undefined) return undefined
  return stale === 'first' || !hasSecondFactor(at.account) ? firstFactorPage(at) : challenge(at)
}

/** Whoever has just shown their factor can make codes for the day when it is gone. */
function missingCodes({ account, proofs }: Standing): Step | undefined {
  const shown = proofs.some(isFactor)
  const lacks = hasSecondFactor(account) && account.backupCodes?.confirmedAt === undefined
  return shown && lacks ? { step: 'backup_codes' } : undefined
}

function reachedWhatIsAsked(at: Standing): Step | undefined {
  return meets(reached(at).acr, at.attempt.ask.acr) ? undefined : { step: 'unmet' }
}

/** What the sign-in asks about at its end. */
function checkUp(at: Standing): Step | undefined {
  const reasons = mayBeAsked(at) ? checkUpOf(at.account, at.kinds, at.now) : []
  return reasons.length > 0 ? { step: 'check_up', reasons } : undefined
}

function reached({ proofs, account, attempt, now }: Standing): Assurance {
  // A sign-in that goes on from a session, here or elsewhere, is no younger than what that one rests on.
  const rests =
    attempt.session !== undefined || proofs.some((one) => isFederated(one) && one.at < attempt.createdAt)
  const completed = rests ? undefined : (attempt.finishedAt ?? now)
  return assuranceOf(proofs, account.recovered !== undefined, completed)
}

const hasSecond = ({ proofs }: Standing): boolean => proofs.some(isSecondFactor)

/** Something of the kinds that are set up here, and not what stands in for one. */
const isFactor = (proof: Proof): boolean =>
  isSecondFactor(proof) && proof.method !== 'backup_code' && proof.method !== 'upstream'

const proved = ({ proofs }: Standing, ...methods: Method[]): boolean =>
  proofs.some((proof) => methods.includes(proof.method))

/**
 * Whether what was proven for an action still is what the account takes. The session was looked at when the page was
 * opened; whoever kept it open with the password alone must not change what the owner has set up since.
 */
function mayAct(account: Account, standing: Proof[]): boolean {
  if (account.status !== 'active' || !standing.some(isFirstFactor)) return false
  return !hasSecondFactor(account) || standing.some(isSecondFactor)
}

/**
 * Whether a check-up may come. Only of someone who has just proven a second factor, as it leads to changing them; and
 * not where something else was done on the way, or is under way.
 */
function mayBeAsked({ attempt, account, openCase, proofs }: Standing): boolean {
  const began = attempt.createdAt
  const proven = proofs.some((proof) => isFactor(proof) && proof.at >= began)
  const { factorsChangedAt = 0, backupCodes } = account
  const changed = factorsChangedAt >= began || (backupCodes?.createdAt ?? 0) >= began
  const elsewhere = attempt.ask.action !== undefined || openCase !== undefined
  // A result that was handed over while the process died is handed over again, whatever has become due meanwhile.
  return proven && !changed && !elsewhere && attempt.finishedAt === undefined
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
