import type { Locale } from '../../rules/account.ts'

/**
 * Who can sign in. Built in: `built-in/`, over Rekey's own store; a host's own: over its table. Passes the published
 * conformance suite. Rekey reads people and never writes them, but for `setPassword`.
 */
export interface People {
  /** By the id that is the `sub` of tokens. Undefined: there is nobody. */
  get(id: string): Promise<Person | undefined>
  /** By what is typed at the sign-in, in capitals or not. */
  find(login: string): Promise<Person | undefined>
  /**
   * Takes the same time when nobody is given, and gets what `get` or `find` gave, as it was. Absent: the first factor is proven on a page of yours
   * (`firstFactor.url`).
   */
  verify?(person: Person | undefined, password: string): Promise<boolean>
  /** Absent: passwords aren't changed here. False: another change was first (`seen` is passwordVersion). */
  setPassword?(id: string, password: string, seen: string): Promise<boolean>
  /** Absent: Rekey's own organizations, or none. */
  organizations?: {
    /** Where somebody belongs. */
    of(person: string): Promise<Belonging[]>
    /** The ids of its super admins, in the order in which they became it. */
    superAdmins(organization: string): AsyncIterable<string>
  }
}

/** Who signs in, as the host's table has them. */
export interface Person {
  /** The `sub` of tokens; never another person's. */
  id: string
  /** What is typed at the sign-in. */
  login: string
  /** As other people are shown it. */
  name: string
  /** Proven addresses, the sign-in address first: everything is told to all of them. */
  mail: readonly [string, ...string[]]
  /** False where the first address was never proven: then nothing is told there. */
  emailVerified?: false
  /** Only who is active signs in; `deactivated` and `removed` can ask to come back by recovery. */
  status: 'active' | 'deactivated' | 'removed'
  /** Changes with the password; nothing else of it is known. */
  passwordVersion: string
  /** The language of mails to the person; of pages, where the browser asks for none. */
  locale?: Locale
  /** For the claim `given_name`, and for what a photo ID must match. */
  givenName?: string
  /** For the claim `family_name`, and for what a photo ID must match. */
  familyName?: string
  /** YYYY-MM-DD; what a photo ID must match. */
  birthDate?: string
  /** When the name, an address or the language last changed, in milliseconds: the claim `updated_at`. */
  updatedAt?: number
}

/** That a person belongs to an organization. */
export interface Belonging {
  /** The id is never another organization's; the name is shown. */
  organization: { id: string; name: string }
  /** A super admin decides about requests of the others. */
  role: 'super_admin' | 'member'
  /** When the person joined, or became super admin: milliseconds since 1970. */
  since: number
}
