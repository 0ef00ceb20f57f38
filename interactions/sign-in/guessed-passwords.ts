import { countInARow, countTry, forget, inARow } from '../../account/budget.ts'
import { beforeReply } from '../../provider/before-reply.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import type { Services } from '../services.ts'
import { isStranger } from './who-tries.ts'

/** What strangers' guesses of one password are counted under, from wherever they come. */
export function guessedRow({ ring }: Pick<Services, 'ring'>, email: string): string {
  return `password-row:${ring.mac(email)}`
}

const recordOf = ({ ring }: Services, email: string, by: string): string =>
  isStranger(by) ? `password:${ring.mac(email)}:${by}` : `password:${by}`

/**
 * Counts a try before the password is looked at, under the address that was typed, whoever has it. A stranger's network
 * waits for minutes at most; it may be the owner's.
 */
export function countGuess(services: Services, email: string, by: string): Promise<boolean> {
  const longest = isStranger(by) ? throttleLimits.strangersWait : throttleLimits.longestWait
  return countTry(services, recordOf(services, email, by), longest)
}

/** A wrong password, of a known address or not. */
export async function noteWrong(services: Services, email: string, by: string): Promise<void> {
  if (isStranger(by)) await countInARow(services, guessedRow(services, email))
}

/**
 * The right password. After a hundred wrong ones in a row (NIST SP 800-63B-4 §3.2.2) it isn't enough from a browser that
 * isn't known: true where the mailbox has to be proven as well.
 */
export async function noteRight(services: Services, email: string, by: string): Promise<boolean> {
  const row = guessedRow(services, email)
  const wrong = await inARow(services, row)
  const guessed = wrong >= throttleLimits.disableAfter
  await beforeReply(forget(services, recordOf(services, email, by)))
  if (wrong > 0 && !guessed) await beforeReply(forget(services, row))
  return guessed && isStranger(by)
}
