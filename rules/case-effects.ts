import { defined } from './defined.ts'
import type { Effect } from './effect.ts'
import { withEffects } from './effect.ts'
import type { Notice, NoticeName } from './notice.ts'
import type { CaseStatus, RecoveryCase } from './recovery-case.ts'
import { recoveryOpened } from './signals.ts'
import { mailed, told } from './told.ts'

const subjectNotice: { [S in CaseStatus]?: NoticeName } = {
  requested: 'recovery_requested',
  awaiting_admin: 'recovery_requested',
  awaiting_identity: 'recovery_requested',
  holding: 'recovery_hold_started',
  awaiting_support: 'recovery_ready',
  granted: 'recovery_granted',
  completed: 'recovery_completed',
  denied: 'recovery_denied',
  cancelled: 'recovery_cancelled',
  disavowed: 'recovery_disavowed',
  expired: 'recovery_expired',
}

/**
 * What a change of a case promises: a notice to the subject for every change of status, word to the super admins who
 * were asked, an audit entry, and, while completing, the reset itself. `sealed` is the subject's code, for the mail
 * that carries it.
 */
export function withCaseEffects(
  before: RecoveryCase | undefined,
  after: RecoveryCase,
  sealed?: string,
): RecoveryCase {
  const reminded = before !== undefined && remindersLeft(before) > remindersLeft(after)
  if (before !== undefined && before.history.length === after.history.length) {
    if (!reminded || after.hold === undefined) return after
    const name = `reminder-${after.hold.reminders.length}`
    return withEffects(after, [
      notice(after, name, 'recovery_reminder', after.account, { until: after.hold.until }),
    ])
  }
  const status = statusEffects(after, before?.status, sealed)
  return withEffects(after, [...entered(after, before === undefined), ...completion(after), ...status])
}

const remindersLeft = (one: RecoveryCase): number => one.hold?.reminders.length ?? 0

/** Ids are the case's and its history's length: the same change always promises the same effects. */
function effectId(one: RecoveryCase, name: string): string {
  return `${one.id}:${one.history.length}:${name}`
}

function notice(
  one: RecoveryCase,
  key: string,
  name: NoticeName,
  to: string,
  data: { [key: string]: string | number },
): Notice {
  return mailed(name, to, { id: effectId(one, `${key}:${to}`), case: one.id, data })
}

/** Relying apps hear that someone asked; what the reset itself takes away is told with the account. */
function entered(one: RecoveryCase, opens: boolean): Effect[] {
  const by = { subject: one.account, actor: one.history.at(-1)?.by, case: one.id }
  return told(by, {
    id: `${one.id}:${one.history.length}`,
    event: `recovery.${one.status}`,
    detail: detailOf(one),
    signals: opens ? recoveryOpened() : undefined,
    txn: one.id,
  })
}

function detailOf(one: RecoveryCase): { [name: string]: string | number } {
  const detail: { [name: string]: string | number } = { status: one.status, address: one.origin.address }
  if (one.route !== undefined) detail.route = one.route
  if (one.kind !== undefined) detail.kind = one.kind
  if (one.verification !== undefined) detail.reference = one.verification.reference
  if (one.decision?.reason) detail.reason = one.decision.reason
  if (one.begun !== undefined && one.history.length === 1) {
    detail.begun = 'super_admin'
    detail.reason = one.begun.reason
  }
  return detail
}

function statusEffects(one: RecoveryCase, before: CaseStatus | undefined, sealed?: string): Effect[] {
  // A first of two approvals leaves the status as it is; the subject need not hear of it.
  const name =
    before === one.status
      ? undefined
      : before === 'granted' && one.status === 'awaiting_admin'
        ? 'recovery_reopened'
        : noticeOf(one)
  const toSubject: Effect[] = []
  if (name !== undefined) {
    const told = notice(one, 'subject', name, one.account, dataOf(one))
    const secret = sealed ?? (name === 'pass_issued' ? one.pass?.sealed : undefined)
    toSubject.push(secret === undefined ? told : { ...told, sealed: secret })
  }
  if (before === 'awaiting_identity' && one.verification !== undefined)
    toSubject.push(notice(one, 'verified', 'recovery_verified', one.account, dataOf(one)))
  return [...toSubject, ...approverNotices(one, before), ...agentNotices(one, before)]
}

const noticeOf = (one: RecoveryCase): NoticeName | undefined =>
  one.status === 'completed' && one.pass !== undefined ? 'pass_issued' : subjectNotice[one.status]

function dataOf(one: RecoveryCase): { [key: string]: string | number } {
  const data: { [key: string]: string | number } = {
    expiresAt: one.expiresOn,
    approvers: one.approvers.length,
  }
  if (one.hold !== undefined) data.until = one.hold.until
  if (one.pass !== undefined && one.completedAt !== undefined) {
    data.until = one.completedAt + one.pass.lifetime
  }
  if (one.decision?.reason) data.reason = one.decision.reason
  if (one.kind !== undefined) data.kind = one.kind
  if (one.route !== undefined) data.route = one.route
  if (one.offers.includes('identity')) data.identity = 1
  return data
}

function approverNotices(one: RecoveryCase, before: CaseStatus | undefined): Effect[] {
  const name = approverNotice(one, before)
  if (name === undefined) return []
  return one.approvers.map((approver) =>
    notice(one, 'approver', name, approver, defined({ expiresAt: one.expiresOn, kind: one.kind })),
  )
}

/** Agents hear of a case when it is handed to them, when its hold is over, and when it ends without them. */
function agentNotices(one: RecoveryCase, before: CaseStatus | undefined): Effect[] {
  const name = agentNotice(one, before)
  if (name === undefined) return []
  const data = { expiresAt: one.expiresOn, until: one.hold?.until ?? one.expiresOn }
  return (one.agents ?? []).map((agent) =>
    notice(one, 'agent', name, agent, one.kind === undefined ? data : { ...data, kind: one.kind }),
  )
}

function agentNotice({ status }: RecoveryCase, before: CaseStatus | undefined): NoticeName | undefined {
  if (status === before) return undefined
  if (status === 'holding') return 'support_requested'
  if (status === 'awaiting_support') return 'support_ready'
  if (before !== 'holding' && before !== 'awaiting_support') return undefined
  if (status === 'disavowed') return 'approval_disavowed'
  return status === 'cancelled' ? 'approval_withdrawn' : undefined
}

function approverNotice(one: RecoveryCase, before: CaseStatus | undefined): NoticeName | undefined {
  const { status } = one
  if (status === 'awaiting_admin' && before !== status) return 'approval_requested'
  // They decide nothing here, and yet hear of it: it is their colleague.
  if (before === 'awaiting_identity' && one.verification !== undefined) return 'identity_verified'
  if (before === undefined || !wereTold(one)) return undefined
  if (status === 'disavowed') return 'approval_disavowed'
  if (status === 'cancelled' || (before === 'awaiting_admin' && status !== before && isElsewhere(status)))
    return 'approval_withdrawn'
  return undefined
}

const isElsewhere = (status: CaseStatus): boolean => status === 'holding' || status === 'awaiting_identity'

/** Super admins who never heard of a case need not hear of its end. */
const wereTold = (one: RecoveryCase): boolean =>
  one.verification !== undefined || one.history.some((entry) => entry.status === 'awaiting_admin')

/** The reset, in the order that leaves no gap: first the account, in one write, then what hangs on it. */
function completion(one: RecoveryCase): Effect[] {
  const about = (kind: string) => ({ id: effectId(one, kind), account: one.account, case: one.id })
  // The sign-in that waits goes on after a reset; after a disavowal it is the stranger's, and the one that said so goes on.
  const keep = one.status === 'completing' ? one.attempt : one.disavowedIn
  const asked = one.status === 'completing' ? one.id : undefined
  const ends: Effect[] = [
    { kind: 'end_attempts', ...about('end_attempts'), keep, asked },
    { kind: 'end_sessions', ...about('end_sessions'), keep },
  ]
  if (one.status === 'completing' && one.kind === 'reactivation')
    return [{ kind: 'reactivate', ...about('reactivate') }]
  if (one.status === 'completing' && one.pass !== undefined)
    return [{ kind: 'issue_pass', ...about('issue_pass') }]
  if (one.status === 'completing')
    return [{ kind: 'strip_account', ...about('strip_account'), keep }, ...ends]
  // Where the owner stopped a granted reset, the account's own effects do this: twice would void the new password.
  if (one.status === 'disavowed' && !one.stopped)
    return [{ kind: 'expire_password', ...about('expire_password') }, ...ends]
  return []
}
