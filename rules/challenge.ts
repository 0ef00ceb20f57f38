import { isFirstFactor } from './assurance.ts'
import type { Choice } from './attempt.ts'
import { asksPasskey } from './demand.ts'
import { kindsOfFactors } from './kinds.ts'
import { isOpen } from './recovery-case.ts'
import { isReset, isStale, standingProofs } from './standing.ts'
import type { Situation, Step } from './step.ts'
import { firstFactorPage } from './upstream.ts'
import { otherWays, type Preference, waysOf } from './ways.ts'

/** Proving a second factor, by the way that the person chose; or asking for a reset. */
export function challenge(situation: Situation): Step {
  const { attempt } = situation
  const choice = attempt.choice ?? (isBackForReset(situation) ? 'recovery' : undefined)
  if (choice === 'recovery') return askAgain(situation)
  // A pass is offered while it can still be used; afterwards the page that asks for it would be a dead end.
  if (choice === 'pass' && hasPass(situation)) return { step: 'pass' }
  return factorPage(situation)
}

/** Sent here to ask for a reset; or back in the browser that has asked for one, to see where it stands. */
const isBackForReset = ({ attempt, asked, openCase }: Situation): boolean =>
  attempt.ask.action === 'reset_authenticator' || (asked === true && openCase?.kind === undefined)

/** The page of the factor that the person chose, or of the first that they have. */
export function factorPage(situation: Situation): Step {
  const { choice } = situation.attempt
  if (choice === 'backup_code') return { step: 'backup_code' }
  const ways = waysOf(situation.account!, preferenceOf(situation))
  const way = ways.find((one) => one === choice) ?? ways[0]
  return { step: kindsOfFactors[way ?? 'totp'].step }
}

/** Asking for a reset: the explanation first, then the case and where it stands. */
export function askAgain(situation: Situation): Step {
  const { attempt, case: waitedFor } = situation
  if (attempt.case === undefined || waitedFor === undefined) return opening(situation)
  if (isOpen(waitedFor)) return { step: 'recovery_waiting' }
  // It took the old factors, and another tab has set up a new one since.
  if (isReset(situation)) return factorPage(situation)
  return waitedFor.pass !== undefined && hasPass(situation) ? { step: 'pass' } : { step: 'recovery_closed' }
}

/** Before a case: what has to be proven for one, and whether there is one already that somebody else may have opened. */
function opening(situation: Situation): Step {
  const { attempt, account, openCase } = situation
  const standing = standingProofs(situation)
  // Whoever has come by a session of this morning doesn't know the password, and must not open a case.
  if (isStale(attempt, standing.filter(isFirstFactor))) return firstFactorPage(situation)
  // A password that is in strange hands opens no case by itself: its owner could be stopped with it again and again.
  const mailbox = account?.passwordExpired !== undefined || attempt.mailboxFirst === true
  if (mailbox && !standing.some(({ method }) => method === 'mail_code')) return { step: 'mail_code' }
  if (openCase === undefined) return { step: 'recovery' }
  return { step: situation.asked ? 'recovery_waiting' : 'whose_case' }
}

export function hasPass({ account, now }: Pick<Situation, 'account' | 'now'>): boolean {
  return account?.pass !== undefined && account.pass.expiresAt > now
}

/** Every way in which someone can go on from a verification screen. */
export function waysOn(situation: Situation): Choice[] {
  const { account, attempt } = situation
  if (account === undefined) return []
  return otherWays(account, preferenceOf(situation), attempt.forgotten === undefined && hasPass(situation))
}

/** What orders the ways on someone's verification screen. */
function preferenceOf(situation: Situation): Preference {
  return { phishingResistant: asksPasskey(situation), lastUsed: situation.lastUsed }
}
