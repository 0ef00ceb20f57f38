import { type Effect, withEffects } from './effect.ts'
import { isLately } from './lately.ts'
import type { RecoveryCase } from './recovery-case.ts'
import { told } from './told.ts'

/** How often the code of a request may be mailed again, and how long after the last time. Milliseconds. */
export const codeAgain = { most: 3, pause: 60_000 } as const

export type CodeAgain =
  | { ok: true; case: RecoveryCase }
  | { ok: false; reason: 'not_possible' | 'too_soon' | 'too_often' }

/**
 * A new code in place of the one that the person was mailed. What was entered wrongly before still counts: asking for
 * another one is no way to more guesses.
 */
export function withCodeAgain(
  one: RecoveryCase | undefined,
  { hash, sealed }: { hash: string; sealed: string },
  at: number,
): CodeAgain {
  if (one?.status !== 'awaiting_admin' || at >= one.expiresOn) return { ok: false, reason: 'not_possible' }
  const again = one.code.again ?? []
  const last = again.at(-1) ?? one.history.at(-1)?.at ?? one.openedAt
  if (again.length >= codeAgain.most) return { ok: false, reason: 'too_often' }
  if (isLately(last, codeAgain.pause, at)) return { ok: false, reason: 'too_soon' }
  const next = { ...one, code: { ...one.code, hash, again: [...again, at] } }
  return { ok: true, case: withEffects(next, effectsOf(next, again.length + 1, sealed, at)) }
}

function effectsOf(one: RecoveryCase, count: number, sealed: string, at: number): Effect[] {
  const { id, account, origin } = one
  const about = `${id}:code-again-${one.history.length}-${count}`
  const data = { expiresAt: one.expiresOn, approvers: one.approvers.length, at, route: 'admin', again: 1 }
  return told(
    { subject: account, actor: account, case: id, origin, at },
    { id: about, event: 'recovery.code_again', notice: 'recovery_requested', data, sealed },
  )
}
