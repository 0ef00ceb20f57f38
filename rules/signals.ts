import type { Protection } from './account.ts'
import { acrMultiFactor, acrPassword, acrPhishingResistant, acrRecovered } from './assurance.ts'
import type { SignalEvent } from './effect.ts'
import { type Factor, usableFactors } from './factor.ts'
import { kindsOfFactors } from './kinds.ts'

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'
const risc = 'https://schemas.openid.net/secevent/risc/event-type/'
const ssf = 'https://schemas.openid.net/secevent/ssf/event-type/'

export const eventTypes = {
  sessionRevoked: `${caep}session-revoked`,
  credentialChange: `${caep}credential-change`,
  assuranceLevelChange: `${caep}assurance-level-change`,
  recoveryActivated: `${risc}recovery-activated`,
  recoveryInformationChanged: `${risc}recovery-information-changed`,
  credentialChangeRequired: `${risc}account-credential-change-required`,
  accountDisabled: `${risc}account-disabled`,
  accountEnabled: `${risc}account-enabled`,
} as const

/** Sent whatever a stream asked for (SSF 1.0 §8.1.4, §8.1.5). */
export const streamEventTypes = {
  verification: `${ssf}verification`,
  streamUpdated: `${ssf}stream-updated`,
} as const

export const eventsSupported: readonly string[] = Object.values(eventTypes)

/** CAEP 1.0 §3.3.1 has no value for look-up codes and lets both sides agree on one; docs/signals.md says this one. */
export const backupCodesType = 'urn:rekey:credential-type:backup-codes'

/** The levels of `assurance-level-change` are the `acr` values that ID tokens carry. */
export const assuranceNamespace = 'urn:rekey:acr'

type Initiator = 'admin' | 'user' | 'policy' | 'system'

/** CAEP 1.0 §2. The interoperability profile wants `reason_admin` never empty. */
interface Because {
  by: Initiator
  reason: string
  /** Milliseconds. */
  at: number
}

const because = ({ by, reason, at }: Because) => ({
  event_timestamp: Math.floor(at / 1000),
  initiating_entity: by,
  reason_admin: { en: reason },
})

function credentialChange(
  credential_type: string,
  change_type: 'create' | 'revoke' | 'update' | 'delete',
  cause: Because,
): SignalEvent {
  return { type: eventTypes.credentialChange, claims: { credential_type, change_type, ...because(cause) } }
}

const sessionRevoked = (cause: Because): SignalEvent => ({
  type: eventTypes.sessionRevoked,
  claims: because(cause),
})

function assuranceChange(
  previous_level: string,
  current_level: string,
  change_direction: 'increase' | 'decrease',
  cause: Because,
): SignalEvent {
  const levels = { namespace: assuranceNamespace, current_level, previous_level, change_direction }
  return { type: eventTypes.assuranceLevelChange, claims: { ...levels, ...because(cause) } }
}

/** RISC 1.0 §2 gives these events no claims of their own. */
const bare = (type: string): SignalEvent => ({ type, claims: {} })

/** An authenticator that is part of the device is a platform one, whatever else reaches it (WebAuthn L3 §6.2.1). */
function credentialType(factor: Factor): string {
  if (factor.kind !== 'passkey') return kindsOfFactors[factor.kind].credentialType!
  return factor.transports.includes('internal') ? 'fido2-platform' : 'fido2-roaming'
}

const hasCodes = ({ backupCodes }: Protection): boolean => (backupCodes?.codes.length ?? 0) > 0

const deleted = (account: Protection, cause: Because): SignalEvent[] => {
  const kinds = new Set(account.factors.map((factor) => credentialType(factor)))
  if (hasCodes(account)) kinds.add(backupCodesType)
  return [...kinds].map((kind) => credentialChange(kind, 'delete', cause))
}

/** The most that a sign-in with the account's factors can claim; attestations left aside. */
const highest = ({ factors }: Protection): string =>
  factors.some(({ kind }) => kind === 'passkey') ? acrPhishingResistant : acrMultiFactor

/** Someone asked for a reset. */
export function recoveryOpened(): SignalEvent[] {
  return [bare(eventTypes.recoveryActivated)]
}

/** A reset took everything away: `before` is the account as it was. */
export function resetDone(before: Protection, route: string, at: number): SignalEvent[] {
  const by = route === 'identity' ? 'user' : 'admin'
  const cause: Because = { by, at, reason: `Authentication devices reset, decided by the ${route} route` }
  return [
    ...deleted(before, cause),
    sessionRevoked(cause),
    assuranceChange(highest(before), acrRecovered, 'decrease', cause),
  ]
}

/**
 * A factor was enrolled: the account before and after. Where it took the place of others (after a one-time pass, or on
 * purpose), they and the sessions that rest on them go.
 */
export function factorEnrolled(before: Protection, after: Protection, at: number): SignalEvent[] {
  const cause: Because = { by: 'user', at, reason: 'Second factor enrolled by the user' }
  const replacing: Because = { ...cause, reason: 'Second factor replaced by the user' }
  const added = after.factors.filter(({ id }) => !before.factors.some((factor) => factor.id === id))
  const lost = before.factors.some(({ id }) => !after.factors.some((factor) => factor.id === id))
  const raised =
    before.factors.length === 0
      ? [assuranceChange(before.recovered ? acrRecovered : acrPassword, highest(after), 'increase', cause)]
      : []
  const renewed = before.backupCodes?.number !== after.backupCodes?.number
  return [
    ...(lost ? [...deleted(before, replacing), sessionRevoked(replacing)] : []),
    ...added.map((factor) => credentialChange(credentialType(factor), 'create', cause)),
    ...raised,
    ...(renewed ? backupCodesRenewed() : []),
  ]
}

/** The person took a factor away; with the last one, sign-ins rest on the password alone. */
export function factorRemoved(
  before: Protection,
  after: Protection,
  at: number,
  by: 'user' | 'admin' = 'user',
): SignalEvent[] {
  const cause: Because = { by, at, reason: `Second factor removed by the ${by}` }
  const gone = before.factors.filter(({ id }) => !after.factors.some((factor) => factor.id === id))
  const lowered = before.factors.length > 0 && after.factors.length === 0
  return [
    ...gone.map((factor) => credentialChange(credentialType(factor), 'delete', cause)),
    ...(lowered ? [assuranceChange(highest(before), acrPassword, 'decrease', cause)] : []),
  ]
}

/** A new set of backup codes; the old one is void. */
export function backupCodesRenewed(): SignalEvent[] {
  return [bare(eventTypes.recoveryInformationChanged)]
}

/** The addresses that notices and codes of a recovery go to are others now. */
export function addressesChanged(): SignalEvent[] {
  return [bare(eventTypes.recoveryInformationChanged)]
}

/** The person ended one of their sessions, or all others. */
export function sessionsEnded(at: number, by: 'user' | 'admin' = 'user'): SignalEvent[] {
  return [sessionRevoked({ by, at, reason: `Session ended by the ${by}` })]
}

/** A one-time pass was issued: whoever signs in with it must enrol a new factor. Sessions end when that is done. */
export function passIssued(): SignalEvent[] {
  return [bare(eventTypes.credentialChangeRequired)]
}

/** "This wasn't me": everyone is signed out, and the next sign-in sets a new password. */
export function disavowed(at: number): SignalEvent[] {
  const cause: Because = { by: 'user', at, reason: 'The user disavowed what was done in their name' }
  return [bare(eventTypes.credentialChangeRequired), sessionRevoked(cause)]
}

/** What a stranger brought signs nobody in any more: each factor that was disabled, and the backup codes that are void. */
export function credentialsDistrusted(before: Protection, after: Protection, at: number): SignalEvent[] {
  const cause: Because = { by: 'user', at, reason: 'The user disavowed it, and it may be in the wrong hands' }
  const usable = new Set(usableFactors(after).map(({ id }) => id))
  const types = usableFactors(before)
    .filter(({ id }) => !usable.has(id))
    .map((factor) => credentialType(factor))
  const voided = hasCodes(before) && !hasCodes(after) ? [backupCodesType] : []
  return [...types, ...voided].map((type) => credentialChange(type, 'revoke', cause))
}

export function passwordChanged(at: number): SignalEvent[] {
  return [credentialChange('password', 'update', { by: 'user', at, reason: 'Password changed by the user' })]
}

/** A forgotten password was replaced, and whoever used the old one was signed out. */
export function passwordReset(at: number): SignalEvent[] {
  return [
    ...passwordChanged(at),
    sessionRevoked({ by: 'user', at, reason: 'Forgotten password replaced by the user' }),
  ]
}

/** The account may not sign in any more, or may again. */
export function statusChanged(active: boolean, at: number): SignalEvent[] {
  if (active) return [bare(eventTypes.accountEnabled)]
  const cause: Because = { by: 'admin', at, reason: 'Account deactivated' }
  return [bare(eventTypes.accountDisabled), sessionRevoked(cause)]
}

/** `iss_sub` names a person, `opaque` a stream (RFC 9493 §3.2.3 and §3.2.4; SSF 1.0 §8.1.4.1). */
export type SubjectId = { format: 'iss_sub'; iss: string; sub: string } | { format: 'opaque'; id: string }
