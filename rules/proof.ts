/** A way to prove who one is, named as in `amr` (RFC 8176) where it has a name. */
export type Method =
  | 'pwd'
  | 'otp'
  | 'passkey'
  | 'sms'
  | 'tel'
  | 'push'
  | 'backup_code'
  | 'mail_code'
  | 'pass'
  | 'completion_link'
  | 'recovery'
  /** A second factor that an organization's own provider asked for, where the operator lets it count. */
  | 'upstream'
  /** The browser was trusted before: it stands in for a factor where nobody insists on one, and proves nothing else. */
  | 'trusted_browser'

export interface Proof {
  method: Method
  at: number
  /** Of a password: the mark of the one that was typed. Whoever knew it proves nothing once there is a new one. */
  password?: string
  passkey?: PasskeyProof
  /** How it was proven on a page of the host's own, as `amr` says it. */
  amr?: string[]
}

/** What a passkey has shown. */
export interface PasskeyProof {
  /** It made sure itself that it is the person: by a PIN, a finger or a face. */
  verified: boolean
  /** Its key may be copied to other devices. */
  synced: boolean
  /** An attestation proved that its key lives in hardware. */
  hardware?: true
}
