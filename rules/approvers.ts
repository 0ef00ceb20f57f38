import type { Membership, RecoveryRoute } from './account.ts'

/** A person asks at most this many super admins. */
export const mostApprovers = 25

/** The membership that decides who is asked: the one the person has had longest. */
export function decidingMembership(memberships: Membership[]): Membership | undefined {
  return memberships.toSorted((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))[0]
}

/** The first super admins in the order in which they became it; the subject never among them. */
export function approversFor(subject: string, superAdmins: Membership[]): string[] {
  return superAdmins
    .filter((membership) => membership.role === 'super_admin' && membership.account !== subject)
    .toSorted((a, b) => superAdminSince(a) - superAdminSince(b) || (a.id < b.id ? -1 : 1))
    .slice(0, mostApprovers)
    .map((membership) => membership.account)
}

const superAdminSince = (membership: Membership): number => membership.superAdminSince ?? membership.since

/** The ways a person is offered, best first. */
export function routesFor(facts: { approvers: number; active: boolean }): RecoveryRoute[] {
  return facts.active && facts.approvers > 0 ? ['admin'] : ['identity', 'support']
}
