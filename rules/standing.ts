import { isFirstFactor, isSecondFactor } from './assurance.ts'
import type { Attempt } from './attempt.ts'
import { needsSecondFactor } from './demand.ts'
import { opened } from './opening.ts'
import type { Proof } from './proof.ts'
import type { Situation } from './step.ts'

/**
 * The proofs that still count. What was proven before `validAfter` is void: a reset or a "this wasn't me" ended it. So is
 * an old password: who waits at the next page with it must not get in once its owner has set another one.
 * The one exception is the sign-in that waited for the reset: the completed case is a proof of its own.
 */
export function standingProofs({ attempt, account, case: waitedFor }: Situation): Proof[] {
  const validAfter = account?.validAfter ?? 0
  const present = account?.passwordVersion
  const given = attempt.proofs.filter(({ password }) => password === undefined || password === present)
  // Only whose own the case is: a sign-in that joined it, perhaps a stranger's, proves everything again.
  const waited = waitedFor !== undefined && opened(waitedFor, attempt)
  const completedAt = waited && isReset({ account, case: waitedFor }) ? waitedFor.completedAt : undefined
  if (completedAt !== undefined && completedAt >= validAfter) {
    // Of what was proven before, only the password: a factor that the reset took away proves nothing any more.
    const standing = given.filter((proof) => proof.method === 'pwd' || proof.at >= validAfter)
    return [...standing, { method: 'recovery', at: completedAt }]
  }
  return given.filter((proof) => proof.at >= validAfter)
}

/** Whether the case that is waited for is the reset that last took everything away, and no pass. */
export const isReset = ({ account, case: one }: Pick<Situation, 'account' | 'case'>): boolean =>
  one?.status === 'completed' && one.pass === undefined && one.id === account?.lastReset

/** A trusted browser stands in for a factor, unless the app insists on one or sent the person to change something. */
export function withTrust({ attempt, account, trusted, now }: Situation, proofs: Proof[]): Proof[] {
  const insists = needsSecondFactor(attempt) || attempt.ask.action !== undefined
  const counts = trusted && !insists && !proofs.some(isSecondFactor)
  return counts
    ? [...proofs, { method: 'trusted_browser', at: Math.max(now, account?.validAfter ?? 0) }]
    : proofs
}

/** How long before a sign-in began a proof may have been given that a factor is bound with. Milliseconds. */
const freshFor = 300_000

/** What must be proven again before a factor is bound: a session of this morning is not enough (OWASP ASVS 5, 7.5.1). */
export function staleFor(attempt: Attempt, proofs: Proof[]): 'first' | 'second' | undefined {
  if (isStale(attempt, proofs.filter(isSecondFactor))) return 'second'
  const fresh = proofs.some(({ method }) => method === 'recovery')
  return !fresh && isStale(attempt, proofs.filter(isFirstFactor)) ? 'first' : undefined
}

/** Whether all of these come from a session that had stood for a while when the sign-in began. */
export function isStale({ createdAt }: Attempt, given: Proof[]): boolean {
  return given.length > 0 && given.every(({ at }) => at < createdAt - freshFor)
}
