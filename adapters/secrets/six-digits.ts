import { randomInt } from 'node:crypto'
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
