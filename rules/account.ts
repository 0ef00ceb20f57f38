import type { Drill } from './drill-times.ts'
import type { Effect, Promising } from './effect.ts'
import type { localeTags } from './locale.ts'
import type { Throttle } from './throttle.ts'

/** A language the pages and messages are written in (BCP 47). */
export type Locale = (typeof localeTags)[number]

/**
 * What decides how a person gets in: Rekey's own document, keyed by the person's id. All times in the rules are
 * milliseconds since 1970 unless a name says seconds.
 */
export interface Protection extends Promising {
  id: string
  /** Who the person is at the provider of identity verification, as enrolled by themselves. */
  proofing?: EnrolledProofing
  /** Set when someone said "this wasn't me": the password that must go. Any other settles it. */
  expiredVersion?: string
  /** The effect that last set a password, so that a repeat of it tells nothing twice. */
  passwordSetBy?: string
  /** Addresses that notices go to besides the person's own. */
  noticeAddresses: Address[]
  /** An address that the person wants notices at, until the code mailed there is typed back. */
  pendingAddress?: PendingAddress
  /** E.164. */
  phone?: string
  factors: Factor[]
  /** The factor that a sign-in asks for first; the one that suits best where it is missing. */
  primary?: string
  backupCodes?: BackupCodeSet
  /**
   * When someone with the mailbox said that the only factor isn't the person's. Until a sign-in has proven both, each
   * takes a mailed code besides.
   */
  disputed?: number
  /** Failures by method, so that starting over doesn't reset them. */
  throttles: { [method: string]: Throttle }
  /** Sessions, grants and tokens that began before this moment are void. */
  validAfter: number
  /** The last completed reset, until a factor is enrolled again. */
  recovered?: Recovered
  /** The case that last took everything away: it does so once, even when a crash makes it try again. */
  lastReset?: string
  /** The granted case that the owner stopped before anything was reset: it takes nothing away any more. */
  stoppedReset?: string
  /** The effects that expired the password, the last ones first, so that a repeat of any of them changes nothing. */
  expiries?: string[]
  /** When a factor was last added or removed. */
  factorsChangedAt?: number
  /** Works for the operator's support, and decides cases no super admin can. */
  supportAgent?: true
  /** 'support' while the person is an agent: an index lists them. */
  desk?: 'support'
  /** Works for the operator, and looks after the installation. */
  operator?: true
  /** 'operator' while the person is one: an index lists them. */
  staff?: 'operator'
  /** When the person last answered a check-up of their methods, whatever the answer was. */
  checkUp?: { at: number }
  lastSignInAt?: number
  /** Where the last sign-ins came from, newest first: what an approver compares a request with. */
  signIns?: SignInTrace[]
  /** A one-time pass from the help desk: signs in once, as recovered. */
  pass?: OneTimePass
  effects: Effect[]
}

/** Of someone who has nothing yet. */
export function freshProtection(id: string): Protection {
  return { id, noticeAddresses: [], factors: [], throttles: {}, validAfter: 0, effects: [] }
}

/** Someone who signs in, as pages see them: the person and what protects them, read together. It is never written. */
export interface Account extends Protection {
  login: string
  /** The address that signs in and receives mail. */
  email: string
  name: string
  /** Where they are known apart. */
  givenName?: string
  familyName?: string
  /** YYYY-MM-DD. */
  birthDate?: string
  locale?: Locale
  status: 'active' | 'deactivated' | 'removed'
  /** When the name, an address or the language last changed. */
  updatedAt?: number
  /** Changes with the password. */
  passwordVersion: string
  /** The next sign-in sets a new password. */
  passwordExpired?: 'disavowed'
  /** Proven by whoever keeps the person, the sign-in address first. */
  mail: readonly [string, ...string[]]
  /** The first of them never was, after all. */
  emailVerified?: false
  /** Every address that notices go to. */
  addresses: { address: string; verifiedAt?: number; addition?: string }[]
}

export interface SignInTrace {
  at: number
  address: string
  browser: string
  system: string
}

export interface OneTimePass {
  /** The case whose decision issued it. */
  case: string
  /** Keyed hash. */
  hash: string
  expiresAt: number
}

export interface EnrolledProofing {
  /** Stable at the provider. */
  subject: string
  issuer: string
  at: number
}

export interface Address {
  address: string
  verifiedAt: number
  /** What added it, where the person did: a notice about it can be disavowed. */
  addition?: string
}

export interface PendingAddress {
  address: string
  /** Keyed hash of the code. */
  hash: string
  expiresAt: number
}

export interface Recovered {
  case: string
  route: RecoveryRoute
  at: number
  /** Until then a sign-in also needs the link of the completion mail. */
  mailUntil?: number
}

/** How a recovery case is decided. */
export type RecoveryRoute = 'admin' | 'identity' | 'support'

export type Factor = TotpFactor | PasskeyFactor | PhoneFactor | PushFactor

export type FactorKind = Factor['kind']

/** What every second factor has. */
interface Bound {
  id: string
  /** The person's own name for it; '' where they gave none. */
  name: string
  createdAt: number
  lastUsedAt?: number
  /** When the person last said that they still have it, though it was not used. */
  confirmedAt?: number
  /** Set after too many consecutive failures (NIST SP 800-63B-4 §3.2.2): useless until bound again. */
  disabledAt?: number
}

/** A shared secret that shows six digits every 30 seconds (RFC 6238). */
export interface TotpSecret {
  /** Sealed base32 secret. */
  secret: string
  /** The last accepted time step; a step is accepted once (RFC 6238 §5.2). */
  lastStep?: number
  /** Those before it, the last ones first. */
  spentSteps?: number[]
}

export interface TotpFactor extends Bound, TotpSecret {
  kind: 'totp'
}

/** A WebAuthn credential: a passkey or a security key. */
export interface PasskeyFactor extends Bound {
  kind: 'passkey'
  /** Credential id, base64url. */
  credential: string
  /** The user handle it was made for (WebAuthn L3 §14.6.1), base64url: random to whoever reads it. */
  user: string
  /** COSE public key, base64url. */
  publicKey: string
  /** Signature counter; 0 for ever where the authenticator has none (WebAuthn L3 §6.1.1). */
  counter: number
  /** How browsers reach it: 'internal', 'usb', 'nfc', 'hybrid' … */
  transports: string[]
  /** Whether it may be copied to other devices (backup eligible), and whether it is now (backup state). */
  synced: boolean
  backedUp: boolean
  /** Made elsewhere, and nobody noted whether it may be copied: its first use here says it. */
  unsettled?: true
  /** Model of the authenticator. */
  aaguid: string
  /** An attestation proved that the key lives in hardware. */
  hardware?: true
}

/** A telephone number: text messages and calls, or calls only. */
export interface PhoneFactor extends Bound {
  kind: 'sms' | 'voice'
  /** E.164. */
  number: string
}

/** Our authenticator on a phone: a key of the phone, and a code for when there is no connection. */
export interface PushFactor extends Bound, TotpSecret {
  kind: 'push'
  /** The phone's public key, a JWK of P-256 as JSON. */
  publicKey: string
  /** Where a wake-up is sent (RFC 8030): the browser's subscription as sealed JSON. */
  subscription?: string
}

/** One set of look-up secrets (NIST SP 800-63B-4 §3.1.2, §4.2.1.1). */
export interface BackupCodeSet {
  /** 1 for the first set of an account; shown to people, so that they can tell old sheets from new ones. */
  number: number
  createdAt: number
  /** When the person said that the codes are saved. */
  confirmedAt?: number
  /** When the person last proved it, by typing one. */
  provenAt?: number
  codes: BackupCode[]
}

export interface BackupCode {
  /** Keyed hash of account, set number and code. */
  hash: string
  usedAt?: number
}

export interface Organization extends Promising {
  id: string
  name: string
  policy: OrganizationPolicy
  createdAt: number
  /** Lower case. Accounts whose sign-in address is there belong to the organization; the operator says so. */
  domains?: string[]
  /** The last test of how soon super admins answer. */
  drill?: Drill
  /** What a directory shows that can't get tokens. */
  scimToken?: { hash: string; by: string; at: number; usedAt?: number }
}

export interface OrganizationPolicy {
  /** Members must have a second factor; they can't put off enrolment. */
  requireSecondFactor?: boolean
  /** Ways to a reset that are switched off. */
  routesOff?: RecoveryRoute[]
  /** Whether a photo ID is offered before a super admin is asked. */
  preferIdentity?: boolean
  /** How many super admins must approve. */
  approvals?: 1 | 2
  /** A security delay between an approval or a verification and the reset, in hours. */
  holdAfterApprovalHours?: number
  /** The security delay of the support route, in hours: 48 at least, 72 at most. */
  supportHoldHours?: number
  /** Whether people who ask for a reset are told the names of those who are asked; they are where it is missing. */
  nameSuperAdmins?: boolean
  /** What signs in after a reset: the password, or also the link of the completion mail. */
  afterReset?: 'password' | 'password_and_mail'
  /** Kinds of second factors that members may set up; all where it is missing. What is set up already goes on. */
  methods?: FactorKind[]
  /** For how many days a browser may be trusted; 30 where it is missing, 0 for never. */
  trustedDeviceDays?: number
  /** Whether super admins may trust browsers too. */
  trustedDevicesForAdmins?: boolean
  /** How many super admins it takes to give a member another role; one where it is missing. */
  roleApprovals?: 1 | 2
  /** Whether provisioning (SCIM) may make super admins, and members of them; it may not where it is missing. */
  scimSuperAdmins?: boolean
}

export interface Membership extends Promising {
  /** `${organization}:${account}` */
  id: string
  organization: string
  account: string
  role: 'super_admin' | 'member'
  /** When the person joined. */
  since: number
  /** When the person became super admin; together with superAdminOf only while they are one. */
  superAdminSince?: number
  /** The organization again, so that an index lists super admins in the order they became it. */
  superAdminOf?: string
  /** The organization has suspended the person: they get into none of its apps, and decide nothing. */
  suspended?: { at: number; by: string; reason: string }
  /** Over: gone with the last of what it still promises. */
  ended?: true
}

export const membershipEnding = (membership: Membership): Membership | undefined =>
  membership.ended === true ? undefined : membership

/** Whether someone may decide for the organization. */
export const isSuperAdmin = (membership: Membership | undefined): boolean =>
  membership?.role === 'super_admin' && membership.suspended === undefined

/** Someone who joins an organization. */
export function membershipOf(
  organization: string,
  account: string,
  role: Membership['role'],
  since: number,
): Membership {
  const one = { id: `${organization}:${account}`, organization, account, role: 'member' as const, since }
  return role === 'member' ? one : withRole(one, role, since)
}

/** The same person in another role. */
export function withRole(membership: Membership, role: Membership['role'], at: number): Membership {
  const { superAdminOf: _of, superAdminSince: _since, ...rest } = membership
  if (role === 'member') return { ...rest, role }
  return { ...rest, role, superAdminOf: rest.organization, superAdminSince: at }
}

/** Second factors that can still be used to sign in. */
export function usableFactors(account: Pick<Protection, 'factors'>): Factor[] {
  return account.factors.filter((factor) => factor.disabledAt === undefined)
}

/** Whether a sign-in asks for a second factor. A disabled factor still counts: guessing must not remove it. */
export function hasSecondFactor(account: Pick<Protection, 'factors'>): boolean {
  return account.factors.length > 0
}

/** What makes someone an agent of the support. */
export const agent = { supportAgent: true, desk: 'support' } as const

/** What makes someone an operator. */
export const operatorMark = { operator: true, staff: 'operator' } as const
