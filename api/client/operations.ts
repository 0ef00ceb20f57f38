// Written by api/client/generate.ts from the OpenAPI document: `npm run docs`.

export type ApiProblem = { type: string; title: string; status: number; reason: 'bad_request' | 'invalid_request' | 'no_token' | 'invalid_token' | 'step_up' | 'insufficient_scope' | 'person_needed' | 'own_case' | 'oneself' | 'not_asked' | 'recent_change' | 'unknown' | 'not_found' | 'method_not_allowed' | 'taken' | 'not_possible' | 'on_hold' | 'wrong_code' | 'already_approved' | 'last_super_admin' | 'elsewhere' | 'last_factor' | 'busy' | 'host' | 'open' | 'nobody_else' | 'idempotency_in_progress' | 'precondition_failed' | 'too_large' | 'unsupported_media_type' | 'policy' | 'not_yours' | 'unreadable' | 'client_metadata' | 'address_refused' | 'idempotency_key_reused' | 'precondition_required' | 'too_soon' | 'too_often' | 'rate_limited' | 'server' | 'unavailable'; errors?: ({ path: string; message: string })[] | undefined; until?: number | undefined; left?: number | undefined }

export type ApiOrganization = { id: string; name: string; domains?: (string)[] | undefined }

export type ApiPolicy = { requireSecondFactor: boolean; methods: ('passkey' | 'push' | 'totp' | 'sms' | 'voice')[]; trustedDeviceDays: number; trustedDevicesForAdmins: boolean; routesOff: ('admin' | 'identity' | 'support')[]; preferIdentity: boolean; approvals: 1 | 2; holdAfterApprovalHours: number; supportHoldHours: number; scimSuperAdmins: boolean; nameSuperAdmins: boolean; afterReset: 'password' | 'password_and_mail'; roleApprovals: 1 | 2 }

export type ApiPerson = { id: string; email: string; name: string; givenName?: string | undefined; familyName?: string | undefined; externalId?: string | undefined; locale?: 'en' | 'ja' | 'de' | 'fr' | 'es' | 'ko' | 'pt-BR' | 'zh-Hans' | 'zh-Hant' | undefined; status: 'active' | 'deactivated' | 'removed'; role: 'super_admin' | 'member'; suspended: boolean; since: string; lastSignInAt?: string | undefined }

export type ApiRoleProposal = { person: string; role: 'super_admin' | 'member'; by: string; reason: string; at: string; expiresAt: string }

export type ApiCase = { id: string; person: string; status: 'requested' | 'awaiting_admin' | 'awaiting_identity' | 'holding' | 'awaiting_support' | 'granted' | 'completing' | 'completed' | 'denied' | 'cancelled' | 'disavowed' | 'expired'; open: boolean; kind: 'reset' | 'reactivation'; route?: 'admin' | 'identity' | 'support' | undefined; organization?: string | undefined; app: string; openedAt: string; expiresAt: string; holdUntil?: string | undefined; approvers: (string)[]; approvals: number; approvalsNeeded: number; decision?: { by: string; at: string; outcome: 'approved' | 'denied'; reason: string } | undefined; history: ({ at: string; status: 'requested' | 'awaiting_admin' | 'awaiting_identity' | 'holding' | 'awaiting_support' | 'granted' | 'completing' | 'completed' | 'denied' | 'cancelled' | 'disavowed' | 'expired'; by?: string | undefined })[] }

export type ApiInvitation = { id: string; email: string; name: string; role: 'super_admin' | 'member'; sentAt: string; sent: number; expiresAt: string; by: string; proposed: boolean }

export type ApiProtection = { factors: ({ id: string; kind: 'passkey' | 'push' | 'totp' | 'sms' | 'voice'; name: string; createdAt: string; lastUsedAt?: string | undefined })[]; backupCodesLeft: number; recovered?: { route: string; at: string } | undefined }

export type ApiSession = { id: string; at: string; apps: number }

export type ApiReadiness = { score: number; weaknesses: (string)[]; superAdmins: number; looked: number; more: boolean; lacking: { none: number; one: number; no_codes: number }; people: ({ id: string; score: number; weaknesses: (string)[]; role: 'super_admin' | 'member' })[] }

export type ApiPersonReadiness = { score: number; weaknesses: (string)[]; ways: ({ way: string; asked: (string)[]; approvals: number; hold: number })[] }

export type ApiAuditEntry = { id: string; at: string; event: 'sign_in.succeeded' | 'sign_in.password_wrong' | 'sign_in.code_refused' | 'sign_in.passkey_refused' | 'sign_in.upstream_refused' | 'upstream.linked' | 'sign_in.disavowed' | 'passkey.cloned' | 'prompt.refused' | 'phone.code_sent' | 'backup_code.used' | 'backup_codes.created' | 'backup_codes.proven' | 'factor.code_refused' | 'factor.added' | 'factor.removed' | 'factor.renamed' | 'factor.primary' | 'password.changed' | 'password.forgotten' | 'password.reset' | 'pass.used' | 'address.added' | 'address.removed' | 'app.revoked' | 'sessions.ended' | 'device.trusted' | 'device.forgotten' | 'proofing.enrolled' | 'proofing.removed' | 'identity.begun' | 'identity.verified' | 'identity.failed' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'action.enrol' | 'action.manage_factors' | 'action.backup_codes' | 'action.reset_authenticator' | 'action.recovery_status' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'scim_token.made' | 'scim_token.revoked' | 'webhook.created' | 'webhook.changed' | 'webhook.removed' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'support_agent.added' | 'support_agent.removed' | 'drill.begun' | 'drill.answered' | 'app.registered' | 'app.changed' | 'app.secret_rotated' | 'app.removed' | 'keys.rotated' | 'keys.resealed' | 'outbox.retried' | 'setting.changed' | 'organization.created' | 'operator.added' | 'operator.removed' | 'account.purged' | 'audit.first_chain_closed' | 'audit.exported' | 'audit.pruned'; actor?: string | undefined; subject?: string | undefined; case?: string | undefined; detail: { [name: string]: unknown }; times?: number | undefined }

export type ApiWebhook = { id: string; url: string; description: string; events: ('sign_in.disavowed' | 'prompt.refused' | 'backup_code.used' | 'factor.added' | 'factor.removed' | 'password.reset' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'organization.created' | 'account.purged')[]; enabled: boolean; organization?: string | undefined; createdAt: string; key?: string | undefined }

export type ApiWebhookMessage = { id: string; event: 'sign_in.disavowed' | 'prompt.refused' | 'backup_code.used' | 'factor.added' | 'factor.removed' | 'password.reset' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'organization.created' | 'account.purged' | 'webhook.test'; at: string; state: 'waiting' | 'taken' | 'dead'; takenAt?: string | undefined; failures: number; lastAnswer?: string | undefined; replays: number }

export type ApiApp = { client_id: string; client_name: string; from: 'settings' | 'store'; application_type?: string | undefined; redirect_uris: (string)[]; post_logout_redirect_uris?: (string)[] | undefined; initiate_login_uri?: string | undefined; client_uri?: string | undefined; logo_uri?: string | undefined; policy_uri?: string | undefined; tos_uri?: string | undefined; contacts?: (string)[] | undefined; backchannel_logout_uri?: string | undefined; backchannel_logout_session_required?: boolean | undefined; logout_within_days?: number | undefined; grant_types?: (string)[] | undefined; token_endpoint_auth_method?: string | undefined; jwks?: { keys: ({ kty: 'RSA' | 'EC' | 'OKP' })[] } | undefined; jwks_uri?: string | undefined; scope?: string | undefined; id_token_signed_response_alg?: string | undefined; userinfo_signed_response_alg?: string | undefined; id_token_claims?: boolean | undefined; subject_type?: string | undefined; sector_identifier_uri?: string | undefined; default_max_age?: number | undefined; require_auth_time?: boolean | undefined; default_acr_values?: (string)[] | undefined; require_pkce?: boolean | undefined; require_pushed_authorization_requests?: boolean | undefined; require_signed_request_object?: boolean | undefined; request_uris?: (string)[] | undefined; dpop_bound_access_tokens?: boolean | undefined }

export type ApiKeys = { signing?: ({ kid: string; alg: string; signsFrom: string; signs: boolean })[] | undefined; ring: (string)[] }

export type ApiParcel = { id: string; recipient: string; tries: number; createdAt: string; nextAt: string; lastError?: string | undefined }

export type ApiStaffMember = { id: string; name: string; email: string; status: string }

export type ApiInstallation = { versions: { rekey: string; node: string }; issuer: string; health: { store: 'ok' | 'look' | 'bad'; outbox: 'ok' | 'look' | 'bad'; audit: 'ok' | 'look' | 'bad'; support: 'ok' | 'look' | 'bad' }; outbox: { waiting: number; dead: number }; agents: number; operators: number }

export type ApiResealing = { at: string; resealed: number; keys: ({ id: string; needed: number })[] }

export type ApiAuditState = { signedAt?: string | undefined; checkpoints: number; verified?: { at: string; entries: number; good: boolean } | undefined; keepDays: number }

export interface ApiOperations {
  /** The organizations that the token is for. */
  listOrganizations: { given: { query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: { items: (ApiOrganization)[]; next?: string | undefined } }
  /** Make an organization, with the policy that organizations begin with. */
  createOrganization: { given: { body: { id: string; name: string; superAdmin?: string | undefined } }; answer: ApiOrganization }
  /** One organization. */
  getOrganization: { given: { path: { organization: string } }; answer: ApiOrganization }
  /** Say which domains are an organization’s. */
  setDomains: { given: { path: { organization: string }; body: { domains: (string)[] } }; answer: ApiOrganization }
  /** The security policy of an organization. */
  getPolicy: { given: { path: { organization: string } }; answer: ApiPolicy }
  /** Change the security policy of an organization. */
  setPolicy: { given: { path: { organization: string }; body: ApiPolicy; ifMatch: string }; answer: ApiPolicy }
  /** Whether a directory has a token that lasts, and when it was last used. */
  getScimToken: { given: { path: { organization: string } }; answer: { token?: { madeAt: string; by: string; lastUsedAt?: string | undefined } | undefined } }
  /** Give a directory a token that lasts, in place of the one before. */
  makeScimToken: { given: { path: { organization: string } }; answer: { token: string; madeAt: string } }
  /** Revoke the lasting token of a directory. */
  revokeScimToken: { given: { path: { organization: string } }; answer: undefined }
  /** Who belongs to an organization, in the order in which they joined, or those who are looked for. */
  listPeople: { given: { path: { organization: string }; query?: { limit?: number | undefined; cursor?: string | undefined; q?: string | undefined; role?: 'super_admin' | 'member' | undefined; status?: 'active' | 'suspended' | 'deactivated' | 'removed' | undefined; methods?: 'none' | 'one' | 'no_codes' | undefined; signedIn?: 'recent' | 'away' | 'never' | undefined; order?: 'joined' | 'name' | 'signed_in' | undefined; descending?: 'true' | 'false' | undefined } }; answer: { items: (ApiPerson)[]; next?: string | undefined } }
  /** Make an account for somebody of the organization. */
  createPerson: { given: { path: { organization: string }; body: { email: string; name: string; givenName?: string | undefined; familyName?: string | undefined; locale?: 'en' | 'ja' | 'de' | 'fr' | 'es' | 'ko' | 'pt-BR' | 'zh-Hans' | 'zh-Hant' | undefined; externalId?: string | undefined; invite?: boolean | undefined } }; answer: ApiPerson }
  /** One of them. */
  getPerson: { given: { path: { organization: string; person: string } }; answer: ApiPerson }
  /** Change the names or the language of somebody. */
  renamePerson: { given: { path: { organization: string; person: string }; body: { name?: string | undefined; givenName?: string | undefined; familyName?: string | undefined; locale?: 'en' | 'ja' | 'de' | 'fr' | 'es' | 'ko' | 'pt-BR' | 'zh-Hans' | 'zh-Hant' | undefined; externalId?: string | undefined }; ifMatch: string }; answer: ApiPerson }
  /** Keep somebody out until they are reactivated. */
  deactivatePerson: { given: { path: { organization: string; person: string }; body: { reason: string } }; answer: undefined }
  /** Let somebody in again. */
  reactivatePerson: { given: { path: { organization: string; person: string }; body: { reason: string } }; answer: undefined }
  /** Suspend the membership; the account goes on elsewhere. */
  suspendPerson: { given: { path: { organization: string; person: string }; body: { reason: string } }; answer: undefined }
  /** Let a suspended membership count again. */
  reinstatePerson: { given: { path: { organization: string; person: string }; body: { reason: string } }; answer: undefined }
  /** Undo a removal. */
  restorePerson: { given: { path: { organization: string; person: string }; body: { reason: string } }; answer: undefined }
  /** Remove somebody from the organization; elsewhere they stay. */
  removePerson: { given: { path: { organization: string; person: string }; body: { reason: string } }; answer: undefined }
  /** Ask for another sign-in address. */
  changeSignInAddress: { given: { path: { organization: string; person: string }; body: { reason: string; email: string } }; answer: undefined }
  /** Take back the wish for another sign-in address. */
  withdrawSignInAddress: { given: { path: { organization: string; person: string } }; answer: undefined }
  /** Give a member another role. */
  setRole: { given: { path: { organization: string; person: string }; body: { reason: string; role: 'super_admin' | 'member' } }; answer: { outcome: 'changed' | 'proposed' } }
  /** Changes of roles that wait for a second super admin. */
  listProposals: { given: { path: { organization: string } }; answer: { items: (ApiRoleProposal)[] } }
  /** Agree to a change of a role, or don’t. */
  decideProposal: { given: { path: { organization: string; person: string }; body: { agree: boolean } }; answer: { outcome: 'changed' | 'refused' } }
  /** Ask for a reset in somebody’s place, having spoken with them. */
  openCase: { given: { path: { organization: string; person: string }; body: { reason: string } }; answer: ApiCase }
  /** Invitations that wait, the newest first. */
  listInvitations: { given: { path: { organization: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: { items: (ApiInvitation)[]; next?: string | undefined } }
  /** Ask somebody to join. */
  invite: { given: { path: { organization: string }; body: { email: string; name?: string | undefined; locale?: 'en' | 'ja' | 'de' | 'fr' | 'es' | 'ko' | 'pt-BR' | 'zh-Hans' | 'zh-Hant' | undefined; role?: 'super_admin' | 'member' | undefined } }; answer: ApiInvitation }
  /** Agree to an invitation that another super admin has proposed: it is sent. */
  agreeToInvitation: { given: { path: { organization: string; invitation: string } }; answer: undefined }
  /** Send an invitation again; the link before does nothing any more. */
  resendInvitation: { given: { path: { organization: string; invitation: string } }; answer: undefined }
  /** Withdraw an invitation. */
  revokeInvitation: { given: { path: { organization: string; invitation: string } }; answer: undefined }
  /** Which second factors somebody has. */
  getProtection: { given: { path: { organization: string; person: string } }; answer: ApiProtection }
  /** Take a second factor away from somebody who has another. */
  removeFactor: { given: { path: { organization: string; person: string; factor: string }; query?: { reason?: string | undefined } }; answer: undefined }
  /** Where somebody is signed in. */
  listSessions: { given: { path: { organization: string; person: string } }; answer: { items: (ApiSession)[] } }
  /** End one session. */
  endSession: { given: { path: { organization: string; person: string; session: string } }; answer: undefined }
  /** Sign somebody out everywhere. */
  endSessions: { given: { path: { organization: string; person: string }; body: { reason: string } }; answer: undefined }
  /** The cases of an organization, the newest first. */
  listCases: { given: { path: { organization: string }; query?: { limit?: number | undefined; cursor?: string | undefined; open?: 'true' | 'false' | undefined } }; answer: { items: (ApiCase)[]; next?: string | undefined } }
  /** The cases at the desk of the support. */
  listSupportCases: { given: { query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: { items: (ApiCase)[]; next?: string | undefined } }
  /** One case. */
  getCase: { given: { path: { case: string } }; answer: ApiCase }
  /** Deny a reset. */
  denyCase: { given: { path: { case: string }; body: { reason: string } }; answer: ApiCase }
  /** Approve a reset. */
  approveCase: { given: { path: { case: string }; body: { reason: string; code?: string | undefined } }; answer: ApiCase }
  /** End a case, whoever decides it. */
  cancelCase: { given: { path: { case: string } }; answer: ApiCase }
  /** Who could be helped after a loss, those that need most first. */
  getReadiness: { given: { path: { organization: string } }; answer: ApiReadiness }
  /** What would happen if somebody lost their phone now. */
  getPersonReadiness: { given: { path: { organization: string; person: string } }; answer: ApiPersonReadiness }
  /** Mail the super admins a test, and time their answers. */
  beginDrill: { given: { path: { organization: string } }; answer: { at: string; asked: number } }
  /** Answer the test, as one of those who were asked. */
  answerDrill: { given: { path: { organization: string } }; answer: undefined }
  /** The whole log, the newest first. */
  listAudit: { given: { query?: { limit?: number | undefined; cursor?: string | undefined; event?: 'sign_in.succeeded' | 'sign_in.password_wrong' | 'sign_in.code_refused' | 'sign_in.passkey_refused' | 'sign_in.upstream_refused' | 'upstream.linked' | 'sign_in.disavowed' | 'passkey.cloned' | 'prompt.refused' | 'phone.code_sent' | 'backup_code.used' | 'backup_codes.created' | 'backup_codes.proven' | 'factor.code_refused' | 'factor.added' | 'factor.removed' | 'factor.renamed' | 'factor.primary' | 'password.changed' | 'password.forgotten' | 'password.reset' | 'pass.used' | 'address.added' | 'address.removed' | 'app.revoked' | 'sessions.ended' | 'device.trusted' | 'device.forgotten' | 'proofing.enrolled' | 'proofing.removed' | 'identity.begun' | 'identity.verified' | 'identity.failed' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'action.enrol' | 'action.manage_factors' | 'action.backup_codes' | 'action.reset_authenticator' | 'action.recovery_status' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'scim_token.made' | 'scim_token.revoked' | 'webhook.created' | 'webhook.changed' | 'webhook.removed' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'support_agent.added' | 'support_agent.removed' | 'drill.begun' | 'drill.answered' | 'app.registered' | 'app.changed' | 'app.secret_rotated' | 'app.removed' | 'keys.rotated' | 'keys.resealed' | 'outbox.retried' | 'setting.changed' | 'organization.created' | 'operator.added' | 'operator.removed' | 'account.purged' | 'audit.first_chain_closed' | 'audit.exported' | 'audit.pruned' | undefined; actor?: string | undefined; from?: string | undefined; to?: string | undefined; person?: string | undefined; case?: string | undefined } }; answer: { items: (ApiAuditEntry)[]; next?: string | undefined } }
  /** What happened in an organization, the newest first. */
  listOrganizationAudit: { given: { path: { organization: string }; query?: { limit?: number | undefined; cursor?: string | undefined; event?: 'sign_in.succeeded' | 'sign_in.password_wrong' | 'sign_in.code_refused' | 'sign_in.passkey_refused' | 'sign_in.upstream_refused' | 'upstream.linked' | 'sign_in.disavowed' | 'passkey.cloned' | 'prompt.refused' | 'phone.code_sent' | 'backup_code.used' | 'backup_codes.created' | 'backup_codes.proven' | 'factor.code_refused' | 'factor.added' | 'factor.removed' | 'factor.renamed' | 'factor.primary' | 'password.changed' | 'password.forgotten' | 'password.reset' | 'pass.used' | 'address.added' | 'address.removed' | 'app.revoked' | 'sessions.ended' | 'device.trusted' | 'device.forgotten' | 'proofing.enrolled' | 'proofing.removed' | 'identity.begun' | 'identity.verified' | 'identity.failed' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'action.enrol' | 'action.manage_factors' | 'action.backup_codes' | 'action.reset_authenticator' | 'action.recovery_status' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'scim_token.made' | 'scim_token.revoked' | 'webhook.created' | 'webhook.changed' | 'webhook.removed' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'support_agent.added' | 'support_agent.removed' | 'drill.begun' | 'drill.answered' | 'app.registered' | 'app.changed' | 'app.secret_rotated' | 'app.removed' | 'keys.rotated' | 'keys.resealed' | 'outbox.retried' | 'setting.changed' | 'organization.created' | 'operator.added' | 'operator.removed' | 'account.purged' | 'audit.first_chain_closed' | 'audit.exported' | 'audit.pruned' | undefined; actor?: string | undefined; from?: string | undefined; to?: string | undefined; person?: string | undefined; case?: string | undefined } }; answer: { items: (ApiAuditEntry)[]; next?: string | undefined } }
  /** What was done to somebody, the newest first. */
  listPersonAudit: { given: { path: { organization: string; person: string }; query?: { limit?: number | undefined; cursor?: string | undefined; event?: 'sign_in.succeeded' | 'sign_in.password_wrong' | 'sign_in.code_refused' | 'sign_in.passkey_refused' | 'sign_in.upstream_refused' | 'upstream.linked' | 'sign_in.disavowed' | 'passkey.cloned' | 'prompt.refused' | 'phone.code_sent' | 'backup_code.used' | 'backup_codes.created' | 'backup_codes.proven' | 'factor.code_refused' | 'factor.added' | 'factor.removed' | 'factor.renamed' | 'factor.primary' | 'password.changed' | 'password.forgotten' | 'password.reset' | 'pass.used' | 'address.added' | 'address.removed' | 'app.revoked' | 'sessions.ended' | 'device.trusted' | 'device.forgotten' | 'proofing.enrolled' | 'proofing.removed' | 'identity.begun' | 'identity.verified' | 'identity.failed' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'action.enrol' | 'action.manage_factors' | 'action.backup_codes' | 'action.reset_authenticator' | 'action.recovery_status' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'scim_token.made' | 'scim_token.revoked' | 'webhook.created' | 'webhook.changed' | 'webhook.removed' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'support_agent.added' | 'support_agent.removed' | 'drill.begun' | 'drill.answered' | 'app.registered' | 'app.changed' | 'app.secret_rotated' | 'app.removed' | 'keys.rotated' | 'keys.resealed' | 'outbox.retried' | 'setting.changed' | 'organization.created' | 'operator.added' | 'operator.removed' | 'account.purged' | 'audit.first_chain_closed' | 'audit.exported' | 'audit.pruned' | undefined; actor?: string | undefined; from?: string | undefined; to?: string | undefined } }; answer: { items: (ApiAuditEntry)[]; next?: string | undefined } }
  /** What happened to a case, the newest first. */
  listCaseAudit: { given: { path: { case: string }; query?: { limit?: number | undefined; cursor?: string | undefined; event?: 'sign_in.succeeded' | 'sign_in.password_wrong' | 'sign_in.code_refused' | 'sign_in.passkey_refused' | 'sign_in.upstream_refused' | 'upstream.linked' | 'sign_in.disavowed' | 'passkey.cloned' | 'prompt.refused' | 'phone.code_sent' | 'backup_code.used' | 'backup_codes.created' | 'backup_codes.proven' | 'factor.code_refused' | 'factor.added' | 'factor.removed' | 'factor.renamed' | 'factor.primary' | 'password.changed' | 'password.forgotten' | 'password.reset' | 'pass.used' | 'address.added' | 'address.removed' | 'app.revoked' | 'sessions.ended' | 'device.trusted' | 'device.forgotten' | 'proofing.enrolled' | 'proofing.removed' | 'identity.begun' | 'identity.verified' | 'identity.failed' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'action.enrol' | 'action.manage_factors' | 'action.backup_codes' | 'action.reset_authenticator' | 'action.recovery_status' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'scim_token.made' | 'scim_token.revoked' | 'webhook.created' | 'webhook.changed' | 'webhook.removed' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'support_agent.added' | 'support_agent.removed' | 'drill.begun' | 'drill.answered' | 'app.registered' | 'app.changed' | 'app.secret_rotated' | 'app.removed' | 'keys.rotated' | 'keys.resealed' | 'outbox.retried' | 'setting.changed' | 'organization.created' | 'operator.added' | 'operator.removed' | 'account.purged' | 'audit.first_chain_closed' | 'audit.exported' | 'audit.pruned' | undefined; actor?: string | undefined; from?: string | undefined; to?: string | undefined } }; answer: { items: (ApiAuditEntry)[]; next?: string | undefined } }
  /** The webhooks that the token may look after. */
  listWebhooks: { given: { query?: { limit?: number | undefined; cursor?: string | undefined; organization?: string | undefined } }; answer: { items: (ApiWebhook)[]; next?: string | undefined } }
  /** Be told what happens. */
  createWebhook: { given: { body: { url: string; description?: string | undefined; events?: ('sign_in.disavowed' | 'prompt.refused' | 'backup_code.used' | 'factor.added' | 'factor.removed' | 'password.reset' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'organization.created' | 'account.purged')[] | undefined; enabled?: boolean | undefined; organization?: string | undefined } }; answer: ApiWebhook }
  /** One webhook. */
  getWebhook: { given: { path: { webhook: string } }; answer: ApiWebhook }
  /** Change a webhook. */
  changeWebhook: { given: { path: { webhook: string }; body: { url: string; description?: string | undefined; events?: ('sign_in.disavowed' | 'prompt.refused' | 'backup_code.used' | 'factor.added' | 'factor.removed' | 'password.reset' | 'recovery.requested' | 'recovery.claimed' | 'recovery.resumed' | 'recovery.code_again' | 'recovery.awaiting_admin' | 'recovery.awaiting_identity' | 'recovery.holding' | 'recovery.awaiting_support' | 'recovery.granted' | 'recovery.completing' | 'recovery.completed' | 'recovery.denied' | 'recovery.cancelled' | 'recovery.disavowed' | 'recovery.expired' | 'membership.added' | 'membership.suspended' | 'membership.reinstated' | 'membership.role_proposed' | 'membership.role_refused' | 'membership.role_changed' | 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked' | 'invitation.accepted' | 'organization.domains' | 'membership.removed' | 'policy.changed' | 'account.created' | 'account.renamed' | 'account.address_asked' | 'account.address_changed' | 'account.deactivated' | 'account.removed' | 'account.reactivated' | 'account.imported' | 'organization.imported' | 'organization.created' | 'account.purged')[] | undefined; enabled?: boolean | undefined }; ifMatch: string }; answer: ApiWebhook }
  /** Remove a webhook. */
  removeWebhook: { given: { path: { webhook: string }; ifMatch?: string | undefined }; answer: undefined }
  /** Give a webhook a new key. */
  rollWebhookKey: { given: { path: { webhook: string } }; answer: ApiWebhook }
  /** Send a webhook a message that means nothing. */
  testWebhook: { given: { path: { webhook: string } }; answer: ApiWebhookMessage }
  /** What a webhook was sent in the last 30 days, the newest first. */
  listWebhookMessages: { given: { path: { webhook: string }; query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: { items: (ApiWebhookMessage)[]; next?: string | undefined } }
  /** Send a message again, taken or given up. */
  replayWebhookMessage: { given: { path: { webhook: string; message: string } }; answer: ApiWebhookMessage }
  /** All apps. */
  listApps: { given: { query?: { limit?: number | undefined; cursor?: string | undefined } }; answer: { items: (ApiApp)[]; next?: string | undefined } }
  /** Register an app. */
  registerApp: { given: { body: { client_name: string; application_type?: 'web' | 'native' | undefined; redirect_uris: (string)[]; post_logout_redirect_uris?: (string)[] | undefined; initiate_login_uri?: string | undefined; client_uri?: string | undefined; logo_uri?: string | undefined; policy_uri?: string | undefined; tos_uri?: string | undefined; contacts?: (string)[] | undefined; backchannel_logout_uri?: string | undefined; backchannel_logout_session_required?: boolean | undefined; logout_within_days?: number | undefined; grant_types?: ('authorization_code' | 'refresh_token')[] | undefined; token_endpoint_auth_method?: 'none' | 'private_key_jwt' | undefined; jwks?: { keys: ({ kty: 'RSA' | 'EC' | 'OKP' })[] } | undefined; jwks_uri?: string | undefined; scope?: string | undefined; id_token_signed_response_alg?: 'RS256' | 'ES256' | 'PS256' | 'EdDSA' | undefined; userinfo_signed_response_alg?: 'RS256' | 'ES256' | 'PS256' | 'EdDSA' | undefined; id_token_claims?: boolean | undefined; subject_type?: 'public' | 'pairwise' | undefined; sector_identifier_uri?: string | undefined; default_max_age?: number | undefined; require_auth_time?: boolean | undefined; default_acr_values?: (string)[] | undefined; require_pkce?: boolean | undefined; require_pushed_authorization_requests?: boolean | undefined; require_signed_request_object?: boolean | undefined; request_uris?: (string)[] | undefined; dpop_bound_access_tokens?: boolean | undefined } }; answer: ApiApp }
  /** One app. */
  getApp: { given: { path: { client: string } }; answer: ApiApp }
  /** Change an app that was registered by the API. */
  changeApp: { given: { path: { client: string }; body: { client_name: string; application_type?: 'web' | 'native' | undefined; redirect_uris: (string)[]; post_logout_redirect_uris?: (string)[] | undefined; initiate_login_uri?: string | undefined; client_uri?: string | undefined; logo_uri?: string | undefined; policy_uri?: string | undefined; tos_uri?: string | undefined; contacts?: (string)[] | undefined; backchannel_logout_uri?: string | undefined; backchannel_logout_session_required?: boolean | undefined; logout_within_days?: number | undefined; grant_types?: ('authorization_code' | 'refresh_token')[] | undefined; token_endpoint_auth_method?: 'none' | 'private_key_jwt' | undefined; jwks?: { keys: ({ kty: 'RSA' | 'EC' | 'OKP' })[] } | undefined; jwks_uri?: string | undefined; scope?: string | undefined; id_token_signed_response_alg?: 'RS256' | 'ES256' | 'PS256' | 'EdDSA' | undefined; userinfo_signed_response_alg?: 'RS256' | 'ES256' | 'PS256' | 'EdDSA' | undefined; id_token_claims?: boolean | undefined; subject_type?: 'public' | 'pairwise' | undefined; sector_identifier_uri?: string | undefined; default_max_age?: number | undefined; require_auth_time?: boolean | undefined; default_acr_values?: (string)[] | undefined; require_pkce?: boolean | undefined; require_pushed_authorization_requests?: boolean | undefined; require_signed_request_object?: boolean | undefined; request_uris?: (string)[] | undefined; dpop_bound_access_tokens?: boolean | undefined }; ifMatch: string }; answer: ApiApp }
  /** Forget an app that was registered by the API. */
  removeApp: { given: { path: { client: string }; ifMatch?: string | undefined }; answer: undefined }
  /** The keys that sign tokens, by their names. */
  getKeys: { given: {  }; answer: ApiKeys }
  /** Make new signing keys before their time. */
  rotateKeys: { given: { query?: { withdraw?: 'true' | 'false' | undefined } }; answer: undefined }
  /** What waits to be delivered, or was given up, the oldest first. */
  listOutbox: { given: { query?: { limit?: number | undefined; cursor?: string | undefined; state?: 'queued' | 'dead' | undefined } }; answer: { items: (ApiParcel)[]; next?: string | undefined } }
  /** Try everything again that was given up, 500 at a time. */
  retryParcels: { given: {  }; answer: { retried: number } }
  /** Try again what was given up. */
  retryParcel: { given: { path: { parcel: string } }; answer: undefined }
  /** Agents of the support, or operators. */
  listStaff: { given: { path: { role: 'supportAgent' | 'operator' } }; answer: { items: (ApiStaffMember)[] } }
  /** Make somebody an agent of the support or an operator, or take it from them. */
  setStaff: { given: { path: { role: 'supportAgent' | 'operator'; person: string }; body: { reason: string; on: boolean } }; answer: undefined }
  /** How the installation is, at a glance. */
  getInstallation: { given: {  }; answer: ApiInstallation }
  /** The policy that organizations begin with. */
  getDefaultPolicy: { given: {  }; answer: ApiPolicy }
  /** Change the policy that organizations begin with. */
  setDefaultPolicy: { given: { body: ApiPolicy; ifMatch?: string | undefined }; answer: ApiPolicy }
  /** Which keys of the ring were still needed, the last time that was looked at. */
  getResealing: { given: {  }; answer: { last?: ApiResealing | undefined } }
  /** Seal everything that lasts with the newest key of the ring. */
  reseal: { given: {  }; answer: ApiResealing }
  /** What is known of the log’s chains, and how long it is kept. */
  getAuditState: { given: {  }; answer: ApiAuditState }
  /** Hold the whole log against its chains. */
  verifyAudit: { given: {  }; answer: { at: string; entries: number; good: boolean } }
  /** Say for how many days entries of the log are kept. */
  setAuditRetention: { given: { body: { days: number } }; answer: undefined }
}

export const apiPaths = {
  listOrganizations: ['GET', '/organizations'],
  createOrganization: ['POST', '/organizations'],
  getOrganization: ['GET', '/organizations/{organization}'],
  setDomains: ['PUT', '/organizations/{organization}/domains'],
  getPolicy: ['GET', '/organizations/{organization}/policy'],
  setPolicy: ['PUT', '/organizations/{organization}/policy'],
  getScimToken: ['GET', '/organizations/{organization}/scim_token'],
  makeScimToken: ['POST', '/organizations/{organization}/scim_token'],
  revokeScimToken: ['DELETE', '/organizations/{organization}/scim_token'],
  listPeople: ['GET', '/organizations/{organization}/people'],
  createPerson: ['POST', '/organizations/{organization}/people'],
  getPerson: ['GET', '/organizations/{organization}/people/{person}'],
  renamePerson: ['PATCH', '/organizations/{organization}/people/{person}'],
  deactivatePerson: ['POST', '/organizations/{organization}/people/{person}/deactivate'],
  reactivatePerson: ['POST', '/organizations/{organization}/people/{person}/reactivate'],
  suspendPerson: ['POST', '/organizations/{organization}/people/{person}/suspend'],
  reinstatePerson: ['POST', '/organizations/{organization}/people/{person}/reinstate'],
  restorePerson: ['POST', '/organizations/{organization}/people/{person}/restore'],
  removePerson: ['POST', '/organizations/{organization}/people/{person}/remove'],
  changeSignInAddress: ['POST', '/organizations/{organization}/people/{person}/sign_in_address'],
  withdrawSignInAddress: ['DELETE', '/organizations/{organization}/people/{person}/sign_in_address'],
  setRole: ['PUT', '/organizations/{organization}/people/{person}/role'],
  listProposals: ['GET', '/organizations/{organization}/role_proposals'],
  decideProposal: ['POST', '/organizations/{organization}/people/{person}/role_proposal'],
  openCase: ['POST', '/organizations/{organization}/people/{person}/cases'],
  listInvitations: ['GET', '/organizations/{organization}/invitations'],
  invite: ['POST', '/organizations/{organization}/invitations'],
  agreeToInvitation: ['POST', '/organizations/{organization}/invitations/{invitation}/agree'],
  resendInvitation: ['POST', '/organizations/{organization}/invitations/{invitation}/resend'],
  revokeInvitation: ['DELETE', '/organizations/{organization}/invitations/{invitation}'],
  getProtection: ['GET', '/organizations/{organization}/people/{person}/protection'],
  removeFactor: ['DELETE', '/organizations/{organization}/people/{person}/factors/{factor}'],
  listSessions: ['GET', '/organizations/{organization}/people/{person}/sessions'],
  endSession: ['DELETE', '/organizations/{organization}/people/{person}/sessions/{session}'],
  endSessions: ['POST', '/organizations/{organization}/people/{person}/end_sessions'],
  listCases: ['GET', '/organizations/{organization}/cases'],
  listSupportCases: ['GET', '/support/cases'],
  getCase: ['GET', '/cases/{case}'],
  denyCase: ['POST', '/cases/{case}/deny'],
  approveCase: ['POST', '/cases/{case}/approve'],
  cancelCase: ['POST', '/cases/{case}/cancel'],
  getReadiness: ['GET', '/organizations/{organization}/readiness'],
  getPersonReadiness: ['GET', '/organizations/{organization}/people/{person}/readiness'],
  beginDrill: ['POST', '/organizations/{organization}/drill'],
  answerDrill: ['POST', '/organizations/{organization}/drill/answer'],
  listAudit: ['GET', '/audit'],
  listOrganizationAudit: ['GET', '/organizations/{organization}/audit'],
  listPersonAudit: ['GET', '/organizations/{organization}/people/{person}/audit'],
  listCaseAudit: ['GET', '/cases/{case}/audit'],
  listWebhooks: ['GET', '/webhooks'],
  createWebhook: ['POST', '/webhooks'],
  getWebhook: ['GET', '/webhooks/{webhook}'],
  changeWebhook: ['PUT', '/webhooks/{webhook}'],
  removeWebhook: ['DELETE', '/webhooks/{webhook}'],
  rollWebhookKey: ['POST', '/webhooks/{webhook}/roll_key'],
  testWebhook: ['POST', '/webhooks/{webhook}/test'],
  listWebhookMessages: ['GET', '/webhooks/{webhook}/messages'],
  replayWebhookMessage: ['POST', '/webhooks/{webhook}/messages/{message}/replay'],
  listApps: ['GET', '/clients'],
  registerApp: ['POST', '/clients'],
  getApp: ['GET', '/clients/{client}'],
  changeApp: ['PUT', '/clients/{client}'],
  removeApp: ['DELETE', '/clients/{client}'],
  getKeys: ['GET', '/keys'],
  rotateKeys: ['POST', '/keys/rotate'],
  listOutbox: ['GET', '/outbox'],
  retryParcels: ['POST', '/outbox/retry'],
  retryParcel: ['POST', '/outbox/{parcel}/retry'],
  listStaff: ['GET', '/staff/{role}'],
  setStaff: ['PUT', '/staff/{role}/{person}'],
  getInstallation: ['GET', '/installation'],
  getDefaultPolicy: ['GET', '/installation/policy'],
  setDefaultPolicy: ['PUT', '/installation/policy'],
  getResealing: ['GET', '/keys/reseal'],
  reseal: ['POST', '/keys/reseal'],
  getAuditState: ['GET', '/audit/state'],
  verifyAudit: ['POST', '/audit/verify'],
  setAuditRetention: ['PUT', '/audit/retention'],
} as const
