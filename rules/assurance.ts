import type { Method, Proof } from './attempt.ts'

/** Authentication context classes (`acr`), weakest first. */
export const levels = [
  'urn:rekey:acr:recovered',
  'urn:rekey:acr:password',
  'http://schemas.openid.net/pape/policies/2007/06/multi-factor',
  // EAP ACR Values 1.0: phishing-resistant, and the same with a hardware-protected key.
  'phr',
  'phrh',
] as const

export type Acr = (typeof levels)[number]

export const [acrRecovered, acrPassword, acrMultiFactor] = levels

/** Position of an `acr` among ours; -1 for one that we don't know or that is missing. */
export function rank(acr: string | undefined): number {
  return levels.indexOf(acr as Acr)
}

export function isKnownAcr(acr: string): acr is Acr {
  return rank(acr) >= 0
}

/** Whether what was done is at least what was asked. Nothing asked is always met; an unknown class never is. */
export function meets(done: string | undefined, asked: string | undefined): boolean {
  if (asked === undefined) return true
  return rank(asked) >= 0 && rank(done) >= rank(asked)
}

/**
 * The lowest class that satisfies a request, from `acr_values` or the values of an essential `acr` claim.
 * Unknown values are ignored, unless none is known: then the request can't be met and the first is returned as it is.
 */
export function askedAcr(values: string[]): string | undefined {
  const known = values.filter(isKnownAcr).sort((a, b) => rank(a) - rank(b))
  return known[0] ?? values[0]
}

export interface Assurance {
  acr: Acr
  /** RFC 8176 values, in the order of the registry. */
  amr: string[]
  /** Seconds since 1970: when the oldest of the proofs was given, so that `max_age` is never flattered. */
  authTime: number
}

// A backup code is a one-time secret, so `otp`: RFC 8176 has no value of its own for look-up secrets.
const amrOf: { [M in Method]?: string } = { pwd: 'pwd', otp: 'otp', backup_code: 'otp' }

const secondFactors: Method[] = ['otp', 'backup_code']

/**
 * What a sign-in may claim from the proofs that were really given. A recovered sign-in rests on the moment the case
 * completed, as its password was proven while the lost factor still counted.
 */
export function assuranceOf(proofs: Proof[], recovered: boolean): Assurance {
  const second = proofs.some((proof) => secondFactors.includes(proof.method))
  const amr = [...new Set(proofs.flatMap((proof) => amrOf[proof.method] ?? []))].sort()
  const resting = proofs.some((proof) => proof.method === 'recovery')
    ? proofs.filter((proof) => proof.method !== 'pwd')
    : proofs
  const oldest = Math.min(...resting.map((proof) => proof.at))
  const lowered = recovered || proofs.some((proof) => proof.method === 'pass')
  return {
    acr: second ? acrMultiFactor : lowered ? acrRecovered : acrPassword,
    amr: second ? ['mfa', ...amr] : amr,
    authTime: Math.floor(oldest / 1000),
  }
}
