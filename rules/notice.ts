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
  | 'recovery_reopened'
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
  | 'membership_suspended'
  | 'membership_reinstated'
  | 'membership_ended'
  | 'role_raised'
  | 'role_lowered'
  | 'role_proposed'
  | 'invitation_proposed'
  | 'role_told'
  | 'name_changed'
  | 'login_asked'
  | 'login_confirm'
  | 'login_changed'
  | 'factor_taken'
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
  | 'role_changed'
  | 'drill'
  | 'new_device'
  | 'mail_code'
  | 'invitation'
