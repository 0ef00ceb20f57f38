import type { RecoveryRoute } from './account.ts'
import { isSuperAdmin, type Membership } from './membership.ts'

/** A person asks at most this many super admins. */
export const mostApprovers = 25

/** The membership that decides who is asked: the one the person has had longest, and that is not suspended if one isn't. */
export function decidingMembership(memberships: Membership[]): Membership | undefined {
  const standing = memberships.filter(({ suspended }) => suspended === undefined)
  return (standing.length > 0 ? standing : memberships).toSorted(
    (a, b) => a.since - b.since || (a.id < b.id ? -1 : 1),
  )[0]
}

/** The first super admins in the order in which they became it; the subject never among them. */
export function approversFor(subject: string, superAdmins: Membership[]): string[] {
  return superAdmins
    .filter((membership) => isSuperAdmin(membership) && membership.account !== subject)
    .toSorted((a, b) => superAdminSince(a) - superAdminSince(b) || (a.id < b.id ? -1 : 1))
    .slice(0, mostApprovers)
    .map((membership) => membership.account)
}

const superAdminSince = (membership: Membership): number => membership.superAdminSince ?? membership.since

/** A way to a reset that a person is offered, and why it is this one. */
export interface RouteOffer {
  route: RecoveryRoute
  why: 'super_admin' | 'only_super_admin' | 'no_super_admin' | 'inactive' | 'preferred' | 'last_resort'
}

export interface RouteFacts {
  /** Super admins other than the subject who can act. */
  approvers: number
  /** Whether the subject is a super admin of the deciding organization. */
  superAdmin: boolean
  /** Whether the account may sign in at all. */
  active: boolean
  /** Whether the operator has connected a provider of identity verification. */
  proofing: boolean
  /** Whether more than a name could be compared with a document. */
  identified: boolean
  /** Whether there are agents of the operator's support. */
  support: boolean
  /** Whether the organization wants a photo ID to be offered first. */
  preferIdentity?: boolean
  routesOff: RecoveryRoute[]
}

/**
 * The ways a person is offered, best first: another super admin; a photo ID where none can decide, or first where the
 * organization prefers it; the operator's support as the last. What the organization switched off is left out.
 */
export function routesFor(facts: RouteFacts): RouteOffer[] {
  const offers: RouteOffer[] = []
  const identity = facts.proofing && (people(facts) || (facts.active && facts.identified))
  const preferred = facts.active && identity && facts.preferIdentity === true
  if (preferred) offers.push({ route: 'identity', why: 'preferred' })
  if (facts.active && facts.approvers > 0 && !facts.routesOff.includes('admin')) {
    offers.push({ route: 'admin', why: 'super_admin' })
  } else if (identity && !preferred) {
    offers.push({ route: 'identity', why: whyIdentity(facts) })
  }
  if (facts.support) offers.push({ route: 'support', why: 'last_resort' })
  return offers.filter((offer) => !facts.routesOff.includes(offer.route))
}

/** Where a document proves no more than a name, or a reactivation, there must be people who decide. */
const people = ({ support, routesOff }: RouteFacts): boolean => support && !routesOff.includes('support')

function whyIdentity({ active, approvers, superAdmin }: RouteFacts): RouteOffer['why'] {
  if (!active) return 'inactive'
  if (approvers > 0) return 'last_resort'
  return superAdmin ? 'only_super_admin' : 'no_super_admin'
}
