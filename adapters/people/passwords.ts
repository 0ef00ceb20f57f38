import { randomUUID } from 'node:crypto'
import type { Passwords } from '../secrets/passwords.ts'
import type { People, Person } from './people.ts'

/** What an account has for a hash: whose password it is, and which. The password itself is the host's alone. */
export const markOf = ({ id, passwordVersion }: Person): string =>
  `${encodeURIComponent(passwordVersion)}:${id}`

const personIn = (mark: string): string => mark.slice(mark.indexOf(':') + 1)

/** A password that is on its way to the host, as long as the change takes; never stored, never in a document. */
export type Underway = Map<string, string>

/** Milliseconds; then whatever was to come of it has failed. */
const longest = 60_000

/** The host checks passwords, and takes new ones where it has `setPassword`. */
export function passwordsOf(people: People, underway: Underway): Passwords {
  return {
    hash: async (password) => {
      const ticket = `underway-${randomUUID()}`
      underway.set(ticket, password)
      setTimeout(() => underway.delete(ticket), longest).unref()
      return ticket
    },
    verify: async (mark, password) => {
      const person = mark === undefined ? undefined : await people.get(personIn(mark))
      return (await people.verify?.(person, password)) === true && person !== undefined
    },
  }
}
