import { hash } from 'node:crypto'
import { defined } from '../../../rules/defined.ts'
import type { ComparedClaim, ProofingResult } from '../proofing.ts'

/** What counts as verified, and how old the evidence may be. */
export interface Demands {
  trustFrameworks: string[]
  assuranceLevels: string[]
  /** Milliseconds. */
  maxEvidenceAge: number
}

/** The part of an ID token, or of a webhook, that says who was verified. */
export interface Statement {
  iss: string
  sub: string
  verified_claims?: unknown
  /** A name of the verification at the provider, if it gives one. */
  reference?: unknown
}

/** Clocks differ. Milliseconds. */
const skew = 120_000

/**
 * Reads `verified_claims` (OpenID Connect for Identity Assurance 1.0 §5): an object or a list, of which one must have a
 * trust framework and an assurance level that were configured as success. A missing or unexpected one proves nothing
 * (Okta's contract: treat as failed).
 */
export function readStatement(
  statement: Statement,
  sent: ComparedClaim[],
  demands: Demands,
  now: number,
): ProofingResult {
  const given = statement.verified_claims
  if (typeof statement.sub !== 'string' || statement.sub === '') return failure('malformed')
  const list = (Array.isArray(given) ? given : [given]).filter(isObject)
  if (list.length === 0) return failure('malformed')
  const verifications = list.map((one) => one.verification)
  if (!verifications.every(isObject)) return failure('malformed')
  const index = verifications.findIndex((one) => isObject(one) && succeeded(one, demands))
  if (index < 0) return failure('CLAIMS_NOT_VERIFIED')
  const verification = verifications[index] as { [member: string]: unknown }
  const at = typeof verification.time === 'string' ? Date.parse(verification.time) : Number.NaN
  if (Number.isNaN(at) || at > now + skew) return failure('malformed')
  if (now - at > demands.maxEvidenceAge) return failure('stale_evidence')
  const claims = list[index]!.claims ?? {}
  if (!isObject(claims)) return failure('malformed')
  const { values, matched } = readClaims(claims, sent)
  const reference = referenceOf(statement, verification)
  const verified = { issuer: statement.iss, subject: statement.sub, reference, at, claims: values, matched }
  return { ok: true, verified }
}

const failure = (reason: (ProofingResult & { ok: false })['reason']): ProofingResult => ({
  ok: false,
  reason,
})

const isObject = (value: unknown): value is { [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function succeeded(verification: { [member: string]: unknown }, demands: Demands): boolean {
  const { trust_framework: framework, assurance_level: level } = verification
  return (
    typeof framework === 'string' &&
    demands.trustFrameworks.includes(framework) &&
    typeof level === 'string' &&
    demands.assuranceLevels.includes(level)
  )
}

/** A claim that was sent and is left out, or comes back as "MATCHED", was compared by the provider. */
function readClaims(claims: { [name: string]: unknown }, sent: ComparedClaim[]) {
  const told = (name: string): string | undefined => {
    const value = claims[name]
    return typeof value === 'string' && value !== 'MATCHED' ? value : undefined
  }
  const [givenName, familyName, name] = [told('given_name'), told('family_name'), told('name')]
  const birthDate = told('birthdate') ?? told('birth_date')
  const matched = sent.filter((one) => claims[one] === undefined || claims[one] === 'MATCHED')
  return { values: defined({ givenName, familyName, name, birthDate }), matched }
}

/** The provider's own name of the verification; where it gives none, a hash of who and when. */
function referenceOf(statement: Statement, verification: { [member: string]: unknown }): string {
  for (const one of [verification.verification_process, statement.reference])
    if (typeof one === 'string' && /^[\x21-\x7e]{1,120}$/.test(one)) return one
  const text = `${statement.iss}|${statement.sub}|${verification.time}`
  return hash('sha256', text, 'base64url').slice(0, 22)
}
