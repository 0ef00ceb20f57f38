import type { Membership, Protection } from './account.ts'
import { personWithStatus, type StatusChange } from './account-status.ts'
import { decidingMembership } from './approvers.ts'
import { type Effect, type NoticeName, withEffects } from './effect.ts'
import type { OwnPerson } from './own-person.ts'
import { sessionsEnded } from './signals.ts'

/** What a super admin can do with a member. */
export type MemberChange = 'end_sessions' | 'deactivate' | 'reactivate' | 'remove'

export type ChangeRefusal =
  | 'not_member'
  /** Nobody would be left to decide for an organization. */
  | 'last_super_admin'
  /** Another organization, of which the person has been a member longer, decides whether they may sign in. */
  | 'elsewhere'
  | 'not_possible'

export interface ChangeFacts {
  organization: string
  account: Pick<OwnPerson, 'status'>
  /** All of the account's. */
  memberships: Membership[]
  /** Organizations in which nobody but this account is an active super admin. */
  onlySuperAdminOf: string[]
}

/** Whether a super admin of the organization may do it; who they are was checked before. */
export function refusalOf(change: MemberChange, facts: ChangeFacts): ChangeRefusal | undefined {
  const { account, memberships, organization, onlySuperAdminOf } = facts
  if (!memberships.some((one) => one.organization === organization)) return 'not_member'
  const allowed = {
    end_sessions: ['active'],
    deactivate: ['active'],
    reactivate: ['deactivated'],
    remove: ['active', 'deactivated'],
  }
  if (!allowed[change].includes(account.status)) return 'not_possible'
  const lost = change === 'remove' && memberships.length > 1 ? [organization] : undefined
  const only = lost === undefined ? onlySuperAdminOf : onlySuperAdminOf.filter((one) => lost.includes(one))
  if (change !== 'reactivate' && change !== 'end_sessions' && only.length > 0) return 'last_super_admin'
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
export function deactivated(account: OwnPerson, change: ChangeBy): OwnPerson {
  return changed(account, 'deactivated', 'account_deactivated', change)
}

/** Whoever is signed in anywhere is out: sessions, tokens and sign-ins under way. The person may sign in again at once. */
export function signedOut(account: Protection, { id, by, reason, organization, at }: ChangeBy): Protection {
  const { id: subject } = account
  return withEffects({ ...account, validAfter: at }, [
    { kind: 'end_attempts', id: `${id}:attempts`, account: subject },
    { kind: 'end_sessions', id: `${id}:sessions`, account: subject },
    {
      kind: 'audit',
      id: `${id}:audit`,
      event: 'sessions.ended',
      actor: by,
      subject,
      detail: { reason, organization },
    },
    { kind: 'notice', id: `${id}:notice`, name: 'sessions_ended', to: subject, data: { at, reason } },
    { kind: 'signal', id: `${id}:signal`, account: subject, txn: id, events: sessionsEnded(at, 'admin') },
  ])
}

/** As deactivated, and forgotten after `retention`: until then recovery and audit have what they need. Milliseconds. */
export function removed(account: OwnPerson, change: ChangeBy, retention: number): OwnPerson {
  const { id, at, organization } = change
  const next = changed(account, 'removed', 'account_removed', change)
  // Who comes back after a removal comes back as a member.
  const demoted: Effect = { kind: 'demote', id: `${id}:demote`, account: account.id, organization }
  const gone = { ...next, removedAt: at, purgeable: 'yes' as const, purgeAt: at + retention }
  return withEffects(gone, [demoted])
}

/** The person belongs to the organization no more, and to others still. */
export function departed(account: Protection, { id, by, reason, organization }: ChangeBy): Protection {
  const about = { account: account.id, organization }
  return withEffects(account, [
    { kind: 'end_membership', id: `${id}:membership`, ...about },
    {
      kind: 'audit',
      id: `${id}:audit`,
      event: 'membership.removed',
      actor: by,
      subject: account.id,
      detail: { reason, organization },
    },
  ])
}

/** Whether somebody is about to decide for an organization no more: what was promised counts as done. */
export function isLeaving({ effects }: Pick<Protection, 'effects'>, organization: string): boolean {
  return effects.some((effect) => effect.kind === 'end_membership' && effect.organization === organization)
}

/** By a super admin: the person is told by whom and why. */
export function reactivatedBy(account: OwnPerson, change: ChangeBy): OwnPerson {
  return kept(changed(account, 'active', 'account_reactivated', change))
}

/** By the operator's support, whose case tells the person. */
export function reactivated(account: OwnPerson, change: StatusChange): OwnPerson {
  return kept(personWithStatus(account, 'active', change))
}

/** Not to be forgotten any more. */
function kept(account: OwnPerson): OwnPerson {
  const { removedAt: _removed, purgeable: _purgeable, purgeAt: _purgeAt, ...rest } = account
  return rest
}

function changed(
  account: OwnPerson,
  status: OwnPerson['status'],
  name: NoticeName,
  change: ChangeBy,
): OwnPerson {
  const { id, at, by, reason, organization } = change
  const next = personWithStatus(account, status, { id, at, by, detail: { reason, organization } })
  const cases: Effect[] =
    status === 'active' ? [] : [{ kind: 'end_cases', id: `${id}:cases`, account: account.id, by }]
  const notice: Effect = { kind: 'notice', id: `${id}:notice`, name, to: account.id, data: { at, reason } }
  return withEffects(next, [...cases, notice])
}
