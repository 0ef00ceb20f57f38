import type { People, Person } from '../adapters/people/people.ts'
import type { Store } from '../adapters/store/store.ts'
import { type Account, freshProtection, type Protection } from '../rules/account.ts'

/** Someone who signs in: the person and what protects them, read together. */
export interface Directory {
  get(id: string): Promise<Account | undefined>
  find(login: string): Promise<Account | undefined>
}

export function createDirectory(
  people: Pick<People, 'get' | 'find'>,
  { protections }: Pick<Store, 'protections'>,
): Directory {
  const withProtection = async (person: Person | undefined) =>
    person && together(person, (await protections.get(person.id)) ?? freshProtection(person.id))
  return {
    get: async (id) => withProtection(await people.get(id)),
    find: async (login) => withProtection(await people.find(login)),
  }
}

/** Of a person and a protection that are returned again and again, and nobody can change. */
const accounts = new WeakMap<Protection, { person: Person; account: Account }>()

function together(person: Person, protection: Protection): Account {
  const known = accounts.get(protection)
  if (known?.person === person) return known.account
  const account = joined(person, protection)
  if (Object.isFrozen(protection) && Object.isFrozen(person))
    accounts.set(protection, { person, account: Object.freeze(account) })
  return account
}

function joined(person: Person, protection: Protection): Account {
  const proven = person.emailVerified === false ? [] : person.mail
  const expired = protection.expiredVersion === person.passwordVersion
  const addresses = [...proven.map((address) => ({ address })), ...protection.noticeAddresses]
  const account = { ...protection, ...person, email: person.mail[0], addresses }
  return expired ? { ...account, passwordExpired: 'disavowed' } : account
}
