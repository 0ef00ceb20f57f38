import type { RecoveryRoute } from '../../rules/account.ts'
import type { Origin, PageMessage } from '../../rules/attempt.ts'
import type { CaseStatus } from '../../rules/recovery-case.ts'
import type { Form, ListedRequest, Moment } from './parts.ts'

/** Pages of a request to reset factors: of whoever asks, of whoever decides, and of the links in its mails. */
export interface RecoveryPages {
  /** Explains "Reset authentication device". POST recovery/open. */
  recovery: Form & {
    email: string
    organization?: string
    approvers: number
    /** The first of them by name, where people may know. */
    asked: string[]
    /** Nobody can be asked, as the person is the only super admin. */
    onlyAdmin: boolean
    routes: RecoveryRoute[]
    supportHours: number
    /** How long a request waits for a decision, in milliseconds. */
    lifetime?: number
  }
  /** Somebody opened a case in another sign-in. POST whose-case: decision=mine | disavow. */
  whose_case: Form & { email: string; status: CaseStatus; openedAt: Moment; origin: Origin }
  /** Shows where the case stands. POST recovery/cancel; GET status is JSON { status }. */
  recovery_waiting: Form & {
    email: string
    status: CaseStatus
    route?: RecoveryRoute
    organization?: string
    approvers: number
    /** The first of them by name, where people may know. */
    asked: string[]
    /** POST recovery/code mails the code again. */
    canSendCode: boolean
    /** Another sign-in opened it: this one can only look on. POST recovery/leave. */
    joined: boolean
    openedAt: Moment
    expiresAt: Moment
    holdUntil?: Moment
    /** From which device and network; an Origin is put into the reader's words. */
    origin: Origin | string
    /** POST recovery/support: statement. */
    canAskSupport: boolean
    /** ?write=support shows what to write to it, on a page that doesn't load itself again. */
    writing: boolean
    supportHours: number
    /** POST recovery/identity leads to the provider of identity verification. */
    canVerify: boolean
    /** POST recovery/admin: asks the super admins instead. */
    canAskAdmin: boolean
  }
  /** The link in each mail about a request. POST: change=cancel | code. */
  case_status: Form & {
    email: string
    status: CaseStatus
    kind?: 'reactivation'
    route?: RecoveryRoute
    open: boolean
    openedAt: Moment
    expiresAt: Moment
    holdUntil?: Moment
    /** It came to a one-time pass, and nothing was reset. */
    passUntil?: Moment
    origin: Origin
    approvers: number
    asked: string[]
    /** Why it was denied. */
    reason?: string
    canCancel: boolean
    canSendCode: boolean
    start: string
  }
  /** The case ended without a reset. POST recovery/close. */
  recovery_closed: Form & { status: CaseStatus; reason?: string }
  /** There is no open request. POST no-case. */
  no_case: Form
  /** Signed in with the old factor while a case is open. POST open-case: decision=keep | cancel | disavow. */
  open_case: Form & { own: boolean; status: CaseStatus; openedAt: Moment; origin: Origin }
  /** A verification came back in another browser than it began in. POST: decision=go_on | disavow. */
  identity_confirm: Form & {
    email: string
    app: string
    openedAt: Moment
    origin: Origin
    kind?: 'reactivation'
  }
  identity_done: { outcome: 'moved' | 'ended' }
  identity_failed: { message: PageMessage }
  /** A super admin decides. POST: code, reason, decision=approve | deny. */
  approve: Form & {
    approver: string
    subject: { name: string; email: string }
    organization: string
    app: string
    openedAt: Moment
    expiresAt: Moment
    facts: { key: string; value: string | Moment }[]
    triesLeft: number
    /** Given so far, and needed. */
    approvals: number
    approvalsNeeded: number
    reason?: string
  }
  approve_done: {
    outcome: 'approved' | 'denied' | 'recorded' | 'reactivated'
    subject: string
    /** A one-time pass was issued; shown here once, unless it was mailed to the person. */
    pass?: { until: Moment; shown?: string }
  }
  /** The case can't be decided here any more: `reason` is a key of the locale's `approve_gone` section. */
  approve_gone: { reason: string; status?: CaseStatus; switchTo?: string }
  /** Hands a case to support. POST: statement. */
  support_ask: Form & { holdHours: number; statement?: string }
  support_asked: { until: Moment }
  /** The link of the completion mail. POST. */
  completion: Form
  completion_done: Record<never, never>
  /** The support agents' list. */
  support_desk: {
    agent: string
    /** Those that the agent decides now first. */
    cases: Pick<ListedRequest, 'id' | 'name' | 'email' | 'status' | 'openedAt' | 'until' | 'notMine'>[]
    now: Moment
  }
  /** A case on the support desk. POST: reason, decision, outcome, lifetime, delivery. */
  support_case: Form & {
    agent: string
    subject: { name: string; email: string; status: string }
    organization?: string
    app: string
    status: CaseStatus
    kind?: 'reactivation'
    statement: string
    openedAt: Moment
    holdUntil: Moment
    expiresAt: Moment
    facts: { key: string; value: string | Moment }[]
    canDecide: boolean
    reason?: string
  }
  /** "This wasn't me": one button. POST. */
  /** `done`: it was pressed already; `expired`: and the next sign-in still sets a new password. */
  disavow: Form & { about: string; at: Moment; email: string; done: boolean; expired: boolean }
  disavow_done: { email: string }
  link_gone: Record<never, never>
}
