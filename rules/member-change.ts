import type { Protection } from './account.ts'
import { personWithStatus, type StatusChange } from './account-status.ts'
import { type Effect, withEffects } from './effect.ts'
import type { Membership } from './membership.ts'
import type { NoticeName } from './notice.ts'
import type { OwnPerson } from './own-person.ts'
import { sessionsEnded } from './signals.ts'
import { mailed, told } from './told.ts'

/** What a super admin can do with a member: with the membership, or with the account where it is the organization's. */
export type MemberChange = (typeof memberChanges)[number]

export const memberChanges = [
  'end_sessions',
  'suspend',
  'reinstate',
  'deactivate',
  'reactivate',
  'remove',
  'restore',
] as const

/** What undoes a change, where it can be undone at once. */
export const undoneBy: { readonly [change in MemberChange]?: MemberChange } = {
  suspend: 'reinstate',
  deactivate: 'reactivate',
  remove: 'restore',
}

export type ChangeRefusal =
  | 'not_member'
  /** Nobody would be left to decide for an organization. */
  | 'last_super_admin'
  /** The account isn't this organization's: it can end what the person has here, and no more. */
  | 'elsewhere'
  | 'not_possible'

export interface ChangeFacts {
  organization: string
  account: Pick<OwnPerson, 'status'>
  /** All of the account's. */
  memberships: Membership[]
  /** Organizations in which nobody but this account is an active super admin. */
  onlySuperAdminOf: string[]
  /** The organization that has the domain of the sign-in address. */
  claimedBy?: string | undefined
}

/**
 * Whether an account is an organization's: its domain says so. Where nobody has the domain, it is the only
 * organization's that the person belongs to: then there is nobody else to lock them out of.
 */
export function belongsTo(
  organization: string,
  { memberships, claimedBy }: Pick<ChangeFacts, 'memberships' | 'claimedBy'>,
): boolean {
  if (!memberships.some((one) => one.organization === organization)) return false
  return claimedBy === undefined ? memberships.length === 1 : claimedBy === organization
}

/** Changes that are about the whole account, and not about one membership. */
const ofAccount: readonly MemberChange[] = ['end_sessions', 'deactivate', 'reactivate', 'restore']

/** When each of them makes sense. */
const possible: { readonly [change in MemberChange]: OwnPerson['status'][] } = {
  end_sessions: ['active'],
  suspend: ['active', 'deactivated'],
  reinstate: ['active', 'deactivated'],
  deactivate: ['active'],
  reactivate: ['deactivated'],
  remove: ['active', 'deactivated'],
  restore: ['removed'],
}

export const possibleFor = (change: MemberChange, status: OwnPerson['status']): boolean =>
  possible[change].includes(status)

/** Whether a super admin of the organization may do it; who they are was checked before. */
export function refusalOf(change: MemberChange, facts: ChangeFacts): ChangeRefusal | undefined {
  const { account, memberships, organization } = facts
  const membership = memberships.find((one) => one.organization === organization)
  if (membership === undefined) return 'not_member'
  const suspended = membership.suspended !== undefined
  const fits = change === 'suspend' ? !suspended : change !== 'reinstate' || suspended
  if (!possibleFor(change, account.status) || !fits) return 'not_possible'
  if (takesLastAway(change, facts)) return 'last_super_admin'
  return ofAccount.includes(change) && !belongsTo(organization, facts) ? 'elsewhere' : undefined
}

/** Whether an organization would be left without anybody who decides. */
function takesLastAway(change: MemberChange, facts: ChangeFacts): boolean {
  const { organization, onlySuperAdminOf } = facts
  const here = change === 'suspend' || (change === 'remove' && !removesAccount(organization, facts))
  if (here) return onlySuperAdminOf.includes(organization)
  return (change === 'deactivate' || change === 'remove') && onlySuperAdminOf.length > 0
}

/** Whether a removal takes the account with it: only where the person belongs nowhere else. */
export const removesAccount = (
  organization: string,
  facts: Pick<ChangeFacts, 'memberships' | 'claimedBy'>,
): boolean => facts.memberships.length === 1 && belongsTo(organization, facts)

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
    ...told(
      { subject, actor: by, at },
      {
        id,
        event: 'sessions.ended',
        detail: { reason, organization },
        notice: 'sessions_ended',
        data: { reason },
        signals: sessionsEnded(at, 'admin'),
      },
    ),
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
export function departed(account: Protection, { id, at, by, reason, organization }: ChangeBy): Protection {
  const about = { account: account.id, organization }
  return withEffects(account, [
    { kind: 'end_membership', id: `${id}:membership`, ...about },
    { kind: 'end_apps_of', id: `${id}:apps`, ...about },
    ...told(
      { subject: account.id, actor: by },
      { id, event: 'membership.removed', detail: { reason, organization } },
    ),
    membershipNotice('membership_ended', account.id, { id, at, reason, organization }),
  ])
}

/** The person stays a member by name, and gets into nothing of the organization's. Other organizations don't notice. */
export function membershipSuspended(membership: Membership, change: ChangeBy): Membership {
  const { id, at, by, reason, organization } = change
  const { account } = membership
  return withEffects({ ...membership, suspended: { at, by, reason } }, [
    { kind: 'end_apps_of', id: `${id}:apps`, account, organization },
    ...membershipTold(membership, 'membership.suspended', change),
    membershipNotice('membership_suspended', account, { id, at, reason, organization }),
  ])
}

export function reinstated(membership: Membership, change: ChangeBy): Membership {
  const { suspended: _, ...rest } = membership
  return withEffects(rest, [
    ...membershipTold(membership, 'membership.reinstated', change),
    membershipNotice('membership_reinstated', membership.account, change),
  ])
}

const membershipTold = (
  { account }: Membership,
  event: 'membership.suspended' | 'membership.reinstated',
  { id, by, reason, organization }: ChangeBy,
): Effect[] => told({ subject: account, actor: by }, { id, event, detail: { reason, organization } })

const membershipNotice = (
  name: NoticeName,
  to: string,
  { id, at, reason, organization }: Omit<ChangeBy, 'by'>,
): Effect => mailed(name, to, { id: `${id}:notice`, data: { at, reason, organizationId: organization } })

/** Whether somebody is about to decide for an organization no more: what was promised counts as done. */
export function isLeaving({ effects }: Pick<Protection, 'effects'>, organization: string): boolean {
  return effects.some((effect) => effect.kind === 'end_membership' && effect.organization === organization)
}

/** By a super admin: the person is told by whom and why. Of a removal it is the undoing. */
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
  const notice = mailed(name, account.id, { id: `${id}:notice`, data: { at, reason } })
  return withEffects(next, [...cases, notice])
}
