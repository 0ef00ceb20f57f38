import type { PushFactor } from './factor.ts'

/** A phone that is to become someone's authenticator, until the sign-in that asked for it binds it. */
export interface Pairing {
  /** Hash of the token in the QR code; the factor gets the same id. */
  id: string
  account: string
  attempt: string
  /** Keyed hash of the number that the page shows once a phone has come. */
  number: string
  failures: number
  /** Sealed secret of the code that works offline. */
  secret: string
  /** The phone that came first. */
  phone?: PairedPhone
  /** Its owner typed the number. */
  confirmedAt?: number
  createdAt: number
  expiresAt: number
}

export interface PairedPhone {
  /** A JWK of P-256 as JSON. */
  publicKey: string
  browser: string
  system: string
}

/** NIST SP 800-63B-4 §4.1.2.2: ten minutes at most. Milliseconds. */
export const pairingLifetime = 600_000
/** Wrong numbers that end a pairing. */
const mostFailures = 5

export type PairingState = 'waiting' | 'number' | 'confirmed' | 'over'

export function pairingState(pairing: Pairing | undefined, now: number): PairingState {
  if (pairing === undefined || pairing.expiresAt <= now || pairing.failures >= mostFailures) return 'over'
  if (pairing.confirmedAt !== undefined) return 'confirmed'
  return pairing.phone === undefined ? 'waiting' : 'number'
}

export type PairingOutcome =
  | { ok: true }
  | { ok: false; reason: 'gone' | 'taken' }
  | { ok: false; reason: 'wrong'; left: number }

/** The first phone that has the token takes the place; the same one may come again. */
export function claimPairing(
  pairing: Pairing | undefined,
  phone: PairedPhone,
  now: number,
): [Pairing | undefined, PairingOutcome] {
  const state = pairingState(pairing, now)
  if (pairing === undefined || state === 'over') return [pairing, { ok: false, reason: 'gone' }]
  if (pairing.phone === undefined) return [{ ...pairing, phone }, { ok: true }]
  const same = pairing.phone.publicKey === phone.publicKey
  return [pairing, same ? { ok: true } : { ok: false, reason: 'taken' }]
}

/**
 * The number typed on the phone, as its keyed hash: it proves that the phone is in the hands of whoever sees the page, and
 * not of someone who photographed the QR code.
 */
export function confirmPairing(
  pairing: Pairing | undefined,
  number: string,
  now: number,
): [Pairing | undefined, PairingOutcome] {
  const state = pairingState(pairing, now)
  if (pairing === undefined || state === 'over' || state === 'waiting')
    return [pairing, { ok: false, reason: 'gone' }]
  if (number === pairing.number)
    return [{ ...pairing, confirmedAt: pairing.confirmedAt ?? now }, { ok: true }]
  const failures = pairing.failures + 1
  const left = mostFailures - failures
  return [
    { ...pairing, failures },
    left > 0 ? { ok: false, reason: 'wrong', left } : { ok: false, reason: 'gone' },
  ]
}

/** The factor that a confirmed pairing becomes, in the sign-in that asked for it and in no other. */
export function pairedFactor(
  pairing: Pairing | undefined,
  attempt: { id: string; account?: string },
  now: number,
): PushFactor | undefined {
  if (pairing?.attempt !== attempt.id || pairing.account !== attempt.account) return undefined
  if (pairing.phone === undefined || pairingState(pairing, now) !== 'confirmed') return undefined
  const { id, secret, phone } = pairing
  return { id, kind: 'push', name: '', secret, publicKey: phone.publicKey, createdAt: now, lastUsedAt: now }
}
