import { askedAcr, isKnownAcr, rank } from './assurance.ts'

/** The parameters of an authorization request that say how strong the sign-in must be. */
export interface RequestParameters {
  acr_values?: unknown
  claims?: unknown
}

/**
 * The lowest `acr` that will do. `acr_values` counts as necessary (RFC 9470 §5) for the classes we know; an essential
 * `acr` claim (OpenID Connect Core §5.5.1.1) counts even if we know none of its values, as it then can't be met.
 * Where both are given, both must be met.
 *
 * @param ours translates the names of the request into those of the rules.
 */
export function requiredAcr(
  params: RequestParameters,
  ours: (acr: string) => string = (acr) => acr,
): string | undefined {
  const listed =
    typeof params.acr_values === 'string' ? params.acr_values.split(' ').map(ours).filter(isKnownAcr) : []
  const fromValues = askedAcr(listed)
  const fromClaim = essentialAcr(params.claims, ours)
  if (fromValues === undefined || fromClaim === undefined) return fromClaim ?? fromValues
  if (rank(fromClaim) < 0) return fromClaim
  return rank(fromValues) > rank(fromClaim) ? fromValues : fromClaim
}

interface AcrRequest {
  essential?: unknown
  value?: unknown
  values?: unknown
}

function essentialAcr(claims: unknown, ours: (acr: string) => string): string | undefined {
  const acr = parsed(claims)?.id_token?.acr
  if (acr?.essential !== true) return undefined
  const values = [acr.value, ...(Array.isArray(acr.values) ? acr.values : [])]
  return askedAcr(values.filter((value) => typeof value === 'string').map(ours))
}

// The library has validated the parameter; here it is only read, and what isn't JSON asks for nothing.
function parsed(claims: unknown): { id_token?: { acr?: AcrRequest | null } } | undefined {
  if (typeof claims !== 'string') return undefined
  try {
    return JSON.parse(claims) ?? undefined
  } catch {
    return undefined
  }
}
