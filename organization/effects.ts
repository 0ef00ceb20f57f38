import { listPerson } from '../adapters/store/listings.ts'
import { Conflict } from '../adapters/store/port.ts'
import { mailedToken } from '../effects/links.ts'
import type { Followers, HandlerServices, Handlers } from '../effects/services.ts'
import { freshProtection } from '../rules/account.ts'
import { type Effect, type EffectOf, withEffects } from '../rules/effect.ts'
import { isAcceptable } from '../rules/invitation.ts'
import { listedProtection, tellsTheSame } from '../rules/listing.ts'
import { type Membership, membershipOf, withRole } from '../rules/membership.ts'
import type { OwnPerson } from '../rules/own-person.ts'
import { createdPerson } from '../rules/person-change.ts'
import { told } from '../rules/told.ts'
import { joinContext } from './invitations.ts'

type Kinds =
  | 'list_person'
  | 'end_membership'
  | 'demote'
  | 'invite'
  | 'mail_invitation'
  | 'join'
  | 'end_proposal'

/** What follows from a change of who belongs to an organization. */
export function organizationHandlers(services: HandlerServices): Handlers<Kinds> {
  const { change } = services
  return {
    list_person: ({ account }) => list(services, account),
    end_membership: async ({ organization, account }) => {
      await change('memberships', `${organization}:${account}`, (current) => [
        current && ended(current),
        undefined,
      ])
      await list(services, account)
    },
    demote: ({ organization, account }) =>
      change('memberships', `${organization}:${account}`, (current) => [
        current && withRole(current, 'member', current.since),
        undefined,
      ]),
    // Written as it was promised: a repeat finds it there.
    invite: async ({ invitation }) => {
      const one = JSON.parse(invitation)
      await change('invitations', one.id, (current) => [current ?? one, undefined])
    },
    mail_invitation: (effect) => mailInvitation(services, effect),
    join: (effect) => join(services, effect),
    end_proposal: ({ proposal, serial }) =>
      change('proposals', proposal, (current) => [
        current?.serial === serial ? undefined : current,
        undefined,
      ]),
  }
}

const list = ({ store, people }: HandlerServices, account: string): Promise<void> =>
  listPerson(store, account, async () => {
    const person = await people.get(account)
    return person && { id: person.id, name: person.name, email: person.mail[0], status: person.status }
  })

/** What it still promises is done first; it goes with the last of that. */
const ended = (membership: Membership): Membership | undefined =>
  (membership.effects?.length ?? 0) === 0 ? undefined : { ...membership, ended: true }

/** Every change of these that a list tells of is followed by the list. */
export const listFollowers: Followers = {
  people: (before, after, id) => (tellsTheSame(said(before), said(after)) ? [] : [listed(after.id, id)]),
  protections: (before, after, id) =>
    tellsTheSame(listedProtection(before ?? freshProtection(after.id)), listedProtection(after))
      ? []
      : [listed(after.id, id)],
  memberships: (before, after, id) =>
    tellsTheSame(standing(before), standing(after)) ? [] : [listed(after.account, id)],
}

const listed = (account: string, id: string): Effect => ({ kind: 'list_person', id: `list:${id}`, account })

const said = (person: OwnPerson | undefined) =>
  person && [person.name, person.login, person.mail[0], person.status, person.forgotten]

const standing = (membership: Membership | undefined) =>
  membership && [membership.role, membership.since, membership.suspended !== undefined]

async function mailInvitation(
  services: HandlerServices,
  { id, invitation, sent }: EffectOf<'mail_invitation'>,
): Promise<void> {
  const { store, ring, clock, views, outbox, config, accounts } = services
  const one = await store.invitations.get(invitation)
  if (!isAcceptable(one, clock()) || one.sent !== sent) return
  const link = { purpose: 'invitation', account: one.id, about: String(sent) } as const
  const token = await mailedToken(store, ring, { ...link, createdAt: one.sentAt, expiresAt: one.expiresOn })
  const [organization, inviter] = await Promise.all([
    store.organizations.get(one.organization),
    accounts.get(one.by),
  ])
  const rendered = views.notice('invitation', one.locale ?? 'en', {
    name: one.name,
    email: one.address,
    at: one.sentAt,
    organization: organization?.name,
    subjectName: inviter?.name ?? '',
    subjectEmail: inviter?.email ?? '',
    accept: `${config.base}/invitation/${token}`,
    until: one.expiresOn,
  })
  const message = { id, channel: 'mail' as const, to: one.address, ...rendered }
  await outbox.queue(id, `invitation:${one.id}`, { kind: 'message', message })
}

/** Somebody new, or with their first password; and a member. What is there stays: a repeat changes nothing. */
async function join(services: HandlerServices, effect: EffectOf<'join'>): Promise<void> {
  const { id, account, organization, role, by, at } = effect
  if (!(await isPerson(services, effect)) || organization === '') return
  const membership = withEffects(
    membershipOf(organization, account, role, at),
    told(
      { subject: account, actor: by ?? account },
      { id: `${id}:membership`, event: 'membership.added', detail: { organization, role } },
    ),
  )
  await services.change('memberships', membership.id, (current) => [current ?? membership, undefined])
}

async function isPerson(services: HandlerServices, effect: EffectOf<'join'>): Promise<boolean> {
  const { account, invitation, sealed, address } = effect
  const there = await services.people.get(account)
  if (there !== undefined && sealed === undefined) return true
  if (sealed === undefined) return false
  const passwordHash = services.ring.open(sealed, joinContext(invitation))
  try {
    return await services.change('people', account, (current): [OwnPerson | undefined, boolean] => {
      if (current === undefined) return [newcomer(effect, passwordHash), true]
      // Proven with the password: whatever became of either since is the person's own.
      if (current.mail.includes(address)) return [current, true]
      return [{ ...current, passwordHash, name: effect.name, mail: [address, ...current.mail] }, true]
    })
  } catch (error) {
    // Somebody else has come by that address meanwhile: nobody is made, and nobody joins.
    if (error instanceof Conflict) return false
    throw error
  }
}

function newcomer(
  { id, account, address, name, locale, at }: EffectOf<'join'>,
  passwordHash: string,
): OwnPerson {
  const made = { id: account, login: address, name, locale, passwordHash, mail: [address] }
  return createdPerson(made, { id, at, by: account, reason: '' })
}
