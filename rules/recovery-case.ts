import type { RecoveryRoute } from './account.ts'
import type { Origin } from './attempt.ts'
import type { Effect, Promising } from './effect.ts'
import { isAhead } from './lately.ts'

export type CaseStatus =
  | 'requested'
  | 'awaiting_admin'
  | 'awaiting_identity'
  | 'holding'
  | 'awaiting_support'
  | 'granted'
  | 'completing'
  | 'completed'
  | 'denied'
  | 'cancelled'
  | 'disavowed'
  | 'expired'

/** A request to reset someone's factors. Times are milliseconds since 1970. */
export interface RecoveryCase extends Promising {
  id: string
  /** Missing for a reset of factors; a reactivation lets a deactivated or removed account sign in again. */
  kind?: 'reactivation'
  account: string
  /** The account again, while the case is open: a unique index allows one open case a person. */
  openFor?: string
  status: CaseStatus
  /** How it is decided; missing while the person still has to choose. */
  route?: RecoveryRoute
  /** The ways the person was offered, best first. */
  offers: RecoveryRoute[]
  /** The organization whose super admins and policy decide. */
  organization?: string
  terms: CaseTerms
  /** Super admins who were asked, in the order they became it. */
  approvers: string[]
  /** Agents of the support who were told. */
  agents?: string[]
  approvals: Approval[]
  /** Set when the decision was a one-time pass. */
  pass?: PassTerms
  /** Keyed hash of the code that the subject was mailed, how often it was entered wrongly, and when it was sent again. */
  code: { hash: string; failures: number; again?: number[] }
  origin: Origin
  app: string
  /** The sign-in that waits. */
  attempt: string
  /** The browser that asked: the hash of a secret that it keeps. */
  browser?: string
  openedAt: number
  /** Set when a super admin asked in the person's place, having spoken with them. */
  begun?: { by: string; at: number; reason: string }
  expiresOn: number
  hold?: Hold
  /** What the person wrote to support. */
  statement?: string
  /** A reference of the identity verification; never a document. */
  verification?: Verification
  decision?: Decision
  history: { at: number; status: CaseStatus; by?: string }[]
  completedAt?: number
  /** The sign-in in which it was disavowed: the one that goes on. */
  disavowedIn?: string
  /** The owner stopped it between the decision and the reset: it ends as disavowed. */
  stopped?: true
  /** 'support' while it is on the support desk. */
  desk?: 'support'
  /** 'yes' while time will change the case, at wakeAt. */
  waiting?: 'yes'
  wakeAt?: number
  effects: Effect[]
}

export interface Verification {
  reference: string
  at: number
  /** Set when someone else of the organization has the same name: whoever decides must tell them apart. */
  ambiguous?: true
  /** Set when nothing but the name was known and compared. */
  nameOnly?: true
}

/** The policy as it was when the case was opened; a later change doesn't move it. */
export interface CaseTerms {
  approvalsNeeded: 1 | 2
  /** Milliseconds. */
  holdAfterApproval: number
  supportHold: number
  afterReset: 'password' | 'password_and_mail'
}

/** A decision may issue a one-time pass instead of removing everything. */
export interface PassTerms {
  /** Keyed hash of the pass. */
  hash: string
  /** Milliseconds, counted from the decision. */
  lifetime: number
  /** Sealed, when it is mailed to the person instead of being shown to whoever decided. */
  sealed?: string
}

export const passLifetimes = { shortest: 600_000, longest: 86_400_000 } as const

export interface Approval {
  by: string
  at: number
  reason: string
}

export interface Decision extends Approval {
  outcome: 'approved' | 'denied'
}

/** A security delay. */
export interface Hold {
  from: number
  until: number
  /** When the subject is reminded; struck off as they go out. */
  reminders: number[]
}

/** What can happen to a case. `by` is an account's id. */
export type CaseEvent =
  /** `allowed` are those who approved before and still may: nobody else's approval counts any more. */
  | {
      type: 'approve'
      by: string
      reason: string
      code?: string
      pass?: PassTerms
      allowed?: string[]
    }
  /** `program` is set where no person says no, but a program that may do so for those who were asked. */
  | { type: 'deny'; by: string; reason: string; program?: true }
  /** `nameOnly`: what was verified is no more than a name. `agents` may decide then, as for a reactivation. */
  | { type: 'verify'; reference: string; ambiguous?: boolean; nameOnly?: boolean; agents?: string[] }
  /** `by` is an operator, who may hand it over also where the support wasn't offered. */
  | { type: 'choose_support'; statement: string; agents?: string[]; by?: string }
  | { type: 'choose_identity' }
  /** `code` is the keyed hash of the code that the subject is mailed. */
  | { type: 'choose_admin'; code: string }
  /** `by` is missing when it is the subject. */
  | { type: 'cancel'; by?: string }
  /** `keep` is the sign-in in which it was said, if it was in one. */
  | { type: 'disavow'; keep?: string }
  /** Time has passed: a reminder is due, a hold is over, or the case expires. */
  | { type: 'wake'; allowed?: string[] }
  /** Every effect of the completion is struck off. */
  | { type: 'done' }

/** Every way a status can change. docs/recovery.md draws this table; a test holds them together. */
export const transitions: {
  readonly [S in CaseStatus]: { readonly [E in CaseEvent['type']]?: readonly CaseStatus[] }
} = {
  requested: {
    choose_identity: ['awaiting_identity'],
    choose_admin: ['awaiting_admin'],
    choose_support: ['holding'],
    cancel: ['cancelled'],
    disavow: ['disavowed'],
    wake: ['expired'],
  },
  awaiting_admin: {
    approve: ['awaiting_admin', 'granted', 'completing', 'denied'],
    deny: ['denied'],
    choose_identity: ['awaiting_identity'],
    choose_support: ['holding'],
    cancel: ['cancelled'],
    disavow: ['disavowed'],
    wake: ['expired'],
  },
  awaiting_identity: {
    verify: ['granted', 'completing', 'holding', 'awaiting_support'],
    choose_admin: ['awaiting_admin'],
    choose_support: ['holding'],
    cancel: ['cancelled'],
    disavow: ['disavowed'],
    wake: ['expired'],
  },
  holding: {
    cancel: ['cancelled'],
    disavow: ['disavowed'],
    wake: ['holding', 'awaiting_support'],
  },
  awaiting_support: {
    approve: ['completing'],
    deny: ['denied'],
    cancel: ['cancelled'],
    disavow: ['disavowed'],
    wake: ['expired'],
  },
  granted: {
    cancel: ['cancelled'],
    disavow: ['disavowed'],
    wake: ['granted', 'completing', 'awaiting_admin'],
  },
  completing: { done: ['completed', 'disavowed'] },
  completed: {},
  denied: {},
  cancelled: {},
  disavowed: {},
  expired: {},
}

const ended: readonly CaseStatus[] = ['completed', 'denied', 'cancelled', 'disavowed', 'expired']

export function isOpen(recoveryCase: RecoveryCase): boolean {
  return !ended.includes(recoveryCase.status)
}

/** Wrong codes before a case is denied. */
export const mostWrongCodes = 5

const hour = 3_600_000

/** How long each kind of decision may take. */
export const deadlines = {
  /** A person who must still choose, or is asked to show an identity document. */
  identity: 7 * 24 * hour,
  admin: 72 * hour,
  /** Counted from the end of the hold. */
  support: 14 * 24 * hour,
} as const

/** Derives what the indexes need: whether the case is open, and when time changes it next. */
export function timed(current: RecoveryCase): RecoveryCase {
  const { openFor: _open, waiting: _waiting, wakeAt: _wakeAt, desk: _desk, ...rest } = current
  if (!isOpen(rest)) return rest
  const onDesk = current.route === 'support' ? { desk: 'support' as const } : {}
  const open = { ...rest, ...onDesk, openFor: current.account }
  if (current.status === 'completing') return open
  const held = current.status === 'holding' || current.status === 'granted'
  const wakeAt =
    held && current.hold ? Math.min(current.hold.until, ...current.hold.reminders) : current.expiresOn
  return { ...open, waiting: 'yes', wakeAt }
}

/**
 * When the person may open another case: denied and disavowed ones make the next one wait, longer each time. One that ended
 * ahead of the clock ended before it was put right, and makes nobody wait until the clock is there again.
 */
export function nextCaseAllowedFrom(earlier: RecoveryCase[], now: number): number {
  const refused = earlier.filter(isRefused)
  const waits = earlier.map((one) => {
    const last = one.history.at(-1)?.at ?? one.openedAt
    if (isAhead(last, now)) return 0
    if (one.status === 'disavowed') return last + 24 * hour
    if (isRefused(one)) return last + hour * 2 ** Math.min(refused.length - 1, 5)
    return 0
  })
  return Math.max(0, ...waits)
}

/** Cancelled after wrong codes counts as denied: or guessing would go on in one case after the other, four codes each. */
const isRefused = ({ status, code }: RecoveryCase): boolean =>
  status === 'denied' || (status === 'cancelled' && code.failures > 0)
