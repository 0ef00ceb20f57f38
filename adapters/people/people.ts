import type { Locale } from '../../rules/account.ts'

/**
 * Who can sign in. Built in: `built-in/`, over Rekey's own store; a host's own: over its table. Passes the published
 * conformance suite. Rekey reads people and never writes them, but for `setPassword`.
 */
export interface People {
  get(id: string): Promise<Person | undefined>
  find(login: string): Promise<Person | undefined>
  /** Takes the same time when nobody is given. Absent: the first factor is proven on a page of yours (`firstFactor.url`). */
  verify?(person: Person | undefined, password: string): Promise<boolean>
  /** Absent: passwords aren't changed here. False: another change was first (`seen` is passwordVersion). */
  setPassword?(id: string, password: string, seen: string): Promise<boolean>
  /** Absent: Rekey's own organizations, or none. */
  organizations?: {
    of(person: string): Promise<Belonging[]>
    superAdmins(organization: string): AsyncIterable<string>
  }
}

export interface Person {
  id: string
  login: string
  name: string
  /** Proven addresses, the sign-in address first: everything is told to all of them. */
  mail: readonly [string, ...string[]]
  /** False where the first address was never proven: then nothing is told there. */
  emailVerified?: false
  status: 'active' | 'deactivated' | 'removed'
  /** Changes with the password; nothing else of it is known. */
  passwordVersion: string
  locale?: Locale
  givenName?: string
  familyName?: string
  /** YYYY-MM-DD. */
  birthDate?: string
  /** When the name, an address or the language last changed, in milliseconds: the claim `updated_at`. */
  updatedAt?: number
}

export interface Belonging {
  organization: { id: string; name: string }
  role: 'super_admin' | 'member'
  /** When the person joined, or became super admin: milliseconds since 1970. */
  since: number
}
