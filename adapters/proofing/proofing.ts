import type { Locale } from '../../rules/account.ts'
import type { ProofingFailure } from '../../rules/proofing-run.ts'

/** The person whose identity is to be verified, as far as the account knows them. */
export interface ExpectedPerson {
  email: string
  givenName: string
  familyName: string
  /** YYYY-MM-DD. */
  birthDate?: string
  locale: Locale
}

/** What must be kept between `begin` and `finish`. Secret: it is stored sealed. */
export interface Kept {
  state: string
  nonce: string
  verifier: string
  /** Claims that the provider was asked to compare. */
  sent: ComparedClaim[]
}

export type ComparedClaim = 'given_name' | 'family_name' | 'birthdate'

/** What a provider says about a person. Lives only as long as the request: nothing but reference and time is stored. */
export interface Verified {
  issuer: string
  /** The person at the provider, the same each time. */
  subject: string
  /** Names the verification at the provider, for questions afterwards. */
  reference: string
  /** When the evidence was checked. Milliseconds since 1970. */
  at: number
  claims: { givenName?: string; familyName?: string; name?: string; birthDate?: string }
  /** Compared by the provider and found the same. */
  matched: ComparedClaim[]
}

export type ProofingResult = { ok: true; verified: Verified } | { ok: false; reason: ProofingFailure }

/** An authenticated webhook: which verification it is about, and what it says, given what the provider was sent. */
export type WebhookResult =
  | { ok: true; state: string; judge(sent: ComparedClaim[]): ProofingResult }
  /** Authenticated, and nothing that we act on. */
  | { ok: true; state?: undefined }
  | { ok: false; reason: 'unauthenticated' | 'malformed' }

/** A provider of identity verification. */
export interface Proofing {
  /** Its issuer: subjects are unique within it. */
  readonly issuer: string
  /** How long a person may take. Milliseconds, ten minutes at least. */
  readonly time: number
  /**
   * Announces a verification at the provider.
   * @throws ProofingUnavailable when the provider can't be reached or refuses.
   */
  begin(person: ExpectedPerson): Promise<{ url: string; kept: Kept }>
  /** Judges what came back to the callback. `now` is milliseconds since 1970; an outcome is a value, never thrown. */
  finish(callback: URL, kept: Kept, now: number): Promise<ProofingResult>
  /** Authenticates a webhook by its headers (names in lower case) and its exact bytes, and reads it. */
  readWebhook(headers: { readonly [name: string]: unknown }, body: Buffer, now: number): WebhookResult
}

export class ProofingUnavailable extends Error {
  constructor(cause: unknown) {
    super('the provider of identity verification can not be reached or refuses', { cause })
    this.name = 'ProofingUnavailable'
  }
}

/** An engine with its settings, to be opened by whoever knows where people come back to. */
export type OpenProofing = (callback: string) => Proofing
