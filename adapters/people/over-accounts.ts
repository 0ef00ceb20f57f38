import type { Account, Membership, Organization } from '../../rules/account.ts'
import type { Collection } from '../store/port.ts'
import type { Store } from '../store/store.ts'
import { markOf, type Underway } from './passwords.ts'
import type { Belonging, People, Person } from './people.ts'

/**
 * A host's people, as the accounts that everything here works on: who they are comes from the host each time, and only
 * what decides how they get in is kept in Rekey's store, under their id.
 */
export function overPeople(store: Store, people: People, underway: Underway = new Map()): Store {
  const organizations = people.organizations
  return {
    ...store,
    accounts: accountsOf(store.accounts, people, underway) as Store['accounts'],
    ...(organizations === undefined
      ? {}
      : {
          memberships: membershipsOf(organizations) as Store['memberships'],
          organizations: organizationsOf(store, organizations),
        }),
  }
}

function accountsOf(
  accounts: Store['accounts'],
  people: People,
  underway: Underway,
): Collection<Account, string> {
  const get = async (id: string) => merged(await people.get(id), await accounts.get(id))
  const all = (found: Account[]) =>
    Promise.all(found.map(async (one) => merged(await people.get(one.id), one) as Account))
  /**
   * A new password goes to the host before what follows from it is written. Where another change was first, the rule is
   * asked what that comes to, and nothing is written.
   */
  const handOver = async <R>(
    id: string,
    person: Person,
    change: Change<R>,
  ): Promise<{ outcome: R } | undefined> => {
    const seen = merged(person, await accounts.get(id))
    const ticket = change(seen)[0]?.passwordHash ?? ''
    const password = underway.get(ticket)
    if (password === undefined) return undefined
    underway.delete(ticket)
    if ((await people.setPassword?.(id, password, person.passwordVersion)) === true) return undefined
    return { outcome: change(seen && { ...seen, passwordHash: 'overtaken' })[1] }
  }
  return {
    get,
    find: async (index, value, page) => {
      if (index !== 'email') return all(await accounts.find(index as 'effectsDue', value, page))
      const person = await people.find(value)
      return person === undefined ? [] : [(await get(person.id))!]
    },
    insert: refused,
    update: async (id, change) => {
      const person = await people.get(id)
      if (underway.size > 0 && person !== undefined) {
        const overtaken = await handOver(id, person, change)
        if (overtaken !== undefined) return overtaken.outcome
      }
      return accounts.update(id, (kept) => {
        const seen = merged(person, kept)
        const [next, outcome] = change(seen)
        return [next === seen || next === undefined ? kept : own(next, person, people), outcome]
      })
    },
    remove: (id) => accounts.remove(id),
    removeBy: (index, value) => accounts.removeBy(index as 'effectsDue', value),
    insertAll: refused,
    walk: (page) => accounts.walk(page),
  }
}

type Change<R> = (current: Account | undefined) => [next: Account | undefined, outcome: R]

/** A person with what is kept of them. Whoever the host doesn't know any more may not sign in. */
function merged(person: Person | undefined, kept: Account | undefined): Account | undefined {
  if (person === undefined) return kept && { ...kept, status: 'removed' }
  const { id, login, name, givenName, familyName, birthDate, locale, status, mail } = person
  const proven = mail.map((address) => ({ address, verifiedAt: 0 }))
  const further = (kept?.addresses ?? []).filter(({ address }) => !mail.includes(address))
  const mark = markOf(person)
  return {
    ...(kept ?? unknown(id)),
    email: login.toLowerCase(),
    name,
    givenName,
    familyName,
    birthDate,
    locale,
    status,
    passwordHash: mark,
    // The password that had to go is gone, wherever it was changed.
    passwordExpired: kept?.passwordHash === mark ? kept.passwordExpired : undefined,
    addresses: [...proven, ...further],
  }
}

const unknown = (id: string): Account => ({
  id,
  email: '',
  name: '',
  status: 'active',
  createdAt: 0,
  passwordHash: '',
  addresses: [],
  factors: [],
  throttles: {},
  validAfter: 0,
  effects: [],
})

/**
 * What Rekey keeps: nothing that the host's table says, but for which password must go. Where passwords are changed
 * elsewhere nobody could set another one here, so none has to.
 */
function own(account: Account, person: Person | undefined, { setPassword }: People): Account {
  const addresses = account.addresses.filter(({ address }) => !person?.mail.includes(address))
  const passwordExpired = setPassword === undefined ? undefined : account.passwordExpired
  const passwordHash = passwordExpired === undefined || person === undefined ? '' : markOf(person)
  const { givenName: _, familyName: _family, birthDate: _birth, locale: _locale, ...kept } = account
  return { ...kept, email: account.id, name: '', status: 'active', passwordHash, passwordExpired, addresses }
}

type Organizations = NonNullable<People['organizations']>

function membershipsOf({ of, superAdmins }: Organizations): Collection<Membership, string> {
  const ofPerson = async (account: string) => (await of(account)).map((one) => membership(account, one))
  const admins = async (organization: string) => {
    const found: Membership[] = []
    for await (const account of superAdmins(organization)) {
      const mine = await ofPerson(account)
      found.push(...mine.filter((one) => one.superAdminOf === organization))
    }
    return found
  }
  return {
    get: async (id) => {
      const at = id.indexOf(':')
      return (await ofPerson(id.slice(at + 1))).find((one) => one.organization === id.slice(0, at))
    },
    find: async (index, value, { after, limit } = {}) => {
      const found = index === 'account' ? await ofPerson(value) : await admins(value)
      const from = after === undefined ? 0 : found.findIndex(({ id }) => id === after.id) + 1
      return found.slice(from, limit === undefined ? undefined : from + limit)
    },
    insert: refused,
    update: refused,
    remove: refused,
    removeBy: refused,
    insertAll: refused,
    walk: async () => [],
  }
}

const refused = async (): Promise<never> => {
  throw new Error('people, and who belongs to which organization, are the host’s to change')
}

function membership(account: string, { organization, role, since }: Belonging): Membership {
  const one = { id: `${organization.id}:${account}`, organization: organization.id, account, role, since }
  return role === 'super_admin' ? { ...one, superAdminOf: organization.id, superAdminSince: since } : one
}

/** The host names an organization, Rekey keeps its policy. */
function organizationsOf(
  { organizations }: Store,
  { of, superAdmins }: Organizations,
): Store['organizations'] {
  const named = async (id: string): Promise<string | undefined> => {
    for await (const account of superAdmins(id)) {
      const found = (await of(account)).find(({ organization }) => organization.id === id)
      if (found !== undefined) return found.organization.name
    }
    return undefined
  }
  const merge = (id: string, name: string | undefined, kept: Organization | undefined): Organization => ({
    ...(kept ?? { id, policy: {}, createdAt: 0 }),
    name: name ?? kept?.name ?? id,
  })
  return {
    get: async (id) => merge(id, await named(id), await organizations.get(id)),
    update: async (id, change) => {
      const name = await named(id)
      return organizations.update(id, (kept) => {
        const seen = merge(id, name, kept)
        const [next, outcome] = change(seen)
        return [next === seen ? kept : next, outcome]
      })
    },
    find: (index, value, page) => organizations.find(index, value, page),
    insert: (one) => organizations.insert(one),
    remove: (id) => organizations.remove(id),
    removeBy: (index, value) => organizations.removeBy(index, value),
    insertAll: (all) => organizations.insertAll(all),
    walk: (page) => organizations.walk(page),
  }
}
