import { randomUUID } from 'node:crypto'
import { newPasswordFault } from '../account/password.ts'
import type { AccountServices } from '../account/services.ts'
import { findAll } from '../adapters/store/find-all.ts'
import { findLink } from '../effects/links.ts'
import type { Locale } from '../rules/account.ts'
import { readAddress } from '../rules/addresses.ts'
import {
  accepted,
  agreedInvitation,
  type Invitation,
  type InvitationRefusal,
  invited,
  isAcceptable,
  isWaiting,
  proposedInvitation,
  resent,
  revoked,
} from '../rules/invitation.ts'
import { isLately } from '../rules/lately.ts'
import type { Membership } from '../rules/membership.ts'
import type { PasswordFault } from '../rules/password.ts'
import { readName } from '../rules/person-change.ts'
import { takesTwo } from '../rules/role-change.ts'
import { superAdminsBeside } from './standing.ts'

const day = 86_400_000
/** How many one mailbox may get in a day, from all organizations together. */
const mostInADay = 5

export interface Invite {
  organization: string
  address: string
  name?: string
  role?: Membership['role']
  locale?: Locale | undefined
  by: string
  /** The operator acts, whom nobody in the organization has to agree with. */
  operator?: true
}

export type InviteRefusal =
  | 'unreadable'
  /** They belong to the organization already. */
  | 'member'
  /** An invitation to that address waits already. */
  | 'invited'
  | 'too_often'
  | 'unknown'

export type InviteOutcome = { ok: true; invitation: Invitation } | { ok: false; reason: InviteRefusal }

/**
 * Asks somebody to join. Nothing is made of them before they accept; where two super admins have to agree to another one,
 * nothing is sent before the second does.
 */
export async function invite(services: AccountServices, wanted: Invite): Promise<InviteOutcome> {
  const address = readAddress(wanted.address)
  if (address === undefined) return { ok: false, reason: 'unreadable' }
  const refusal = await inviteRefusal(services, { ...wanted, address })
  if (refusal !== undefined) return { ok: false, reason: refusal }
  const { organization, role = 'member', locale, by } = wanted
  const name = readName(wanted.name ?? '') ?? ''
  const asked = { organization, address, name, role, locale, by, at: services.clock() }
  const made = (await waitsForSecond(services, wanted)) ? proposedInvitation : invited
  const one = made({ ...asked, id: randomUUID() })
  await services.create('invitations', one)
  return { ok: true, invitation: one }
}

async function inviteRefusal(services: AccountServices, wanted: Invite): Promise<InviteRefusal | undefined> {
  const { store, accounts, clock } = services
  const { organization, address } = wanted
  if ((await store.organizations.get(organization)) === undefined) return 'unknown'
  const person = await accounts.find(address)
  if (person && (await store.memberships.get(`${organization}:${person.id}`))) return 'member'
  const sent = await findAll(store.invitations, 'address', address)
  const now = clock()
  if (sent.some((one) => one.organization === organization && isWaiting(one, now))) return 'invited'
  return sent.filter(({ sentAt }) => isLately(sentAt, day, now)).length >= mostInADay
    ? 'too_often'
    : undefined
}

/** Whether a second super admin has to agree. Who decides about the policy decides about this, too. */
async function waitsForSecond(
  services: AccountServices,
  { organization, role, by, operator }: Invite,
): Promise<boolean> {
  if (role !== 'super_admin' || operator === true) return false
  const others = await superAdminsBeside(services, organization, by, 1)
  return takesTwo((await services.store.organizations.get(organization))?.policy ?? {}, others + 1)
}

/** A second super admin agrees to what was proposed. Who decides was checked to be one. */
export function agreeToInvitation(
  services: AccountServices,
  about: { organization: string; id: string; by: string },
): Promise<InvitationRefusal | undefined> {
  const now = services.clock()
  return changeInvitation(services, about, (one) => agreedInvitation(one, about.by, now))
}

/** Sends an invitation again, with a link of its own. */
export function resendInvitation(
  services: AccountServices,
  about: { organization: string; id: string; by: string },
): Promise<InvitationRefusal | undefined> {
  const now = services.clock()
  return changeInvitation(services, about, (one) => resent(one, about.by, now))
}

export function revokeInvitation(
  services: AccountServices,
  about: { organization: string; id: string; by: string },
): Promise<InvitationRefusal | undefined> {
  return changeInvitation(services, about, (one) => revoked(one, about.by))
}

function changeInvitation(
  { change }: AccountServices,
  { organization, id }: { organization: string; id: string },
  rule: (one: Invitation) => [Invitation, InvitationRefusal | undefined],
): Promise<InvitationRefusal | undefined> {
  return change('invitations', id, (current): [Invitation | undefined, InvitationRefusal | undefined] =>
    current?.organization === organization ? rule(current) : [current, 'unknown'],
  )
}

/** Invitations of an organization that were not accepted or withdrawn, the newest first. */
export async function openInvitations(
  { store }: Pick<AccountServices, 'store'>,
  organization: string,
  page: { limit: number; after?: Invitation | undefined },
): Promise<Invitation[]> {
  const found = await store.invitations.find('organization', organization, { ...page, backwards: true })
  return found.filter(({ status }) => status === 'open' || status === 'proposed')
}

/** The invitation that a mailed link is for, while it can be accepted. */
export async function invitationOf(
  { store, clock }: Pick<AccountServices, 'store' | 'clock'>,
  token: string,
): Promise<Invitation | undefined> {
  const link = await findLink(store, 'invitation', token)
  const one = link && (await store.invitations.get(link.account))
  return isAcceptable(one, clock()) && link?.about === String(one.sent) ? one : undefined
}

export type AcceptOutcome =
  | { ok: true; account: string; address: string }
  | { ok: false; reason: 'over' | 'name' | 'taken' | PasswordFault }

/** Whoever is new here sets a name and a password: the link has proven the address. */
export async function acceptAsNew(
  services: AccountServices,
  invitation: Invitation,
  chosen: { name: string; password: string },
): Promise<AcceptOutcome> {
  const { address, account } = invitation
  const name = readName(chosen.name)
  if (name === undefined) return { ok: false, reason: 'name' }
  const there = await services.accounts.find(address)
  if (there !== undefined && there.id !== account) return { ok: false, reason: 'taken' }
  // A second factor follows at once, and the password stands beside it.
  const fault = newPasswordFault(services.config, { email: address, name, factors: [] }, chosen.password)
  if (fault !== undefined) return { ok: false, reason: fault }
  const passwordHash = await services.passwords.hash(chosen.password)
  return accept(services, invitation, { account: account ?? randomUUID(), passwordHash, name })
}

/** Whoever has an account joins with it: they have signed in, and the address of the invitation is theirs. */
export async function acceptAs(
  services: AccountServices,
  invitation: Invitation,
  account: string,
): Promise<AcceptOutcome> {
  const person = await services.accounts.get(account)
  if (person?.email !== invitation.address) return { ok: false, reason: 'taken' }
  return accept(services, invitation, { account })
}

async function accept(
  { change, ring, clock }: AccountServices,
  { id, address }: Invitation,
  joins: Parameters<typeof accepted>[1],
): Promise<AcceptOutcome> {
  const now = clock()
  const seal = (text: string) => ring.seal(text, joinContext(id))
  return change('invitations', id, (current): [Invitation | undefined, AcceptOutcome] => {
    const next = current && accepted(current, joins, seal, now)
    if (next === undefined) return [current, { ok: false, reason: 'over' }]
    return [next, { ok: true, account: joins.account, address }]
  })
}

/** What the first password of an invitation is sealed for. */
export const joinContext = (invitation: string): string => `join|${invitation}`
