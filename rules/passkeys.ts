import type { Protection } from './account.ts'
import type { Attempt } from './attempt.ts'
import { defined } from './defined.ts'
import { type PasskeyFactor, usableFactors } from './factor.ts'
import { countFailure } from './failures.ts'
import type { PasskeyProof } from './proof.ts'
import { isAllowed, isExhausted } from './throttle.ts'

/** How long a challenge may be answered, in milliseconds (WebAuthn L3 §13.4.3: as long as the ceremony may take). */
export const challengeLifetime = 300_000

/**
 * The attempt with a challenge that a page can be answered with: the one it has while that lasts, so that a second tab
 * doesn't take it away from the first, or else `fresh`.
 */
export function withChallenge(attempt: Attempt, fresh: string, now: number): Attempt {
  const left = (attempt.passkey?.expiresAt ?? 0) - now
  // A challenge from before the clock was set back would last too long.
  if (left > challengeLifetime / 2 && left <= challengeLifetime) return attempt
  return { ...attempt, passkey: { challenge: fresh, expiresAt: now + challengeLifetime } }
}

export type Taken = { ok: true; challenge: string } | { ok: false; reason: 'none' | 'expired' }

/** Takes the challenge away: whatever is made of it, it is answered once (WebAuthn L3 §13.4.3). */
export function takeChallenge(attempt: Attempt, now: number): [Attempt, Taken] {
  const { passkey, ...rest } = attempt
  if (passkey === undefined) return [attempt, { ok: false, reason: 'none' }]
  const { challenge, expiresAt } = passkey
  const fits = expiresAt > now && expiresAt <= now + challengeLifetime
  return [rest, fits ? { ok: true, challenge } : { ok: false, reason: 'expired' }]
}

/** What an authenticator said, its signature verified. */
export interface Assertion {
  /** Credential id, base64url. */
  credential: string
  counter: number
  /** Backup eligible: its key may be copied to other devices. */
  synced: boolean
  backedUp: boolean
  /** User verification: a PIN, a finger or a face. */
  verified: boolean
}

export type AssertionOutcome =
  | { ok: true; passkey: PasskeyProof }
  | { ok: false; reason: 'throttled' | 'wrong' | 'unverified' | 'changed' | 'cloned' }

/**
 * Takes an assertion (undefined: one that verified with no passkey of the account), inside the store's update: failures
 * count whoever makes them, and a hundred in a row disable the passkeys.
 *
 * @param alone whether it is the whole sign-in: then the authenticator must have verified the person.
 */
export function acceptAssertion(
  account: Protection,
  assertion: Assertion | undefined,
  alone: boolean,
  now: number,
): [Protection, AssertionOutcome] {
  const throttle = account.throttles.passkey
  if (!isAllowed(throttle, now) || isExhausted(throttle)) return [account, { ok: false, reason: 'throttled' }]
  const factor = assertion && passkeyOf(account, assertion.credential)
  if (assertion === undefined || factor === undefined) return refused(account, 'wrong', now)
  // WebAuthn L3 §6.1.3: whether a credential may be backed up is settled when it is made.
  if (!factor.unsettled && factor.synced !== assertion.synced) return refused(account, 'changed', now)
  if (!isNext(factor.counter, assertion.counter)) return refused(account, 'cloned', now)
  if (alone && !assertion.verified) return [account, { ok: false, reason: 'unverified' }]
  const { counter, synced, backedUp, verified } = assertion
  const { unsettled: _settled, ...kept } = factor
  const used = { ...kept, counter, synced, backedUp, lastUsedAt: now }
  const { passkey: _, ...throttles } = account.throttles
  const factors = account.factors.map((one) => (one === factor ? used : one))
  return [
    { ...account, throttles, factors },
    { ok: true, passkey: proofOf(used, verified) },
  ]
}

/** The account's passkey with this credential. */
export function passkeyOf(account: Protection, credential: string): PasskeyFactor | undefined {
  return usablePasskeys(account).find((one) => one.credential === credential)
}

/** The account's passkeys, without those that guessing has disabled. */
export function usablePasskeys(account: Protection): PasskeyFactor[] {
  return usableFactors(account).filter((factor) => factor.kind === 'passkey')
}

/** What a passkey proves: with a hardware key only where the attestation of its enrolment said so. */
export function proofOf(factor: PasskeyFactor, verified: boolean): PasskeyProof {
  return defined({ verified, synced: factor.synced, hardware: factor.hardware || undefined })
}

/** WebAuthn L3 §7.2 step 22: a counter goes up with every use; passkeys without one say 0 for ever. */
const isNext = (stored: number, given: number): boolean => (stored === 0 && given === 0) || given > stored

function refused(
  account: Protection,
  reason: 'wrong' | 'changed' | 'cloned',
  now: number,
): [Protection, AssertionOutcome] {
  const counted = countFailure(account, 'passkey', ({ kind }) => kind === 'passkey', now)
  return [counted, { ok: false, reason }]
}
