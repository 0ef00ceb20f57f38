import { countInARow, forget, inARow, spendOne } from '../../account/budget.ts'
import { digitsFor, lettersFor } from '../../adapters/secrets/six-digits.ts'
import { readCode } from '../../adapters/secrets/totp.ts'
import { readBackupCode } from '../../rules/backup-codes.ts'
import { mailedCodeBudget, mailedToStrangers, mostMailTries } from '../../rules/forgotten-password.ts'
import type { Services } from '../services.ts'
import { isStranger } from './who-tries.ts'

/** A code that is mailed, as an attempt keeps it: the failures are the attempt's, so that nobody else's use it up. */
export interface MailedCode {
  hash: string
  expiresAt: number
  failures?: number
  /** It is made of letters: for the page's keyboard. */
  letters?: boolean
}

const recordOf = ({ ring }: Services, mailbox: string): string => `mailed:${ring.mac(`mailed|${mailbox}`)}`

/** Whether a code may be mailed to an address: everyone who asks has a budget, and all strangers together have one. */
export async function mayMail(services: Services, mailbox: string, by: string): Promise<boolean> {
  const record = recordOf(services, mailbox)
  if (!(await spendOne(services, `${record}:${by}`, mailedCodeBudget))) return false
  return !isStranger(by) || spendOne(services, `${record}:strangers`, mailedToStrangers)
}

/**
 * Six digits; or sixteen letters for someone whose codes are being guessed: those can't be, however often it is tried,
 * and nobody has to be kept waiting for it.
 */
export async function drawCode(services: Services, mailbox: string, cause: string): Promise<string> {
  const guessed = (await inARow(services, recordOf(services, mailbox))) >= mostMailTries.inARow
  return guessed ? lettersFor(services.ring, cause) : digitsFor(services.ring, cause)
}

/** What was typed, as it is hashed: digits as they are, letters as Crockford reads them. */
export function readMailedCode(typed: string): string {
  const plain = readCode(typed)
  return /^\d*$/.test(plain) ? plain : readBackupCode(plain)
}

/** Whether another try of a code is looked at. */
export function isSpent(code: MailedCode): boolean {
  return (code.failures ?? 0) >= mostMailTries.aCode
}

export const failedOnce = <C extends MailedCode>(code: C): C => ({
  ...code,
  failures: (code.failures ?? 0) + 1,
})

/** Counts a wrong code against the mailbox, whoever typed it; a right one ends the row. */
export async function countMailed(services: Services, mailbox: string, right: boolean): Promise<void> {
  const record = recordOf(services, mailbox)
  if (right) await forget(services, record)
  else await countInARow(services, record)
}
