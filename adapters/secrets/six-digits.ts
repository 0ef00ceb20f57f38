import { randomInt } from 'node:crypto'

/** A code or a number that people read and type: six random digits (NIST SP 800-63B-4 §3.1.3.2). */
export function sixDigits(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}
