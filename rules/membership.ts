import type { Promising } from './effect.ts'

export interface Membership extends Promising {
  /** `${organization}:${account}` */
  id: string
  organization: string
  account: string
  role: 'super_admin' | 'member'
  /** When the person joined. */
  since: number
  /** When the person became super admin; together with superAdminOf only while they are one. */
  superAdminSince?: number
  /** The organization again, so that an index lists super admins in the order they became it. */
  superAdminOf?: string
  /** The organization has suspended the person: they get into none of its apps, and decide nothing. */
  suspended?: { at: number; by: string; reason: string }
  /** Over: gone with the last of what it still promises. */
  ended?: true
}

export const membershipEnding = (membership: Membership): Membership | undefined =>
  membership.ended === true ? undefined : membership

/** Whether someone may decide for the organization. */
export const isSuperAdmin = (membership: Membership | undefined): boolean =>
  membership?.role === 'super_admin' && membership.suspended === undefined

/** Someone who joins an organization. */
export function membershipOf(
  organization: string,
  account: string,
  role: Membership['role'],
  since: number,
): Membership {
  const one = { id: `${organization}:${account}`, organization, account, role: 'member' as const, since }
  return role === 'member' ? one : withRole(one, role, since)
}

/** The same person in another role. */
export function withRole(membership: Membership, role: Membership['role'], at: number): Membership {
  const { superAdminOf: _of, superAdminSince: _since, ...rest } = membership
  if (role === 'member') return { ...rest, role }
  return { ...rest, role, superAdminOf: rest.organization, superAdminSince: at }
}
