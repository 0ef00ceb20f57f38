import type { Protection } from './account.ts'
import { failed, isAllowed, isExhausted } from './throttle.ts'

/** Keyed hash, for secrets that were random to begin with; under the key of a stored one, where it is compared with that. */
export type Mac = (text: string, like?: string) => string

export const backupCodeCount = 10
/** Bytes of randomness a code is made of: 80 bits, 16 letters. */
export const backupCodeBytes = 10
const lettersInCode = 16

// Crockford's base32: no I, L, O or U, so that nothing is mistaken when it is read aloud or typed from paper.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Ten random bytes as sixteen letters in groups of four: 7ZQ4-0KXV-9T2M-BC5H. */
export function writeBackupCode(random: Uint8Array): string {
  let bits = 0n
  for (const byte of random) bits = (bits << 8n) | BigInt(byte)
  let letters = ''
  for (let i = 0; i < lettersInCode; i++) {
    letters = alphabet[Number(bits & 31n)] + letters
    bits >>= 5n
  }
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/** Its number on our own sheets, as in "10.  7ZQ4-0KXV-9T2M-BC5H", or on a list of somebody's: whoever copies a line copies that too. */
const numbered = /^[^0-9A-Z]*(?:NO[^0-9A-Z]*)?\d{1,2}[^0-9A-Z]+/i
const circled = /^\s*\p{No}/u

/**
 * What someone typed, as the letters that were hashed: case, spaces and hyphens don't count, full-width letters are
 * folded, and the letters people confuse are read as Crockford says (O is 0; I and L are 1).
 */
export function readBackupCode(typed: string): string {
  const text = typed.replace(circled, '').normalize('NFKC')
  const letters = lettersOf(text)
  return letters.length > lettersInCode && numbered.test(text)
    ? lettersOf(text.replace(numbered, ''))
    : letters
}

const lettersOf = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')

/** The set is part of what is hashed, so a code of an old set never matches, even if its hash survived. */
export function hashBackupCode(account: string, set: number, code: string, mac: Mac, like?: string): string {
  return mac(`backup-code|${account}|${set}|${readBackupCode(code)}`, like)
}

export function countCodesLeft(account: Protection): number {
  return account.backupCodes?.codes.filter((code) => code.usedAt === undefined).length ?? 0
}

export type Redemption =
  | { ok: true; left: number; set: number }
  | { ok: false; reason: 'throttled' | 'wrong' | 'used' | 'none' }

/** Spends a code: at most once, whoever else tries at the same time, as it runs inside the store's update. */
export function redeemBackupCode(
  account: Protection,
  typed: string,
  mac: Mac,
  now: number,
): [Protection, Redemption] {
  const throttle = account.throttles.backup_code
  if (!isAllowed(throttle, now) || isExhausted(throttle)) return [account, { ok: false, reason: 'throttled' }]
  const set = account.backupCodes
  if (set === undefined) return [account, { ok: false, reason: 'none' }]
  const found = set.codes.find(
    ({ hash }) => hash === hashBackupCode(account.id, set.number, typed, mac, hash),
  )
  if (found === undefined || found.usedAt !== undefined) {
    const throttles = { ...account.throttles, backup_code: failed(throttle, now) }
    return [
      { ...account, throttles },
      { ok: false, reason: found === undefined ? 'wrong' : 'used' },
    ]
  }
  const { backup_code: _, ...throttles } = account.throttles
  const codes = set.codes.map((code) => (code === found ? { ...code, usedAt: now } : code))
  const next = { ...account, throttles, backupCodes: { ...set, codes } }
  return [next, { ok: true, left: countCodesLeft(next), set: set.number }]
}

/**
 * Someone shows that they have their codes, by typing one that was not used yet: it isn't spent. Wrong ones count like
 * those of a sign-in, so that this page is no way to guess.
 */
export function proveBackupCodes(
  account: Protection,
  typed: string,
  mac: Mac,
  now: number,
): [Protection, Redemption] {
  const [redeemed, outcome] = redeemBackupCode(account, typed, mac, now)
  if (!outcome.ok) return [redeemed, outcome]
  const { codes, confirmedAt = now, ...set } = account.backupCodes!
  const next = { ...redeemed, backupCodes: { ...set, codes, confirmedAt, provenAt: now } }
  return [next, { ...outcome, left: countCodesLeft(next) }]
}

/** Gives the account a new set; the old one is void from here on, and so are the failures that disabled it. */
export function replaceBackupCodes(account: Protection, codes: string[], mac: Mac, now: number): Protection {
  const number = (account.backupCodes?.number ?? 0) + 1
  const hashed = codes.map((code) => ({ hash: hashBackupCode(account.id, number, code, mac) }))
  const { backup_code: _, ...throttles } = account.throttles
  return { ...account, throttles, backupCodes: { number, createdAt: now, codes: hashed } }
}
