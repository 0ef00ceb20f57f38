import { randomBytes, randomUUID } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'
import { Conflict } from '../adapters/store/port.ts'
import { findLink } from '../effects/links.ts'
import type { Protection } from '../rules/account.ts'
import { readAddress } from '../rules/addresses.ts'
import { withEffects } from '../rules/effect.ts'
import { invited } from '../rules/invitation.ts'
import type { Membership } from '../rules/membership.ts'
import type { OwnPerson } from '../rules/own-person.ts'
import {
  askedForLogin,
  createdPerson,
  factorTaken,
  type Names,
  type PersonChangeBy,
  provenLogin,
  readName,
  renamed,
  withdrawnLogin,
} from '../rules/person-change.ts'
import { claimedBy, mayChangeAccount, standingOf } from './standing.ts'

/** Who acts, why, and for which organization: the operator where none is named. */
export interface ActsBy {
  by: string
  reason: string
  organization?: string | undefined
}

export interface NewPerson extends Names {
  login: string
  /** As what they join the organization. */
  role?: Membership['role']
  /** Whether they are mailed the link with which they set their first password. */
  invite?: boolean
  /** The operator vouches for the address. */
  verified?: boolean
}

export type CreateRefusal =
  | 'unreadable'
  | 'name'
  | 'taken'
  /** The domain of the address isn't the organization's: such people are invited, and make their account themselves. */
  | 'not_yours'
  | 'unknown'

export type CreateOutcome = { ok: true; person: string } | { ok: false; reason: CreateRefusal }

/** Makes an account for somebody whose address is the organization's, or anybody's where the operator does. */
export async function createPerson(
  services: AccountServices,
  wanted: NewPerson,
  { by, reason, organization }: ActsBy,
): Promise<CreateOutcome> {
  const { login: typed, name: typedName, role = 'member', invite = true, verified, ...rest } = wanted
  const login = readAddress(typed)
  const name = readName(typedName)
  const refusal = await createRefusal(services, login, name, organization)
  if (refusal !== undefined) return { ok: false, reason: refusal }
  const [id, at] = [randomUUID(), services.clock()]
  const passwordHash = await services.passwords.hash(randomBytes(32).toString('base64url'))
  const mail = verified && organization === undefined ? [login!] : []
  const made = { ...rest, id, login: login!, name: name!, passwordHash, mail }
  const about: PersonChangeBy = { id: `person:${randomUUID()}`, at, by, reason, organization }
  const person = createdPerson(made, about)
  const joins = organization === undefined ? [] : [joinOf(made, organization, role, about)]
  const fresh = withEffects(person, [
    ...joins,
    ...(invite ? [inviteOf(made, organization, role, about)] : []),
  ])
  try {
    await services.create('people', fresh)
  } catch (error) {
    if (error instanceof Conflict) return { ok: false, reason: 'taken' }
    throw error
  }
  return { ok: true, person: id }
}

async function createRefusal(
  services: AccountServices,
  login: string | undefined,
  name: string | undefined,
  organization: string | undefined,
): Promise<CreateRefusal | undefined> {
  if (login === undefined) return 'unreadable'
  if (name === undefined) return 'name'
  if (organization === undefined) return undefined
  if ((await services.store.organizations.get(organization)) === undefined) return 'unknown'
  return (await claimedBy(services, login)) === organization ? undefined : 'not_yours'
}

function joinOf(
  { id, login, name }: { id: string; login: string; name: string },
  organization: string,
  role: Membership['role'],
  about: PersonChangeBy,
) {
  return {
    kind: 'join' as const,
    id: `${about.id}:join`,
    account: id,
    invitation: '',
    organization,
    address: login,
    name,
    role,
    locale: undefined,
    sealed: undefined,
    at: about.at,
  }
}

/** The invitation of somebody who is there already: it sets their first password. */
function inviteOf(
  { id, login, name, locale }: { id: string; login: string; name: string; locale?: Names['locale'] },
  organization = '',
  role: Membership['role'],
  { by, at }: PersonChangeBy,
) {
  const one = { id: randomUUID(), organization, address: login, name, role, locale, account: id, by, at }
  return { kind: 'invite' as const, id: `${one.id}:invite`, invitation: JSON.stringify(invited(one)) }
}

export type PersonRefusal = 'unknown' | 'elsewhere'

/**
 * Changes names, the language or what another system calls the person.
 *
 * @param seen whether what is there at the moment of the write is what the change is made for.
 */
export async function renamePerson(
  services: AccountServices,
  person: string,
  names: Partial<Names>,
  acts: ActsBy,
  seen?: (current: OwnPerson) => boolean,
): Promise<PersonRefusal | 'name' | 'precondition_failed' | undefined> {
  const name = names.name === undefined ? undefined : readName(names.name)
  if (names.name !== undefined && name === undefined) return 'name'
  const told = name === undefined ? names : { ...names, name }
  const refusal = await accountRefusal(services, person, acts)
  if (refusal !== undefined) return refusal
  const by = aboutOf(services, acts)
  return services.change(
    'people',
    person,
    (current): [OwnPerson | undefined, 'elsewhere' | 'precondition_failed' | undefined] => {
      if (current === undefined) return [current, 'elsewhere']
      if (seen?.(current) === false) return [current, 'precondition_failed']
      return [renamed(current, told, by), undefined]
    },
  )
}

export type LoginRefusal = PersonRefusal | 'unreadable' | 'same' | 'taken' | 'not_yours'

/** Asks for another sign-in address; it counts once whoever has the mailbox, signed in as the person, says so. */
export async function askLogin(
  services: AccountServices,
  person: string,
  typed: string,
  acts: ActsBy,
): Promise<LoginRefusal | undefined> {
  const address = readAddress(typed)
  if (address === undefined) return 'unreadable'
  const [taken, before, after] = await Promise.all([
    services.accounts.find(address),
    services.accounts.get(person),
    claimedBy(services, address),
  ])
  if (before?.email === address) return 'same'
  if (taken !== undefined) return 'taken'
  // An account leaves a domain, or comes into one, only by the operator: it would be another organization's then.
  const moves = before && after !== (await claimedBy(services, before.email))
  if (acts.organization !== undefined && moves) return 'not_yours'
  return changePerson(services, person, acts, (current, by) => askedForLogin(current, address, by))
}

/** The request for another address that a mailed link is for. */
export async function pendingLoginOf(
  { store, clock }: Pick<AccountServices, 'store' | 'clock'>,
  token: string,
): Promise<OwnPerson | undefined> {
  const link = await findLink(store, 'login', token)
  const person = link && (await store.people.get(link.account))
  const pending = person?.pendingLogin
  return pending !== undefined && pending.id === link?.about && pending.expiresAt > clock()
    ? person
    : undefined
}

/** The new address counts from now on. Who says so is signed in as the person, and has the link that was mailed to it. */
export async function proveLogin(
  { change, clock }: AccountServices,
  person: string,
  pending: string,
): Promise<'over' | 'taken' | undefined> {
  const now = clock()
  try {
    return await change('people', person, (current): [OwnPerson | undefined, 'over' | undefined] => {
      const next = current && provenLogin(current, pending, now)
      return next === undefined ? [current, 'over'] : [next, undefined]
    })
  } catch (error) {
    if (error instanceof Conflict) return 'taken'
    throw error
  }
}

/** Another address isn't wanted any more. */
export function withdrawLogin(
  services: AccountServices,
  person: string,
  acts: ActsBy,
): Promise<PersonRefusal | undefined> {
  return changePerson(services, person, acts, withdrawnLogin)
}

/** Takes one method away from somebody else, who is told why. The last one that works stays: that is a reset. */
export async function takeFactor(
  services: AccountServices,
  person: string,
  factor: string,
  acts: ActsBy,
): Promise<PersonRefusal | 'self' | 'last_method' | undefined> {
  if (acts.by === person) return 'self'
  const refusal = await accountRefusal(services, person, acts)
  if (refusal !== undefined) return refusal
  const by = aboutOf(services, acts)
  return services.change(
    'protections',
    person,
    (current): [Protection | undefined, 'unknown' | 'last_method' | undefined] => {
      if (current?.factors.some(({ id }) => id === factor) !== true) return [current, 'unknown']
      const next = factorTaken(current, factor, by)
      return next === undefined ? [current, 'last_method'] : [next, undefined]
    },
  )
}

async function changePerson(
  services: AccountServices,
  person: string,
  acts: ActsBy,
  rule: (current: OwnPerson, by: PersonChangeBy) => OwnPerson,
): Promise<PersonRefusal | undefined> {
  const refusal = await accountRefusal(services, person, acts)
  if (refusal !== undefined) return refusal
  const by = aboutOf(services, acts)
  return services.change('people', person, (current): [OwnPerson | undefined, PersonRefusal | undefined] =>
    current === undefined ? [current, 'elsewhere'] : [rule(current, by), undefined],
  )
}

const aboutOf = ({ clock }: AccountServices, acts: ActsBy): PersonChangeBy => ({
  ...acts,
  id: `person:${randomUUID()}`,
  at: clock(),
})

/** An account is changed by the operator, or by the organization that it belongs to. */
export async function accountRefusal(
  services: AccountServices,
  person: string,
  { organization }: ActsBy,
): Promise<PersonRefusal | undefined> {
  const standing = await standingOf(services, person)
  if (standing === undefined) return 'unknown'
  const here = standing.memberships.some((one) => one.organization === organization)
  if (organization !== undefined && !here) return 'unknown'
  return mayChangeAccount(standing, organization) ? undefined : 'elsewhere'
}
