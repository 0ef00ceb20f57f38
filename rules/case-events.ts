import { defined } from './defined.ts'
import {
  type Approval,
  type CaseEvent,
  type CaseStatus,
  type Decision,
  deadlines,
  type Hold,
  mostWrongCodes,
  type PassTerms,
  passLifetimes,
  type RecoveryCase,
  timed,
  transitions,
} from './recovery-case.ts'

const hour = 3_600_000

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
      if (event.by === undefined && !current.offers.includes('support'))
        return refuse(current, 'not_possible')
      return moved(
        heldForSupport({ ...current, statement: event.statement }, event.agents, at),
        'holding',
        at,
        event.by,
      )
    case 'cancel':
      return moved(current, 'cancelled', at, event.by ?? current.account)
    case 'disavow':
      return moved({ ...current, disavowedIn: event.keep }, 'disavowed', at)
    case 'wake':
      return wake(current, event.allowed, at)
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
  if (event.type === 'deny' && event.program === true) return undefined
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
function verified(current: RecoveryCase, event: CaseEvent & { type: 'verify' }, at: number): Advance {
  const { reference, ambiguous, nameOnly, agents } = event
  const verification = defined({
    reference,
    at,
    ambiguous: ambiguous || undefined,
    nameOnly: nameOnly || undefined,
  })
  // A name is no proof: the person hears of it for days, and people decide.
  if (nameOnly) return moved(heldForSupport({ ...current, verification }, agents, at), 'holding', at)
  if (current.kind !== 'reactivation') return grant({ ...current, verification }, at)
  const asked = {
    ...current,
    verification,
    agents,
    route: 'support' as const,
    expiresOn: at + deadlines.support,
  }
  return moved(asked, 'awaiting_support', at)
}

/** Going to and fro must not fill the mailboxes of super admins. */
const askedOften = ({ history }: RecoveryCase): boolean =>
  history.filter(({ status }, place) => isAsking(status) && !isAsking(history[place - 1]?.status)).length >= 2

const isAsking = (status: CaseStatus | undefined): boolean => status === 'awaiting_admin'

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
  const before = standing(current, event.allowed)
  if (before.some((approval) => approval.by === event.by)) return refuse(current, 'already_approved')
  if (event.code !== current.code.hash) return wrongCode(current, event.by, at)
  const approvals = [...before, { by: event.by, at, reason: event.reason }]
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

function heldForSupport(current: RecoveryCase, agents: string[] | undefined, at: number): RecoveryCase {
  const until = at + current.terms.supportHold
  return {
    ...current,
    route: 'support',
    agents,
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

/** Who approved must still be allowed to: not if they were deactivated or demoted, or said that it wasn't them. */
const standing = ({ approvals }: RecoveryCase, allowed: string[] | undefined): Approval[] =>
  allowed === undefined ? approvals : approvals.filter(({ by }) => allowed.includes(by))

/** An approval counts no more when the hold is over: it has to be given again. */
function reopened(current: RecoveryCase, approvals: Approval[], at: number): Advance {
  const { decision: _decision, pass: _pass, hold: _hold, ...rest } = current
  return moved({ ...rest, approvals, expiresOn: at + deadlines.admin }, 'awaiting_admin', at)
}

function wake(current: RecoveryCase, allowed: string[] | undefined, at: number): Advance {
  const { hold } = current
  if (hold !== undefined && (current.status === 'holding' || current.status === 'granted')) {
    if (at >= hold.until) {
      const approvals = standing(current, allowed)
      if (current.status === 'granted' && approvals.length < current.approvals.length)
        return reopened(current, approvals, at)
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
