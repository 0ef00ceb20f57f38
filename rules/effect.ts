import type { AuditEvent } from './audit/events.ts'

/**
 * Something that must happen because a document changed. It is stored in that very document, so that the change and
 * the promise are one atomic write, and struck off when done; every kind is idempotent, so a crash between doing and
 * striking off does no harm.
 */
export type Effect = Notice | AuditEffect | AccountEffect | SignalEffect | SuperAdminsEffect

/** A message about something that happened, to every verified address of one account. */
export interface Notice {
  kind: 'notice'
  /** Unique; repeats of the same effect are recognized by it. */
  id: string
  name: NoticeName
  /** Whose addresses it goes to. */
  to: string
  /** Set when the notice belongs to a recovery case. */
  case?: string
  data: { [name: string]: string | number }
  /** Sealed secret that the message carries (a code). */
  sealed?: string
  /** Goes to this address alone: it isn't the person's yet, or no other of theirs will do. */
  only?: string
  /** Goes to this address as well: it was the person's until now. */
  also?: string
}

export type NoticeName =
  | 'recovery_requested'
  | 'recovery_hold_started'
  | 'recovery_reminder'
  | 'recovery_ready'
  | 'recovery_verified'
  | 'recovery_granted'
  | 'recovery_completed'
  | 'recovery_denied'
  | 'recovery_cancelled'
  | 'recovery_disavowed'
  | 'recovery_expired'
  | 'identity_ready'
  | 'identity_verified'
  | 'proofing_enrolled'
  | 'proofing_removed'
  | 'account_deactivated'
  | 'account_removed'
  | 'account_reactivated'
  | 'policy_changed'
  | 'approval_requested'
  | 'approval_withdrawn'
  | 'approval_disavowed'
  | 'support_requested'
  | 'support_ready'
  | 'sign_in_disavowed'
  | 'pass_issued'
  | 'backup_code_used'
  | 'passkey_cloned'
  | 'factor_added'
  | 'factor_removed'
  | 'backup_codes_created'
  | 'prompt_refused'
  | 'password_changed'
  | 'primary_changed'
  | 'address_code'
  | 'address_added'
  | 'address_removed'
  | 'sessions_ended'
  | 'new_device'
  | 'mail_code'

export interface AuditEffect {
  kind: 'audit'
  id: string
  event: AuditEvent
  actor?: string
  subject: string
  case?: string
  detail: { [name: string]: string | number | boolean }
}

/**
 * strip_account: factors, backup codes and everything that began before are void, in one write.
 * issue_pass: the account gets a one-time pass; its factors stay until a new one is enrolled.
 * expire_password: the next sign-in sets a new password.
 * end_sessions: sessions, grants and tokens at the provider, and the apps are told.
 * end_some: one session, or all but `keepSession`, with what hangs on them; the apps are told.
 * end_attempts: sign-ins under way, but for the one that waits for the case.
 * end_cases: the open request of an account that may not sign in any more.
 * forget_device: a device is unknown again, and not trusted any more.
 * reactivate: a deactivated or removed account may sign in again.
 */
export interface AccountEffect {
  kind:
    | 'strip_account'
    | 'issue_pass'
    | 'expire_password'
    | 'end_sessions'
    | 'end_some'
    | 'end_attempts'
    | 'end_cases'
    | 'forget_device'
    | 'reactivate'
  id: string
  account: string
  case?: string
  /** The attempt that may go on, and the session it goes on from. */
  keep?: string
  keepSession?: string
  /** The one session that ends. */
  session?: string
  /** The device that is forgotten. */
  device?: string
  /** Who caused it, where that is someone else. */
  by?: string
}

/** A notice to every super admin of an organization but the one who caused it. */
export interface SuperAdminsEffect extends Pick<Notice, 'id' | 'name' | 'data'> {
  kind: 'tell_super_admins'
  organization: string
  except: string
}

/** What relying apps are told because of one change, in this order. */
export interface SignalEffect {
  kind: 'signal'
  id: string
  account: string
  /** Names the cause (RFC 8417 §2.2): events of one recovery case share it, from the request to the new factor. */
  txn: string
  events: SignalEvent[]
}

/** One event of a Security Event Token (RFC 8417 §2): its type and what stands under it in `events`. */
export interface SignalEvent {
  type: string
  claims: { [claim: string]: unknown }
}

/** Adds effects to a document that carries them, and marks it so that an index finds it. */
export function withEffects<T extends { effects: Effect[]; effectsDue?: 'yes' }>(
  document: T,
  effects: Effect[],
): T {
  if (effects.length === 0) return document
  return { ...document, effects: [...document.effects, ...effects], effectsDue: 'yes' }
}

/** Strikes an effect off. */
export function withoutEffect<T extends { effects: Effect[]; effectsDue?: 'yes' }>(
  document: T,
  id: string,
): T {
  const effects = document.effects.filter((effect) => effect.id !== id)
  if (effects.length > 0) return { ...document, effects }
  const { effectsDue: _, ...rest } = document
  return { ...rest, effects } as T
}
