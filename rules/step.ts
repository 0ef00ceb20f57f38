import type { Account } from './account.ts'
import type { ActionStep } from './action.ts'
import type { Assurance } from './assurance.ts'
import type { Attempt } from './attempt.ts'
import type { CheckUpReason } from './check-up.ts'
import type { EnrolStep } from './enrolment.ts'
import type { FactorKind } from './factor.ts'
import type { KindOfFactor } from './kinds.ts'
import type { RecoveryCase } from './recovery-case.ts'

/** What a sign-in does next. Every step but `finish` and `unmet` is a page of the same name. */
export type Step =
  | { step: 'password' }
  /** The first factor is proven at the provider of the person's organization. */
  | { step: 'upstream' }
  /** The password is forgotten: which address, and then the code that was mailed to it. */
  | { step: 'forgot' }
  /** A forgotten password that can't be replaced here. */
  | { step: 'forgot_lost' }
  | { step: 'inactive'; status: 'deactivated' | 'removed' }
  /** The app is an organization's that has suspended the person. */
  | { step: 'suspended' }
  /** Proving a second factor of some kind. */
  | { step: KindOfFactor['step'] }
  | { step: 'backup_code' }
  | { step: 'pass' }
  | { step: 'recovery' }
  /** Somebody has opened a case in another sign-in: was it this person? */
  | { step: 'whose_case' }
  | { step: 'recovery_waiting' }
  | { step: 'recovery_closed' }
  /** Signed in with the old factor while a case is open: keep it or cancel it? */
  | { step: 'open_case' }
  /** After a reset: the link of the completion mail is asked for as well. */
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

/** Everything that decides what a sign-in does next. */
export interface Situation {
  attempt: Attempt
  account?: Account
  /** The case the attempt waits for. */
  case?: RecoveryCase
  /** The person's open case, whoever opened it. */
  openCase?: RecoveryCase
  /** That case was opened in this very browser, perhaps in another sign-in. */
  asked?: boolean
  /** The provider of an organization's own where the person proves who they are, by its id. */
  upstream?: string
  /** Milliseconds. */
  now: number
  /** The organization of the app, by its name, where it has suspended the person's membership. */
  suspendedBy?: string | undefined
  /** Whether an organization of the person insists on a second factor. */
  secondFactorRequired: boolean
  /** The kinds of factors that can be set up here, the one to start with first. */
  kinds: FactorKind[]
  /** Whether an attestation can prove here that a key lives in hardware. */
  attests: boolean
  /** This browser was trusted by the person, and still is. */
  trusted: boolean
  /** For how many days the person may have a browser trusted; 0 for not at all. */
  trustDays: number
  /** The kind of factor that was last used on this browser. */
  lastUsed?: FactorKind
}
