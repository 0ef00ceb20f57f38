import type { Effect, Promising } from './effect.ts'
import type { BackupCodeSet, Factor } from './factor.ts'
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

/** What makes someone an agent of the support. */
export const agent = { supportAgent: true, desk: 'support' } as const

/** What makes someone an operator. */
export const operatorMark = { operator: true, staff: 'operator' } as const
