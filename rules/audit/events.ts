/** What one event of the audit log means. A refusal may be caused by a stranger, as often as they like. */
interface Meaning {
  says: string
  refusal?: true
}

/** Every event that the audit log knows: nothing else can be written. docs/audit-events.md is generated from this. */
export const auditEvents = {
  'sign_in.succeeded': { says: 'Someone signed in; `acr` and `amr` say how.' },
  'sign_in.password_wrong': { says: 'A password was wrong, or the account isn’t there.', refusal: true },
  'sign_in.code_refused': { says: 'A code (or an answered prompt) was wrong, late or used.', refusal: true },
  'sign_in.passkey_refused': { says: 'A passkey’s answer didn’t prove anything.', refusal: true },
  'sign_in.upstream_refused': {
    says: 'What the provider of an organization answered was refused; `reason` says why.',
    refusal: true,
  },
  'upstream.linked': { says: 'A person signed in at the provider of their organization for the first time.' },
  'sign_in.disavowed': { says: '“This wasn’t me” was pressed about a sign-in.' },
  'passkey.cloned': { says: 'A passkey’s counter didn’t go up: there may be a copy.', refusal: true },
  'prompt.refused': { says: 'The person refused a sign-in on their authenticator.' },
  'phone.code_sent': { says: 'A code was sent by text message or call.' },
  'backup_code.used': { says: 'A backup code was spent.' },
  'backup_codes.created': { says: 'A new set of backup codes replaced the one before.' },
  'backup_codes.proven': { says: 'The person showed that they still have their codes.' },
  'factor.code_refused': { says: 'A code that was to prove a new phone was wrong.', refusal: true },
  'factor.added': { says: 'A factor was set up.' },
  'factor.removed': { says: 'A factor was removed.' },
  'factor.renamed': { says: 'A factor got another name.' },
  'factor.primary': { says: 'Another factor is asked for first.' },
  'password.changed': { says: 'The person changed their password.' },
  'password.forgotten': { says: 'A link or code for a forgotten password was asked for.' },
  'password.reset': { says: 'A forgotten password was replaced.' },
  'pass.used': { says: 'A one-time pass was used.' },
  'address.added': { says: 'An address for notices was added.' },
  'address.removed': { says: 'An address for notices was removed.' },
  'app.revoked': { says: 'The person took back what an app was granted.' },
  'sessions.ended': { says: 'Sessions were ended from the security page.' },
  'device.trusted': { says: 'A browser is trusted for some days.' },
  'device.forgotten': { says: 'A browser is unknown again.' },
  'proofing.enrolled': { says: 'An identity was enrolled by photo ID.' },
  'proofing.removed': { says: 'The enrolled identity was removed.' },
  'identity.begun': { says: 'A verification by photo ID began.' },
  'identity.verified': { says: 'A verification by photo ID was good.' },
  'identity.failed': { says: 'A verification by photo ID was not good.' },
  'recovery.requested': { says: 'A reset was asked for.' },
  'recovery.claimed': { says: 'Another sign-in said that the reset is its own.' },
  'recovery.resumed': { says: 'The browser that asked for the reset came back with another sign-in.' },
  'recovery.code_again': { says: 'The person had the code of the request mailed again.' },
  'recovery.awaiting_admin': { says: 'Super admins are asked to decide.' },
  'recovery.awaiting_identity': { says: 'A photo ID is to be shown.' },
  'recovery.holding': { says: 'A security delay began.' },
  'recovery.awaiting_support': { says: 'Support is asked to decide.' },
  'recovery.granted': { says: 'The reset was approved.' },
  'recovery.completing': { says: 'The reset is being carried out.' },
  'recovery.completed': { says: 'The reset was carried out.' },
  'recovery.denied': { says: 'The reset was denied.' },
  'recovery.cancelled': { says: 'The person cancelled the reset.' },
  'recovery.disavowed': { says: '“This wasn’t me” stopped the reset.' },
  'recovery.expired': { says: 'Nobody decided in time.' },
  'action.enrol': { says: 'An app had a factor set up.' },
  'action.manage_factors': { says: 'An app had factors managed.' },
  'action.backup_codes': { says: 'An app had backup codes made.' },
  'action.reset_authenticator': { says: 'An app had a reset asked for.' },
  'action.recovery_status': { says: 'An app had the state of a reset shown.' },
  'membership.removed': { says: 'Someone was removed from an organization.' },
  'policy.changed': { says: 'A super admin changed the security policy.' },
  'account.deactivated': { says: 'An account was deactivated.' },
  'account.removed': { says: 'An account was removed.' },
  'account.reactivated': { says: 'An account may be used again.' },
  'account.imported': { says: 'An account was imported; `role` and `organization` say what it may decide.' },
  'organization.imported': { says: 'An import made an organization, or changed its name or policy.' },
  'support_agent.added': { says: 'The operator made someone a support agent.' },
  'support_agent.removed': { says: 'Someone is no support agent any more.' },
  'account.purged': { says: 'A removed account was erased.' },
  'audit.first_chain_closed': {
    says: 'The log as older releases wrote it, without a key, ends at `place`; nothing may be added to it.',
  },
  'audit.pruned': { says: 'Old entries of this log were removed, as `audit.keepDays` says.' },
} as const satisfies { [event: string]: Meaning }

export type AuditEvent = keyof typeof auditEvents

export function tellsRefusal(event: AuditEvent): boolean {
  return 'refusal' in (auditEvents[event] as Meaning)
}
