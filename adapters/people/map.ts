import { hash } from 'node:crypto'
import type { People, Person } from './people.ts'

/** A person in a Map, to try things out: the password is there as it is typed. */
export type Listed = Pick<Person, 'login' | 'name'> & Partial<Person> & { password?: string }

/** A Map by id, or whatever behaves like one, as people. What a person lacks is filled in. */
export function peopleInMap(map: Map<string, Listed>): Required<Omit<People, 'organizations'>> {
  const person = (id: string, listed: Listed): Person => {
    const { password, ...given } = listed
    return {
      id,
      mail: [listed.login],
      status: 'active',
      passwordVersion: digest(password ?? ''),
      ...given,
    }
  }
  return {
    get: async (id) => {
      const listed = map.get(id)
      return listed && person(id, listed)
    },
    find: async (login) => {
      const found = [...map].find(([, listed]) => listed.login.toLowerCase() === login.toLowerCase())
      return found && person(...found)
    },
    verify: async (given, password) => {
      const kept = given && map.get(given.id)?.password
      return digest(password) === digest(kept ?? '') && kept !== undefined
    },
    setPassword: async (id, password, seen) => {
      const listed = map.get(id)
      if (listed === undefined || person(id, listed).passwordVersion !== seen) return false
      map.set(id, { ...listed, password, passwordVersion: digest(password) })
      return true
    },
  }
}

const digest = (text: string): string => hash('sha256', text, 'base64url')
