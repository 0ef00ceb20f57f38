import type { Locale } from './account.ts'
import type { Effect, Promising } from './effect.ts'

/** A person that Rekey itself keeps, where no host does. */
export interface OwnPerson extends Promising {
  id: string
  /** Lower case; signs in and receives mail. */
  login: string
  /** What another system calls the person. */
  externalId?: string
  name: string
  givenName?: string
  familyName?: string
  /** YYYY-MM-DD. */
  birthDate?: string
  locale?: Locale
  /** Proven addresses, the one that signs in first; none where it never was. */
  mail: string[]
  status: 'active' | 'deactivated' | 'removed'
  removedAt?: number
  /** 'yes' while the person is removed: at purgeAt they are forgotten. */
  purgeable?: 'yes'
  purgeAt?: number
  createdAt: number
  /** When the name, the address or the language last changed; at the beginning if left out. */
  updatedAt?: number
  /** PHC string of argon2id. */
  passwordHash: string
  /** Another sign-in address, until it is proven. */
  pendingLogin?: PendingLogin
  /** Their time is over: they are gone with the last of the effects, and nothing brings them back. */
  forgotten?: true
  effects: Effect[]
}

export interface PendingLogin {
  /** Names the request: a link that was mailed for an earlier one does nothing. */
  id: string
  address: string
  by: string
  at: number
  expiresAt: number
}

/** They are gone with the last of what was promised. */
export const personEnding = (person: OwnPerson): OwnPerson | undefined =>
  person.forgotten === true ? undefined : person
