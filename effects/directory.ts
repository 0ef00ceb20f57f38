import type { People, Person } from '../adapters/people/people.ts'
import type { Store } from '../adapters/store/store.ts'
import { type Account, freshProtection, type Protection } from '../rules/account.ts'

/** The person and what protects them. */
export interface Apart {
  person: Person
  protection: Protection
}

/** Someone who signs in: the person and what protects them, read together. */
export interface Directory {
  /** For whoever needs little of them, with every request. */
  apart(id: string): Promise<Apart | undefined>
  get(id: string): Promise<Account | undefined>
  find(login: string): Promise<Account | undefined>
}

export function createDirectory(
  people: Pick<People, 'get' | 'find'>,
  { protections }: Pick<Store, 'protections'>,
): Directory {
  const protectionOf = async (person: Person): Promise<Protection> =>
    (await protections.get(person.id)) ?? freshProtection(person.id)
  const joined = async (person: Person | undefined) =>
    person && together({ person, protection: await protectionOf(person) })
  return {
    apart: async (id) => {
      const person = await people.get(id)
      return person && { person, protection: await protectionOf(person) }
    },
    get: async (id) => joined(await people.get(id)),
    find: async (login) => joined(await people.find(login)),
  }
}

/** Of a person and a protection that are returned again and again, and nobody can change. */
const accounts = new WeakMap<Protection, { person: Person; account: Account }>()

export function together({ person, protection }: Apart): Account {
  const known = accounts.get(protection)
  if (known?.person === person) return known.account
  const account = accountOf(person, protection)
  if (Object.isFrozen(protection) && Object.isFrozen(person))
    accounts.set(protection, { person, account: Object.freeze(account) })
  return account
}

function accountOf(person: Person, protection: Protection): Account {
  const proven = person.emailVerified === false ? [] : person.mail
  const expired = protection.expiredVersion === person.passwordVersion
  const addresses = [...proven.map((address) => ({ address })), ...protection.noticeAddresses]
  const account = { ...protection, ...person, email: person.mail[0], addresses }
  return expired ? { ...account, passwordExpired: 'disavowed' } : account
}
