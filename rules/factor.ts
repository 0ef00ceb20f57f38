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

/** Second factors that can still be used to sign in. */
export function usableFactors(account: { factors: Factor[] }): Factor[] {
  return account.factors.filter((factor) => factor.disabledAt === undefined)
}

/** Whether a sign-in asks for a second factor. A disabled factor still counts: guessing must not remove it. */
export function hasSecondFactor(account: { factors: Factor[] }): boolean {
  return account.factors.length > 0
}
