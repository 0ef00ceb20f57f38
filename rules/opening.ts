import type { Attempt, Origin } from './attempt.ts'
import { type Effect, withEffects } from './effect.ts'
import { isLately } from './lately.ts'
import { isOpen, nextCaseAllowedFrom, type RecoveryCase } from './recovery-case.ts'
import { told } from './told.ts'

const day = 86_400_000

/** How many requests may be taken back a day before the next one: knowing the password, and having the mailbox as well. */
export const takenBack = { knowing: 2, having: 4 } as const

export type Permission = { ok: true } | { ok: false; reason: 'too_soon' | 'too_often'; from: number }

/**
 * Whether another case may be opened. Whoever opens one is only known to know the password: cases that are opened and
 * taken back again and again fill mailboxes, and those that were refused make the next one wait. Neither may keep the
 * owner out: who proves the mailbox too waits for nothing, up to a number that no one needs.
 */
export function mayOpen(earlier: RecoveryCase[], mailbox: boolean, now: number): Permission {
  const cancelled = earlier
    .filter(({ status, openedAt }) => status === 'cancelled' && isLately(openedAt, day, now))
    .sort((a, b) => b.openedAt - a.openedAt)
  const last = cancelled[(mailbox ? takenBack.having : takenBack.knowing) - 1]
  if (last !== undefined) return { ok: false, reason: 'too_often', from: last.openedAt + day }
  const from = mailbox ? 0 : nextCaseAllowedFrom(earlier, now)
  return from > now ? { ok: false, reason: 'too_soon', from } : { ok: true }
}

/**
 * Whether a case is a sign-in's own: it has opened it, or the browser that has came back with it. Any other one may be the
 * owner's as well as a stranger's.
 */
export function opened(one: RecoveryCase, { id, asked }: Pick<Attempt, 'id' | 'asked'>): boolean {
  return one.attempt === id || asked === one.id
}

const toldBy = (
  { id, account }: RecoveryCase,
  origin: Origin,
  event: 'recovery.resumed' | 'recovery.claimed',
  attempt: string,
): Effect[] =>
  told({ subject: account, actor: account, case: id, origin }, { id: `${id}:${event}:${attempt}`, event })

/**
 * The browser that opened a case comes back with another sign-in, having proven the password there too: both wait, and
 * whichever tab the person turns to goes on. Nothing where it isn't that browser's, or is decided already.
 */
export function resumed(
  one: RecoveryCase,
  attempt: string,
  browser: string,
  origin: Origin,
): RecoveryCase | undefined {
  const moving = one.status === 'completing' || !isOpen(one)
  if (moving || one.browser !== browser) return undefined
  return withEffects(one, toldBy(one, origin, 'recovery.resumed', attempt))
}

/**
 * Another sign-in says that the case is its own. Which of the two is the owner's can't be told: so nothing that either of
 * them has proven is enough afterwards, and the link of the completion mail is asked for as well.
 */
export function claimed(one: RecoveryCase, attempt: string, origin: Origin): RecoveryCase {
  if (!isOpen(one) || one.attempt === attempt) return one
  const terms = { ...one.terms, afterReset: 'password_and_mail' as const }
  return withEffects({ ...one, terms }, toldBy(one, origin, 'recovery.claimed', attempt))
}
