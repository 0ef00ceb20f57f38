/** How a message looks, and the field it is about. */
export interface MessageKind {
  tone: 'error' | 'info' | 'done'
  fields?: string[]
}

const error = (...fields: string[]): MessageKind => ({ tone: 'error', fields })

/** Every message a room may put on the next page: the keys of the locales' `message` section. */
export const messages: { [key: string]: MessageKind } = {
  wrong_credentials: error('email', 'password'),
  missing_credentials: error('email', 'password'),
  throttled: error('code', 'password'),
  busy: error(),
  wrong_code: error('code'),
  code_missing: error('code'),
  code_used: error('code'),
  code_expired: error('code'),
  factor_disabled: error('code'),
  wrong_backup_code: error('code'),
  used_backup_code: error('code'),
  no_backup_codes: error('code'),
  wrong_case_code: error('code'),
  reason_missing: error('reason'),
  reason_too_long: error('reason'),
  decision_missing: error(),
  not_saved: error('saved'),
  password_too_short: error('password'),
  password_too_long: error('password'),
  password_same: error('password'),
  password_common: error('password'),
  form_expired: error(),
  not_possible: error(),
  unknown: error(),
  code_sent: { tone: 'info' },
  ended: { tone: 'info' },
  case_too_soon: error(),
  statement_missing: error('statement'),
  statement_too_long: error('statement'),
  wrong_pass: error('code'),
  no_pass: error('code'),
  pass_lifetime: error('lifetime'),
  own_case: error(),
  recent_change: error(),
  device_code_wrong: error('user_code'),
  device_code_missing: error('user_code'),
  device_stopped: { tone: 'info' },
  factor_not_removed: error(),
  case_cancelled: { tone: 'info' },
  case_still_open: { tone: 'info' },
  sign_in_again: { tone: 'info' },
  password_changed: { tone: 'done' },
  identity_CLAIMS_NOT_VERIFIED: error(),
  identity_wrong_subject: error(),
  identity_stale_evidence: error(),
  identity_wrong_nonce: error(),
  identity_wrong_state: error(),
  identity_wrong_issuer: error(),
  identity_wrong_audience: error(),
  identity_bad_signature: error(),
  identity_unsigned: error(),
  identity_malformed: error(),
  identity_late: error(),
  identity_refused: error(),
  identity_provider_error: error(),
  identity_ambiguous: error(),
  identity_unavailable: error(),
  identity_too_often: error(),
  identity_mailed: { tone: 'info' },
  identity_done: { tone: 'done' },
  identity_enrolled: { tone: 'done' },
  identity_removed: { tone: 'done' },
  member_not_member: error(),
  member_last_super_admin: error(),
  member_elsewhere: error(),
  member_not_possible: error(),
  member_busy: error(),
  recovered: { tone: 'done' },
}

/** An unknown key must not keep a page from being shown. */
export function kindOf(key: string): MessageKind {
  return messages[key] ?? (messages.unknown as MessageKind)
}
