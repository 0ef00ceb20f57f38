import type { Account, Membership } from './account.ts'
import { type StatusChange, withAccountStatus } from './account-status.ts'
import { decidingMembership } from './approvers.ts'
import { type Effect, type NoticeName, withEffects } from './effect.ts'

/** What a super admin can do with a member. */
export type MemberChange = 'deactivate' | 'reactivate' | 'remove'

export type ChangeRefusal =
  | 'not_member'
  /** Nobody would be left to decide for an organization. */
  | 'last_super_admin'
  /** Another organization, of which the person has been a member longer, decides whether they may sign in. */
  | 'elsewhere'
  | 'not_possible'

export interface ChangeFacts {
  organization: string
  account: Account
  /** All of the account's. */
  memberships: Membership[]
  /** Organizations in which nobody but this account is an active super admin. */
  onlySuperAdminOf: string[]
}

/** Whether a super admin of the organization may do it; who they are was checked before. */
export function refusalOf(change: MemberChange, facts: ChangeFacts): ChangeRefusal | undefined {
  const { account, memberships, organization, onlySuperAdminOf } = facts
  if (!memberships.some((one) => one.organization === organization)) return 'not_member'
  const allowed = { deactivate: ['active'], reactivate: ['deactivated'], remove: ['active', 'deactivated'] }
  if (!allowed[change].includes(account.status)) return 'not_possible'
  const lost = change === 'remove' && memberships.length > 1 ? [organization] : undefined
  const only = lost === undefined ? onlySuperAdminOf : onlySuperAdminOf.filter((one) => lost.includes(one))
  if (change !== 'reactivate' && only.length > 0) return 'last_super_admin'
  if (lost !== undefined) return undefined
  return decidingMembership(memberships)?.organization === organization ? undefined : 'elsewhere'
}

/** Whether a removal takes the account with it: only where the person belongs nowhere else. */
export const removesAccount = (memberships: Membership[]): boolean => memberships.length === 1

/** By whom, why and when. `id` makes the change's effects recognizable. */
export interface ChangeBy {
  id: string
  by: string
  reason: string
  organization: string
  at: number
}

/** The account may not sign in until it is reactivated; everything that is open ends, and the person is told why. */
export function deactivated(account: Account, change: ChangeBy): Account {
  return changed(account, 'deactivated', 'account_deactivated', change)
}

/** As deactivated, and forgotten after `retention`: until then recovery and audit have what they need. Milliseconds. */
export function removed(account: Account, change: ChangeBy, retention: number): Account {
  const next = changed(account, 'removed', 'account_removed', change)
  return { ...next, removedAt: change.at, purgeable: 'yes', purgeAt: change.at + retention }
}

/** By a super admin: the person is told by whom and why. */
export function reactivatedBy(account: Account, change: ChangeBy): Account {
  return kept(changed(account, 'active', 'account_reactivated', change))
}

/** By the operator's support, whose case tells the person. */
export function reactivated(account: Account, change: StatusChange): Account {
  return kept(withAccountStatus(account, 'active', change))
}

/** Not to be forgotten any more. */
function kept(account: Account): Account {
  const { removedAt: _removed, purgeable: _purgeable, purgeAt: _purgeAt, ...rest } = account
  return rest
}

function changed(account: Account, status: Account['status'], name: NoticeName, change: ChangeBy): Account {
  const { id, at, by, reason, organization } = change
  const next = withAccountStatus(account, status, { id, at, by, detail: { reason, organization } })
  const cases: Effect[] =
    status === 'active' ? [] : [{ kind: 'end_cases', id: `${id}:cases`, account: account.id, by }]
  const notice: Effect = { kind: 'notice', id: `${id}:notice`, name, to: account.id, data: { at, reason } }
  return withEffects(next, [...cases, notice])
}
