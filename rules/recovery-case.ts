import type { Lease, RecoveryRoute } from './account.ts'
import type { Origin } from './attempt.ts'
import type { Effect } from './effect.ts'

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
export interface RecoveryCase {
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
  approvals: Approval[]
  /** Set when the decision was a one-time pass. */
  pass?: PassTerms
  /** Keyed hash of the code that the subject was mailed, and how often it was entered wrongly. */
  code: { hash: string; failures: number }
  origin: Origin
  app: string
  /** The sign-in that waits. */
  attempt: string
  openedAt: number
  expiresOn: number
  hold?: Hold
  /** What the person wrote to support. */
  statement?: string
  /** A reference of the identity verification; never a document. */
  verification?: Verification
  decision?: Decision
  history: { at: number; status: CaseStatus; by?: string }[]
  completedAt?: number
  /** The owner stopped it between the decision and the reset: it ends as disavowed. */
  stopped?: true
  /** 'support' while it is on the support desk. */
  desk?: 'support'
  /** 'yes' while time will change the case, at wakeAt. */
  waiting?: 'yes'
  wakeAt?: number
  effects: Effect[]
  effectsDue?: 'yes'
  lease?: Lease
}

export interface Verification {
  reference: string
  at: number
  /** Set when someone else of the organization has the same name: whoever decides must tell them apart. */
  ambiguous?: true
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
  | { type: 'approve'; by: string; reason: string; code?: string; pass?: PassTerms }
  | { type: 'deny'; by: string; reason: string }
  | { type: 'verify'; reference: string; ambiguous?: boolean }
  | { type: 'choose_support'; statement: string }
  | { type: 'choose_identity' }
  /** `code` is the keyed hash of the code that the subject is mailed. */
  | { type: 'choose_admin'; code: string }
  /** `by` is missing when it is the subject. */
  | { type: 'cancel'; by?: string }
  | { type: 'disavow' }
  /** Time has passed: a reminder is due, a hold is over, or the case expires. */
  | { type: 'wake' }
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
    verify: ['granted', 'completing', 'awaiting_support'],
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
  granted: { cancel: ['cancelled'], disavow: ['disavowed'], wake: ['granted', 'completing'] },
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

export type CaseRefusal = 'not_possible' | 'own_case' | 'not_asked' | 'wrong_code' | 'already_approved'

/** The next case, or why nothing changed. A wrong code is a refusal that changes the case: it is counted. */
export type Advance =
  | { ok: true; case: RecoveryCase }
  | { ok: false; reason: Exclude<CaseRefusal, 'wrong_code'>; case: RecoveryCase }
  | { ok: false; reason: 'wrong_code'; case: RecoveryCase; left: number }

/** Applies an event. Pure: effects of the new status are added by `rules/case-effects.ts`. */
export function advance(current: RecoveryCase, event: CaseEvent, at: number): Advance {
  const refusal = refusalOf(current, event, at)
  if (refusal !== undefined) return refuse(current, refusal)
  switch (event.type) {
    case 'approve':
      return approve(current, event, at)
    case 'deny':
      return moved(decided(current, event, 'denied', at), 'denied', at, event.by)
    case 'verify':
      return verified(current, event, at)
    case 'choose_identity':
      if (!current.offers.includes('identity')) return refuse(current, 'not_possible')
      return moved(
        { ...current, route: 'identity', approvals: [], expiresOn: at + deadlines.identity },
        'awaiting_identity',
        at,
      )
    case 'choose_admin':
      if (!current.offers.includes('admin') || askedOften(current)) return refuse(current, 'not_possible')
      return moved(askedOfAdmins(current, event.code, at), 'awaiting_admin', at)
    case 'choose_support':
      if (!current.offers.includes('support')) return refuse(current, 'not_possible')
      return moved(heldForSupport(current, event.statement, at), 'holding', at)
    case 'cancel':
      return moved(current, 'cancelled', at, event.by ?? current.account)
    case 'disavow':
      return moved(current, 'disavowed', at)
    case 'wake':
      return wake(current, at)
    case 'done':
      if (current.stopped) return moved(current, 'disavowed', at)
      return moved({ ...current, completedAt: at }, 'completed', at)
  }
}

/** Why an event can't happen to a case as it is, whatever else the event says. */
function refusalOf(
  current: RecoveryCase,
  event: CaseEvent,
  at: number,
): Exclude<CaseRefusal, 'wrong_code'> | undefined {
  if (transitions[current.status][event.type] === undefined) return 'not_possible'
  // The time to decide is over, even if nobody has written it down yet.
  if (forward.includes(event.type) && at >= current.expiresOn) return 'not_possible'
  if (event.type !== 'approve' && event.type !== 'deny') return undefined
  if (event.by === current.account) return 'own_case'
  const asked = current.status !== 'awaiting_admin' || current.approvers.includes(event.by)
  return asked ? undefined : 'not_asked'
}

const forward: readonly CaseEvent['type'][] = [
  'approve',
  'deny',
  'verify',
  'choose_identity',
  'choose_admin',
  'choose_support',
]

const refuse = (current: RecoveryCase, reason: Exclude<CaseRefusal, 'wrong_code'>): Advance => ({
  ok: false,
  reason,
  case: current,
})

/** A reset goes on by itself; a reactivation is decided by the operator's support, who see what was verified. */
function verified(
  current: RecoveryCase,
  event: { reference: string; ambiguous?: boolean },
  at: number,
): Advance {
  const { reference, ambiguous } = event
  const verification = { reference, at, ...(ambiguous ? { ambiguous: true as const } : {}) }
  if (current.kind !== 'reactivation') return grant({ ...current, verification }, at)
  const asked = { ...current, verification, route: 'support' as const, expiresOn: at + deadlines.support }
  return moved(asked, 'awaiting_support', at)
}

/** Going to and fro must not fill the mailboxes of super admins. */
const askedOften = (current: RecoveryCase): boolean =>
  current.history.filter((entry) => entry.status === 'awaiting_admin').length >= 4

const askedOfAdmins = (current: RecoveryCase, hash: string, at: number): RecoveryCase => ({
  ...current,
  route: 'admin',
  code: { hash, failures: current.code.failures },
  expiresOn: at + deadlines.admin,
})

function approve(current: RecoveryCase, event: CaseEvent & { type: 'approve' }, at: number): Advance {
  if (event.pass !== undefined && current.kind === 'reactivation') return refuse(current, 'not_possible')
  if (event.pass !== undefined && !isPassLifetime(event.pass.lifetime)) return refuse(current, 'not_possible')
  if (current.status === 'awaiting_support') {
    return moved(withPass(decided(current, event, 'approved', at), event.pass), 'completing', at, event.by)
  }
  if (current.approvals.some((approval) => approval.by === event.by))
    return refuse(current, 'already_approved')
  if (event.code !== current.code.hash) return wrongCode(current, event.by, at)
  const approvals = [...current.approvals, { by: event.by, at, reason: event.reason }]
  const next = { ...current, approvals }
  if (approvals.length < current.terms.approvalsNeeded) return moved(next, 'awaiting_admin', at, event.by)
  return grant(withPass(decided(next, event, 'approved', at), event.pass), at, event.by)
}

const isPassLifetime = (lifetime: number): boolean =>
  lifetime >= passLifetimes.shortest && lifetime <= passLifetimes.longest

const withPass = (current: RecoveryCase, pass: PassTerms | undefined): RecoveryCase =>
  pass === undefined ? current : { ...current, pass }

/** Guessing ends the case: the code is the subject's only link to the approver. */
function wrongCode(current: RecoveryCase, by: string, at: number): Advance {
  const failures = current.code.failures + 1
  const counted = { ...current, code: { ...current.code, failures } }
  const left = mostWrongCodes - failures
  if (left > 0) return { ok: false, reason: 'wrong_code', case: counted, left }
  const denied = moved({ ...counted, decision: { by, at, outcome: 'denied', reason: '' } }, 'denied', at)
  return { ok: false, reason: 'wrong_code', case: denied.case, left: 0 }
}

function decided(
  current: RecoveryCase,
  event: { by: string; reason: string },
  outcome: Decision['outcome'],
  at: number,
): RecoveryCase {
  return { ...current, decision: { by: event.by, at, outcome, reason: event.reason } }
}

/** The proof of the route is given: complete now, or after the policy's hold. */
function grant(current: RecoveryCase, at: number, by?: string): Advance {
  const { holdAfterApproval } = current.terms
  if (holdAfterApproval === 0) return moved(current, 'completing', at, by)
  return moved({ ...current, hold: holdOf(at, at + holdAfterApproval) }, 'granted', at, by)
}

function heldForSupport(current: RecoveryCase, statement: string, at: number): RecoveryCase {
  const until = at + current.terms.supportHold
  return {
    ...current,
    route: 'support',
    statement,
    hold: holdOf(at, until),
    expiresOn: until + deadlines.support,
  }
}

/** Reminders go out halfway and six hours before the end, where the hold is long enough to tell them apart. */
function holdOf(from: number, until: number): Hold {
  const halfway = from + (until - from) / 2
  const last = until - 6 * hour
  return { from, until, reminders: last > halfway ? [halfway, last] : [halfway] }
}

function wake(current: RecoveryCase, at: number): Advance {
  const { hold } = current
  if (hold !== undefined && (current.status === 'holding' || current.status === 'granted')) {
    if (at >= hold.until) {
      return moved(current, current.status === 'holding' ? 'awaiting_support' : 'completing', at)
    }
    const reminders = hold.reminders.filter((time) => time > at)
    if (reminders.length === hold.reminders.length) return refuse(current, 'not_possible')
    return { ok: true, case: timed({ ...current, hold: { ...hold, reminders } }) }
  }
  return at >= current.expiresOn ? moved(current, 'expired', at) : refuse(current, 'not_possible')
}

function moved(
  current: RecoveryCase,
  status: CaseStatus,
  at: number,
  by?: string,
): { ok: true; case: RecoveryCase } {
  const entry = by === undefined ? { at, status } : { at, status, by }
  return { ok: true, case: timed({ ...current, status, history: [...current.history, entry] }) }
}

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

/** When the person may open another case: denied and disavowed ones make the next one wait, longer each time. */
export function nextCaseAllowedFrom(earlier: RecoveryCase[]): number {
  const refused = earlier.filter(isRefused)
  const waits = earlier.map((one) => {
    const last = one.history.at(-1)?.at ?? one.openedAt
    if (one.status === 'disavowed') return last + 24 * hour
    if (isRefused(one)) return last + hour * 2 ** Math.min(refused.length - 1, 5)
    return 0
  })
  return Math.max(0, ...waits)
}

/** Cancelled after wrong codes counts as denied: or guessing would go on in one case after the other, four codes each. */
const isRefused = ({ status, code }: RecoveryCase): boolean =>
  status === 'denied' || (status === 'cancelled' && code.failures > 0)
