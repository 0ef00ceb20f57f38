import { defined } from './defined.ts'
import { kindOfMethod, kindsOfFactors } from './kinds.ts'
import type { Method, Proof } from './proof.ts'

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

export const [acrRecovered, acrPassword, acrMultiFactor, acrPhishingResistant, acrPhishingResistantHardware] =
  levels

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
  /** Seconds since 1970: when the sign-in was complete; of one that rests on an earlier one, its oldest proof. */
  authTime: number
}

/** RFC 8176 has no value for a device that was trusted before; one of ours can't be taken for a factor. */
export const amrTrustedDevice = 'urn:rekey:amr:trusted-device'

// A backup code is a one-time secret, so `otp`: RFC 8176 has no value of its own for look-up secrets.
const amrOf: { [M in Method]?: string } = {
  pwd: 'pwd',
  backup_code: 'otp',
  trusted_browser: amrTrustedDevice,
}

/** A key that never leaves its device is `hwk`, one that is copied to others `swk`; `user`: somebody touched it. */
function amrOfProof({ method, passkey, amr }: Proof): string[] {
  if (amr !== undefined) return amr
  if (method === 'passkey') return [passkey?.synced === false ? 'hwk' : 'swk', 'user']
  const kind = kindOfMethod(method)
  const value = kind === undefined ? amrOf[method] : kindsOfFactors[kind].amr
  return value === undefined ? [] : [value]
}

/** Whether a proof is of something the person has, beside the password. */
export function isSecondFactor({ method }: Proof): boolean {
  return method === 'backup_code' || method === 'upstream' || kindOfMethod(method) !== undefined
}

/** Whether a proof says who it is and that it is them: the password, or a passkey that has made sure itself. */
export function isFirstFactor({ method, passkey }: Proof): boolean {
  return method === 'pwd' || (method === 'passkey' && passkey?.verified === true)
}

/**
 * What a sign-in may claim from the proofs that were really given. A recovered sign-in rests on the moment the case
 * completed, as its password was proven while the lost factor still counted; a step-up on the proofs of the session it
 * goes on from, so that `max_age` is never flattered.
 *
 * @param completed when everything was proven, in milliseconds, where all of it was proven in one go.
 */
export function assuranceOf(proofs: Proof[], recovered: boolean, completed?: number): Assurance {
  const second = proofs.some(isSecondFactor)
  const waited = proofs.some((proof) => proof.method === 'recovery')
  const amr = [...new Set(proofs.flatMap(amrOfProof))].sort()
  const resting = waited ? proofs.filter((proof) => proof.method !== 'pwd') : proofs
  const oldest = Math.min(...resting.map((proof) => proof.at))
  const lowered = recovered || proofs.some((proof) => proof.method === 'pass')
  return {
    acr: second ? acrOfSecond(proofs) : lowered ? acrRecovered : acrPassword,
    amr: second ? ['mfa', ...amr.filter((value) => value !== amrTrustedDevice)] : amr,
    // A clock that was set back must not make a sign-in older than what it rests on.
    authTime: Math.floor((waited ? oldest : Math.max(completed ?? oldest, oldest)) / 1000),
  }
}

/** EAP ACR Values 1.0: phishing-resistant; and with a key in hardware, as far as an attestation proves it. */
function acrOfSecond(proofs: Proof[]): Acr {
  const passkey = proofs.find(({ method }) => method === 'passkey')
  if (passkey === undefined) return acrMultiFactor
  return passkey.passkey?.hardware === true ? acrPhishingResistantHardware : acrPhishingResistant
}

/** Values that our own proofs come back from. */
const ours = ['mfa', 'otp', 'sms', 'tel', 'swk', 'hwk', 'user', amrTrustedDevice]

/**
 * The proofs of a session, from what it says of itself: the reverse of `assuranceOf`, as far as a later request may
 * rest on it. A backup code comes back as a one-time code; what only helped at the time doesn't come back.
 */
export function proofsOf({ acr, amr }: Pick<Assurance, 'amr'> & { acr: string }, at: number): Proof[] {
  const resistant = rank(acr) >= rank(acrPhishingResistant)
  const methods: Method[] = (['pwd', 'otp', 'sms', 'tel'] as const).filter((value) => amr.includes(value))
  if (!resistant && amr.includes('swk')) methods.push('push')
  const proofs: Proof[] = methods.map((method) => ({ method, at }))
  // A first factor from elsewhere, which has another name.
  const elsewhere = amr.filter((value) => value !== 'pwd' && !ours.includes(value))
  const named = elsewhere.length > 0 || (!resistant && rank(acr) >= rank(acrPassword))
  if (!amr.includes('pwd') && named) proofs.unshift({ method: 'pwd', at, amr: elsewhere })
  if (rank(acr) >= rank(acrMultiFactor) && !resistant && !proofs.some(isSecondFactor))
    proofs.push({ method: 'upstream', at })
  if (!resistant) return proofs
  const passkey = defined({
    // Without a password it was the passkey that made sure who it is.
    verified: !amr.includes('pwd') && elsewhere.length === 0,
    synced: !amr.includes('hwk'),
    hardware: acr === acrPhishingResistantHardware || undefined,
  })
  return [...proofs, { method: 'passkey', at, passkey }]
}
