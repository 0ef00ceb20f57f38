import type { Locale } from './account.ts'
import { type Effect, type Promising, withEffects } from './effect.ts'
import type { Membership } from './membership.ts'
import { told } from './told.ts'

/** How long an invitation can be accepted. Milliseconds. */
export const invitationTime = 7 * 86_400_000
/** How often one may be sent: the mailbox may be somebody else's. */
const mostSent = 5

/** Somebody is asked to join an organization. */
export interface Invitation extends Promising {
  id: string
  organization: string
  /** Lower case. */
  address: string
  name: string
  role: Membership['role']
  locale?: Locale
  /** Somebody who was made already, and sets their first password with this. */
  account?: string
  by: string
  at: number
  /** Of the last mail; a link of an earlier one does nothing. */
  sentAt: number
  sent: number
  expiresOn: number
  status: 'proposed' | 'open' | 'accepted' | 'revoked'
}

export type InvitationRefusal =
  | 'unknown'
  | 'over'
  | 'too_often'
  /** Two people have to agree. */
  | 'own_proposal'

type Fresh = Omit<Invitation, 'sentAt' | 'sent' | 'expiresOn' | 'status' | 'effects'>

/** Nothing is mailed to whoever is to be invited before a second super admin agrees; the others hear of it. */
export function proposedInvitation(one: Fresh): Invitation {
  const { at, by, organization, address: added } = one
  const waits = { sentAt: at, sent: 0, expiresOn: at + invitationTime, status: 'proposed' as const }
  const made = { ...one, ...waits }
  return withEffects<Invitation>(made, [
    ...invitationTold(made, 'invitation.proposed', by),
    {
      kind: 'tell_super_admins',
      id: `${one.id}:admins`,
      name: 'invitation_proposed',
      organization,
      except: by,
      data: { at, added, organizationId: organization },
    },
  ])
}

/** A second super admin agrees: it is sent now. */
export function agreedInvitation(
  one: Invitation,
  by: string,
  now: number,
): [Invitation, InvitationRefusal | undefined] {
  if (one.status !== 'proposed' || one.expiresOn <= now) return [one, 'over']
  if (one.by === by) return [one, 'own_proposal']
  const sent = { sent: 1, sentAt: now, expiresOn: now + invitationTime, status: 'open' as const }
  const next = { ...one, ...sent }
  return [withEffects(next, [mailOf(next), ...invitationTold(next, 'invitation.sent', by)]), undefined]
}

/** As it is sent for the first time. */
export function invited(one: Fresh): Invitation {
  const { at } = one
  const made = { ...one, sentAt: at, sent: 1, expiresOn: at + invitationTime, status: 'open' as const }
  return withEffects<Invitation>(made, [mailOf(made), ...invitationTold(made, 'invitation.sent', one.by)])
}

/** The same again, with a link of its own: those of the mails before do nothing any more. */
export function resent(
  one: Invitation,
  by: string,
  now: number,
): [Invitation, InvitationRefusal | undefined] {
  if (one.status !== 'open') return [one, 'over']
  if (one.sent >= mostSent) return [one, 'too_often']
  const again = { ...one, sent: one.sent + 1, sentAt: now, expiresOn: now + invitationTime }
  return [withEffects(again, [mailOf(again), ...invitationTold(again, 'invitation.resent', by)]), undefined]
}

export function revoked(one: Invitation, by: string): [Invitation, InvitationRefusal | undefined] {
  if (one.status !== 'open' && one.status !== 'proposed') return [one, 'over']
  const over = { ...one, status: 'revoked' as const }
  return [withEffects(over, invitationTold(over, 'invitation.revoked', by)), undefined]
}

/** Whether a link still lets somebody in. */
export const isAcceptable = (one: Invitation | undefined, now: number): one is Invitation =>
  one?.status === 'open' && one.expiresOn > now

/** Whether it is on its way, or about to be. */
export const isWaiting = (one: Invitation, now: number): boolean =>
  (one.status === 'open' || one.status === 'proposed') && one.expiresOn > now

/** Accepted, by whoever holds the link: once, as it runs inside the store's update. */
export function accepted(
  one: Invitation,
  joins: { account: string; passwordHash?: string; name?: string },
  seal: (text: string) => string,
  now: number,
): Invitation | undefined {
  if (!isAcceptable(one, now)) return undefined
  const { account, passwordHash, name = one.name } = joins
  const join: Effect = {
    kind: 'join',
    id: `${one.id}:join`,
    account,
    invitation: one.id,
    organization: one.organization,
    address: one.address,
    name,
    role: one.role,
    locale: one.locale,
    sealed: passwordHash === undefined ? undefined : seal(passwordHash),
    at: now,
  }
  const { organization, role } = one
  const done = told(
    { subject: account, actor: account },
    { id: `${one.id}:accepted`, event: 'invitation.accepted', detail: { organization, role } },
  )
  return withEffects({ ...one, status: 'accepted' as const, account }, [join, ...done])
}

const mailOf = ({ id, sent }: Pick<Invitation, 'id' | 'sent'>): Effect => ({
  kind: 'mail_invitation',
  id: `${id}:mail:${sent}`,
  invitation: id,
  sent,
})

function invitationTold(
  { id, sent, organization, role }: Pick<Invitation, 'id' | 'sent' | 'organization' | 'role'>,
  event: 'invitation.proposed' | 'invitation.sent' | 'invitation.resent' | 'invitation.revoked',
  actor: string,
): Effect[] {
  return told({ subject: id, actor }, { id: `${id}:${event}:${sent}`, event, detail: { organization, role } })
}
