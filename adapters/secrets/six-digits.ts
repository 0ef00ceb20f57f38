import { randomInt } from 'node:crypto'
import { backupCodeBytes, writeBackupCode } from '../../rules/backup-codes.ts'
import type { KeyRing } from './key-ring.ts'

/** A code or a number that people read and type: six random digits (NIST SP 800-63B-4 §3.1.3.2). */
export function sixDigits(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}

/** Six digits that nobody but us can make of a cause: the same ones each time, where it may have to be done again. */
export function digitsFor({ mac }: Pick<KeyRing, 'mac'>, cause: string): string {
  const drawn = Buffer.from(mac(`six-digits|${cause}`), 'base64url').readUIntBE(0, 6)
  return String(drawn % 1_000_000).padStart(6, '0')
}

/** Sixteen letters in groups of four, in the same way: 80 bits. */
export function lettersFor(ring: Pick<KeyRing, 'mac'>, cause: string): string {
  return writeBackupCode(Buffer.from(ring.mac(`letters|${cause}`), 'base64url').subarray(0, backupCodeBytes))
}
