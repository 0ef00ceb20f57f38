import type { Promising } from './effect.ts'
import type { SamePerson } from './same-person.ts'

/** Why a verification proves nothing. Closed: pages, the audit log and tests name each of them. */
export type ProofingFailure =
  /** The provider could not verify the person, or says that the claims are not theirs. */
  | 'CLAIMS_NOT_VERIFIED'
  /** Someone else than the person of the account, or than the one who enrolled. */
  | 'wrong_subject'
  | 'stale_evidence'
  | 'wrong_nonce'
  | 'wrong_state'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'bad_signature'
  | 'unsigned'
  | 'malformed'
  /** The answer came after its time: an expired ID token, a code that is spent or too old. */
  | 'late'
  /** The person turned back. */
  | 'refused'
  /** The provider failed, or can't be reached. */
  | 'provider_error'

/** What is kept of a verification: no document, no picture, no name. */
export type RunOutcome =
  /** `nameOnly`: nothing else of the person was known and compared. */
  | { ok: true; reference: string; at: number; ambiguous?: true; nameOnly?: true }
  | { ok: false; reason: ProofingFailure | 'ambiguous' }

/** One visit to the provider of identity verification. Times are milliseconds since 1970. */
export interface ProofingRun extends Promising {
  /** SHA-256 of the state, by which callback and webhook find it. */
  id: string
  /** For a recovery case, or to enrol for later. */
  purpose: 'recovery' | 'enrolment'
  account: string
  case?: string
  /** The sign-in that waits. */
  attempt?: string
  /** SHA-256 of the cookie of the browser that began. */
  browser: string
  /** What has to be kept until the answer, sealed; gone once an answer was taken. */
  sealed?: string
  /** Until when an answer is taken. */
  until: number
  outcome?: RunOutcome
  createdAt: number
  expiresAt: number
}

/** Takes the answer of the redirect: once, and in time. */
export function takeProofingAnswer(
  run: ProofingRun,
  now: number,
): [ProofingRun, { ok: true; sealed: string } | { ok: false; reason: 'late' | 'spent' }] {
  const { sealed, ...spent } = run
  if (sealed === undefined) return [run, { ok: false, reason: 'spent' }]
  if (run.until <= now) return [spent, { ok: false, reason: 'late' }]
  return [spent, { ok: true, sealed }]
}

/** Redirect and webhook may come in either order, and again: a success stands, whatever comes before or after it. */
export function settle(run: ProofingRun, outcome: RunOutcome): ProofingRun {
  return run.outcome?.ok ? run : { ...run, outcome }
}

/** What a verification that succeeded at the provider means for an account. */
export function judge(
  facts: {
    enrolledAs?: string
    provedAs: string
    person: SamePerson
    ambiguous: boolean
    /** More than a name was compared. */
    identified: boolean
    decidedByPeople: boolean
  },
  verified: { reference: string; at: number },
): RunOutcome {
  const { enrolledAs, provedAs, person, ambiguous } = facts
  if (enrolledAs !== undefined && enrolledAs !== provedAs) return { ok: false, reason: 'wrong_subject' }
  if (person === 'different') return { ok: false, reason: 'wrong_subject' }
  if (person === 'unproven') return { ok: false, reason: 'CLAIMS_NOT_VERIFIED' }
  const { reference, at } = verified
  const nameOnly = facts.identified ? undefined : (true as const)
  if (!ambiguous) return { ok: true, reference, at, nameOnly }
  return facts.decidedByPeople
    ? { ok: true, reference, at, ambiguous, nameOnly }
    : { ok: false, reason: 'ambiguous' }
}
