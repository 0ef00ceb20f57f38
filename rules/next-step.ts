import { type Account, type FactorKind, hasSecondFactor, type PasskeyFactor } from './account.ts'
import { type ActionStep, nextAction } from './action.ts'
import {
  type Assurance,
  acrMultiFactor,
  acrPhishingResistantHardware,
  assuranceOf,
  isFirstFactor,
  isSecondFactor,
  meets,
  rank,
} from './assurance.ts'
import type { Attempt, Proof } from './attempt.ts'
import { type CheckUpReason, checkUpOf } from './check-up.ts'
import { type EnrolStep, enrolStep } from './enrolment.ts'
import { missingForPassword } from './forgotten-password.ts'
import { usablePasskeys } from './passkeys.ts'
import { passwordMark } from './password.ts'
import { isOpen, type RecoveryCase } from './recovery-case.ts'
import { type Preference, waysOf } from './ways.ts'

/** What a sign-in does next. Every step but `finish` and `unmet` is a page of the same name. */
export type Step =
  | { step: 'password' }
  /** The password is forgotten: which address, and then the code that was mailed to it. */
  | { step: 'forgot' }
  /** A forgotten password that can't be replaced here. */
  | { step: 'forgot_lost' }
  | { step: 'inactive'; status: 'deactivated' | 'removed' }
  | { step: 'totp' }
  | { step: 'passkey' }
  /** A code by text message or call. */
  | { step: 'phone' }
  /** A prompt in our authenticator. */
  | { step: 'push' }
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
  /** Something about the person's methods should be put right, or looked at. */
  | { step: 'check_up'; reasons: CheckUpReason[] }
  | EnrolStep
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
  /** The kinds of factors that can be set up here, the one to start with first. */
  kinds: FactorKind[]
  /** Whether an attestation can prove here that a key lives in hardware. */
  attests: boolean
  /** This device was trusted by the person, and still is. */
  trusted: boolean
  /** For how many days the person may have a device trusted; 0 for not at all. */
  trustDays: number
  /** The kind of factor that was last used on this device. */
  lastUsed?: FactorKind
}

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

/** Whether the app wants what can't be phished, and hasn't got it; nor was a key set up for it that isn't enough. */
const lacksPasskey = ({ attempt, account }: Situation, proofs: Proof[]): boolean =>
  wantsPasskey(attempt) &&
  !hasPasskey(attempt, proofs) &&
  !usablePasskeys(account!).some(({ createdAt }) => createdAt >= attempt.createdAt)

const hasPasskey = (attempt: Attempt, proofs: Proof[]): boolean =>
  proofs.some(({ passkey }) => passkey !== undefined && isEnough(passkey, attempt))

const canBeStronger = ({ attempt, kinds, attests }: Situation): boolean =>
  kinds.includes('passkey') && (attempt.ask.acr !== acrPhishingResistantHardware || attests)

/** How long before a sign-in began a proof may have been given that a factor is bound with. Milliseconds. */
const freshFor = 300_000

/** What must be proven again before a factor is bound: a session of this morning is not enough (OWASP ASVS 5, 7.5.1). */
function staleFor(attempt: Attempt, proofs: Proof[]): 'first' | 'second' | undefined {
  const stale = (given: Proof[]) =>
    given.length > 0 && given.every(({ at }) => at < attempt.createdAt - freshFor)
  if (stale(proofs.filter(isSecondFactor))) return 'second'
  const fresh = proofs.some(({ method }) => method === 'recovery')
  return !fresh && stale(proofs.filter(isFirstFactor)) ? 'first' : undefined
}

/** A trusted device stands in for a factor, unless the app insists on one or sent the person to change something. */
function withTrust({ attempt, account, trusted, now }: Situation, proofs: Proof[]): Proof[] {
  const insists = needsSecondFactor(attempt) || attempt.ask.action !== undefined
  const counts = trusted && !insists && !proofs.some(isSecondFactor)
  return counts
    ? [...proofs, { method: 'trusted_device', at: Math.max(now, account?.validAfter ?? 0) }]
    : proofs
}

/** Whether the app wants what can't be phished, of someone who has it. */
export function asksPasskey(situation: Situation): boolean {
  return wantsPasskey(situation.attempt) && suitablePasskeys(situation).length > 0
}

/** The person's passkeys that are as much as the app wants. */
export function suitablePasskeys({ attempt, account }: Situation): PasskeyFactor[] {
  const passkeys = account === undefined ? [] : usablePasskeys(account)
  return passkeys.filter((one) => isEnough(one, attempt))
}

/** Whether the app insists on what can't be phished. */
export const wantsPasskey = ({ ask }: Pick<Attempt, 'ask'>): boolean => rank(ask.acr) > rank(acrMultiFactor)

/** A class for keys in hardware takes one whose make was attested. */
const isEnough = (passkey: { hardware?: true }, { ask }: Attempt): boolean =>
  ask.acr !== acrPhishingResistantHardware || passkey.hardware === true

/** What orders the ways on someone's verification screen. */
export function preferenceOf(situation: Situation): Preference {
  const { lastUsed } = situation
  return {
    phishingResistant: asksPasskey(situation),
    ...(lastUsed === undefined ? {} : { lastUsed }),
  }
}

const pages: { [kind in FactorKind]: 'totp' | 'passkey' | 'phone' | 'push' } = {
  totp: 'totp',
  passkey: 'passkey',
  sms: 'phone',
  voice: 'phone',
  push: 'push',
}

function challenge(situation: Situation): Step {
  const { attempt } = situation
  const choice = attempt.choice ?? (attempt.ask.action === 'reset_authenticator' ? 'recovery' : undefined)
  if (choice === 'recovery') return askAgain(situation)
  // A pass is offered while it can still be used; afterwards the page that asks for it would be a dead end.
  if (choice === 'pass' && hasPass(situation)) return { step: 'pass' }
  return factorPage(situation)
}

/** The page of the factor that the person chose, or of the first that they have. */
function factorPage(situation: Situation): Step {
  const { choice } = situation.attempt
  if (choice === 'backup_code') return { step: 'backup_code' }
  const ways = waysOf(situation.account!, preferenceOf(situation))
  const way = ways.find((one) => one === choice) ?? ways[0]
  return { step: pages[way ?? 'totp'] }
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

const needsSecondFactor = ({ ask }: Attempt): boolean =>
  ask.acr !== undefined && rank(ask.acr) >= rank(acrMultiFactor)

/**
 * The proofs that still count. What was proven before `validAfter` is void: a reset or a "this wasn't me" ended it. So is
 * an old password: who waits at the next page with it must not get in once its owner has set another one.
 * The one exception is the sign-in that waited for the reset: the completed case is a proof of its own.
 */
export function standingProofs({ attempt, account, case: waitedFor }: Situation): Proof[] {
  const validAfter = account?.validAfter ?? 0
  const present = account && passwordMark(account.passwordHash)
  const given = attempt.proofs.filter(({ password }) => password === undefined || password === present)
  // Only the sign-in that opened the case: one that joined it, perhaps a stranger's, proves everything again.
  const waited = waitedFor?.attempt === attempt.id
  const reset = waited && waitedFor.id === account?.lastReset && waitedFor.pass === undefined
  const completedAt = reset ? waitedFor.completedAt : undefined
  if (completedAt !== undefined && completedAt >= validAfter) {
    // Of what was proven before, only the password: a factor that the reset took away proves nothing any more.
    const standing = given.filter((proof) => proof.method === 'pwd' || proof.at >= validAfter)
    return [...standing, { method: 'recovery', at: completedAt }]
  }
  return given.filter((proof) => proof.at >= validAfter)
}
