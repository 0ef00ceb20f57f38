import type { Protection } from './account.ts'
import type { Mac } from './backup-codes.ts'
import { type Factor, type PhoneFactor, usableFactors } from './factor.ts'
import { countFailure } from './failures.ts'
import { type Budget, isAllowed, isExhausted } from './throttle.ts'

/** A telephone number, and what is known of it without asking anybody. */
export interface PhoneNumber {
  /** E.164. */
  number: string
  /** `81`. */
  callingCode: string
  /** ISO 3166-1; missing where the number belongs to none. */
  country?: string
  /** Whether texts reach it: a landline takes calls only. */
  takesTexts: boolean
}

export type PhoneChannel = 'sms' | 'voice'

/** A code on its way to a phone, kept in the attempt that asked for it. */
export interface PhoneCode {
  /** Keyed hash. */
  hash: string
  purpose: 'prove' | 'enrol'
  /** The factor it proves, or the one that it will be. */
  factor: string
  number: string
  channel: PhoneChannel
  takesTexts: boolean
  /** The message's id: what its carrier says about it is kept under it. */
  message: string
  expiresAt: number
}

/** Milliseconds (NIST SP 800-63B-4 §3.1.3.2: ten minutes at most). */
export const phoneCodeLifetime = 600_000

/** What a code is good for: one sign-in of one person, one purpose, one number. */
export type CodeBinding = Pick<PhoneCode, 'purpose' | 'factor' | 'number'> & {
  attempt: string
  account: string
}

export function hashPhoneCode(bound: CodeBinding, code: string, mac: Mac, like?: string): string {
  const { attempt, account, purpose, factor, number } = bound
  return mac(['phone-code', attempt, account, purpose, factor, number, code].join('|'), like)
}

/** Whether a number may be sent anything: countries (`JP`) and prefixes (`+4420`) that the operator listed. */
export function isServed({ number, country }: PhoneNumber, countries: readonly string[]): boolean {
  return countries.some((one) => (one.startsWith('+') ? number.startsWith(one) : one === country))
}

/** For display: enough to know one's own number by, and nothing to call it by. */
export function maskNumber(number: string): string {
  return `••• ${number.slice(-2)}`
}

const hour = 3_600_000
/** Codes that one person, or one number, may be sent in an hour. */
export const codesPerHour = 6

/**
 * What sending a code spends, each under a name of its own: fraudsters who earn from numbers change the account, the
 * number and the country in turn, so that each has a budget, and all together. What a number gets from those who set it
 * up is counted apart: a stranger who types it must not keep its owner from signing in. So is what browsers ask for that
 * the person has used: a thief with the password must not leave them without a code.
 */
export function sendBudgets(
  account: string,
  by: 'known' | 'stranger',
  purpose: PhoneCode['purpose'],
  { number, callingCode }: PhoneNumber,
  limits: { perHour: number; perCountryPerHour: number },
  mac: Mac,
): { id: string; budget: Budget }[] {
  const per = (capacity: number): Budget => ({ capacity, period: hour })
  const whose = by === 'known' ? ':known' : ''
  return [
    { id: `phone:person:${account}${whose}`, budget: per(codesPerHour) },
    { id: `phone:number:${purpose}:${mac(`phone-budget|${number}`)}${whose}`, budget: per(codesPerHour) },
    { id: `phone:country:${callingCode}`, budget: per(limits.perCountryPerHour) },
    { id: 'phone:all', budget: per(limits.perHour) },
  ]
}

/** The numbers of someone that can still be used, the one used last first. */
export function phoneFactors(account: Protection): PhoneFactor[] {
  return usableFactors(account)
    .filter(isPhone)
    .toSorted((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
}

export function isPhone(factor: Factor): factor is PhoneFactor {
  return factor.kind === 'sms' || factor.kind === 'voice'
}

/** Failures at a sign-in, and those of someone who sets a number up: the latter must not disable what is there. */
const throttleOf = { prove: 'phone', enrol: 'enrol_phone' } as const
const disabledBy = { prove: isPhone, enrol: () => false } as const

export type PhoneOutcome = { ok: true } | { ok: false; reason: 'throttled' | 'wrong' | 'expired' }

/**
 * Takes a code inside the account's update. Failures are the account's, not the code's or the attempt's: neither a new
 * code nor a new sign-in makes guessing cheaper, and a hundred in a row disable every number (NIST SP 800-63B-4 §3.2.2).
 *
 * @param typed hash of what was typed, for what `code` is bound to.
 */
export function acceptPhoneCode(
  account: Protection,
  code: PhoneCode | undefined,
  typed: string,
  now: number,
): [Protection, PhoneOutcome] {
  if (code === undefined || code.expiresAt <= now) return [account, { ok: false, reason: 'expired' }]
  const method = throttleOf[code.purpose]
  const throttle = account.throttles[method]
  if (!isAllowed(throttle, now) || (method === 'phone' && isExhausted(throttle)))
    return [account, { ok: false, reason: 'throttled' }]
  const factor = phoneFactors(account).find(({ id, number }) => id === code.factor && number === code.number)
  // The number was taken away since the code was sent.
  if (code.purpose === 'prove' && factor === undefined) return [account, { ok: false, reason: 'expired' }]
  if (typed !== code.hash)
    return [countFailure(account, method, disabledBy[code.purpose], now), { ok: false, reason: 'wrong' }]
  const { [method]: _, ...throttles } = account.throttles
  const factors = account.factors.map((one) => (one === factor ? { ...factor, lastUsedAt: now } : one))
  return [{ ...account, throttles, factors }, { ok: true }]
}

/** What failures of a purpose count under, for whoever is to wait. */
export function phoneThrottle(purpose: PhoneCode['purpose']): string {
  return throttleOf[purpose]
}
