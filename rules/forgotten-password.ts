import type { Account, Protection } from './account.ts'
import { isSecondFactor } from './assurance.ts'
import type { Origin } from './attempt.ts'
import { type Effect, withEffects } from './effect.ts'
import { hasSecondFactor } from './factor.ts'
import type { Proof } from './proof.ts'
import { passwordReset } from './signals.ts'
import type { Budget } from './throttle.ts'
import { told } from './told.ts'

/** How often a code is mailed to one address, known or not, because of one who asks: nobody's mailbox is to be filled. */
export const mailedCodeBudget: Budget = { capacity: 5, period: 3_600_000 }

/** And because of all strangers together, from however many networks. It fills up again within minutes. */
export const mailedToStrangers: Budget = { capacity: 20, period: 3_600_000 }

/** Wrong tries until a code is worth nothing; and in a row, of all codes for a mailbox, until codes can't be guessed. */
export const mostMailTries = { aCode: 5, inARow: 20 } as const

/**
 * What has still to be proven for a new password. The mailbox stands in for the password and for nothing else: whoever
 * has a second factor gives it as well. Right after a reset there is none, and the mailbox would be all that is asked
 * for; nor does it open an account that may not sign in.
 */
export function missingForPassword(
  account: Account,
  proofs: Proof[],
): 'mailbox' | 'second_factor' | 'impossible' | undefined {
  if (!proofs.some(({ method }) => method === 'mail_code')) return 'mailbox'
  if (account.status !== 'active') return 'impossible'
  if (hasSecondFactor(account)) return proofs.some(isSecondFactor) ? undefined : 'second_factor'
  return account.recovered === undefined ? undefined : 'impossible'
}

/** A password that was set in an attempt. */
export interface NewPassword {
  /** What the person had when the attempt looked at it: of two who set one at once, the first counts. */
  seen: Pick<Account, 'passwordVersion' | 'expiredVersion'>
  /** The new one, sealed. */
  sealed: string
  attempt: string
  /** When the oldest proof of the attempt was given. */
  since: number
  at: number
  /** Where it was set. */
  origin: Origin
}

/**
 * Sets the password in place of a forgotten one. Whoever used the old one is out: sessions and sign-ins under way end,
 * but for the attempt itself, whose proofs still stand. Undefined when something else came first.
 */
export function withPasswordReset(
  account: Protection,
  id: string,
  { seen, sealed, attempt, since, at, origin }: NewPassword,
): Protection | undefined {
  const subject = account.id
  if (account.validAfter > since || account.expiredVersion !== seen.expiredVersion) return undefined
  const by = { subject, actor: subject, origin, at }
  const happening = { id, event: 'password.reset' as const, notice: 'password_changed' as const }
  const [entry, ...others] = told(by, { ...happening, signals: passwordReset(at) })
  const promised: Effect[] = [
    entry!,
    { kind: 'end_attempts', id: `${id}:attempts`, account: subject, keep: attempt },
    { kind: 'end_sessions', id: `${id}:sessions`, account: subject, keep: attempt },
    ...others,
  ]
  const { passwordVersion, expiredVersion } = seen
  const sets: Effect = {
    kind: 'set_password',
    id,
    account: subject,
    sealed,
    seen: passwordVersion,
    expired: expiredVersion,
    voids: since,
    told: promised,
  }
  return withEffects(account, [sets])
}
