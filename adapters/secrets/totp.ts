import { generateSecret, generateSync, generateURI, verifySync } from 'otplib'

/** RFC 6238 with its usual parameters: SHA-1, six digits, 30 seconds. */
const period = 30
/** The same in milliseconds. */
export const totpPeriod = period * 1000

/** 160 random bits, base32. */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 })
}

export function totpUri(issuer: string, label: string, secret: string): string {
  return generateURI({ issuer, label, secret, period })
}

/**
 * The time step that a code belongs to, one step around `now` (milliseconds) and later than `after`, or undefined.
 * RFC 6238 §5.2; whether that step was used before is the rule's business, inside the store's update.
 */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const result = verifySync({ secret, token: code, epoch: Math.floor(now / 1000), epochTolerance: period })
  return result.valid && 'timeStep' in result ? result.timeStep : undefined
}

/** The code an authenticator shows at `now`: for the demo and the tests. */
export function totpCode(secret: string, now: number): string {
  return generateSync({ secret, epoch: Math.floor(now / 1000) })
}

/** What someone typed or pasted as a code: spaces and whatever looks like a hyphen go, full-width digits are folded. */
export function readCode(typed: string): string {
  return typed.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}\u2212ー]/gu, '')
}
