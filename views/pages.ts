import type { RecoveryRoute } from '../rules/account.ts'
import type { Message, Origin } from '../rules/attempt.ts'
import type { CaseStatus } from '../rules/recovery-case.ts'

/** What every form needs: where it posts below, and the token that binds it to its attempt or session. */
export interface Form {
  /** '/interaction/<uid>', '/recovery/approve/<token>' … */
  base: string
  /** Value of the hidden field `form`. */
  form: string
  message?: Message
}

/** Milliseconds since 1970, shown in the reader's language and, with JavaScript, time zone. */
export type Moment = number

/** The locals of each page. A page's file is views/pages/<name>.ejs. */
export interface Pages {
  /** POST password: email, password. The first page of a sign-in. */
  password: Form & { app: string; email?: string }
  /** POST totp: code. POST choose: choice. */
  totp: Form & { email: string; backupCodes: boolean }
  /** POST backup-code: code. */
  backup_code: Form & { email: string; left: number }
  /** Explains "Reset authentication device". POST recovery/open. */
  recovery: Form & {
    email: string
    organization?: string
    approvers: number
    routes: RecoveryRoute[]
    /** How long a request waits for a decision, in milliseconds. */
    lifetime?: number
  }
  /** Shows where the case stands. POST recovery/cancel; GET recovery/status is JSON { status }. */
  recovery_waiting: Form & {
    email: string
    status: CaseStatus
    route?: RecoveryRoute
    organization?: string
    approvers: number
    openedAt: Moment
    expiresAt: Moment
    holdUntil?: Moment
    /** From which device and network; an Origin is put into the reader's words. */
    origin: Origin | string
  }
  /** The case ended without a reset. POST recovery/close. */
  recovery_closed: Form & { status: CaseStatus; reason?: string }
  /** TOTP enrolment. POST enrol: code. POST enrol/skip. */
  enrol: Form & {
    email: string
    qr: string
    secret: string
    uri: string
    canSkip: boolean
    recovered: boolean
  }
  /** POST backup-codes: saved=yes. GET backupCodes.pdf, backupCodes.txt. */
  backup_codes: Form & { email: string; issuer: string; codes: string[]; set: number; createdAt: Moment }
  /** After a sign-in with a backup code. POST codes-left: next=continue | new. */
  codes_left: Form & { left: number }
  /** A code was mailed to prove the mailbox. POST mail-code: code. POST mail-code/send. */
  mail_code: Form & { email: string; sent: boolean }
  /** POST new-password: password. */
  new_password: Form & { email: string }
  /** The account may not sign in. */
  inactive: Form & { status: 'deactivated' | 'removed' }
  /** POST consent: decision=allow | deny. */
  consent: Form & { app: string; scopes: string[]; email: string; appHost: string }
  /** Anything that went wrong; nothing secret in it. `error` is a key of the locale's `error` section. */
  error: { error: string; reference?: string; start?: string }
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
    reason?: string
  }
  approve_done: { outcome: 'approved' | 'denied' | 'recorded'; subject: string }
  /** The case can't be decided here any more: `reason` is a key of the locale's `approve_gone` section. */
  approve_gone: { reason: string; status?: CaseStatus; switchTo?: string }
  /** "This wasn't me": one button. POST. */
  disavow: Form & { about: string; at: Moment; email: string }
  disavow_done: { email: string }
  link_gone: Record<never, never>
  /** RP-initiated logout. `action` and hidden `xsrf` come from the library. POST: logout=yes. */
  logout: { action: string; xsrf: string; app?: string }
  logged_out: { app?: string }
  /** The page at the issuer's root. */
  home: { issuer: string; demo: boolean; demoApp?: string }
  /** Demo mode: everything that was sent, for a person to read. */
  inbox: {
    messages: { at: Moment; channel: string; to: string; subject: string; text: string; links: string[] }[]
  }
}

export type PageName = keyof Pages

/** What the layout needs beside the page's own locals. */
export interface Chrome {
  locale: 'en' | 'ja'
  /** The name of the identity provider, from the configuration. */
  brand: string
  /** Random, for `<meta name="rekey-…">` only; no inline script exists. */
  refreshSeconds?: number
}
