import type { Address, Protection } from '../../rules/account.ts'
import { agent } from '../../rules/account.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import { passwordMark } from '../../rules/password.ts'
import { Conflict } from './port.ts'
import type { Store } from './store.ts'

/** An account as version 1 of the schema had it: the person and what protects them, in one document. */
export interface AccountBefore
  extends Omit<Protection, 'noticeAddresses' | 'expiredVersion' | 'passwordSetBy'>,
    Omit<OwnPerson, 'login' | 'mail' | 'effects'> {
  email: string
  addresses: Address[]
  passwordExpired?: 'disavowed'
}

/** Who it is, and what protects them. Whatever was still promised goes with the protection; of the forgotten, with the person. */
export function apart(account: AccountBefore): { person: OwnPerson; protection: Protection } {
  const { id, email, externalId, name, givenName, familyName, birthDate, locale, addresses, ...rest } =
    account
  const { status, removedAt, purgeable, purgeAt, forgotten, createdAt, updatedAt, passwordHash, ...others } =
    rest
  const { passwordExpired, effects, effectsDue, lease, ...protects } = others
  const promised = { effects, effectsDue, lease }
  const names = { externalId, name, givenName, familyName, birthDate, locale }
  const kept = { status, removedAt, purgeable, purgeAt, forgotten, createdAt, updatedAt, passwordHash }
  return {
    person: {
      id,
      login: email,
      mail: addresses.some(({ address }) => address === email) ? [email] : [],
      ...names,
      ...kept,
      ...(forgotten ? promised : nothing),
    },
    protection: {
      ...protects,
      ...(account.supportAgent ? agent : {}),
      id,
      ...(forgotten ? nothing : promised),
      noticeAddresses: addresses.filter(({ address }) => address !== email),
      expiredVersion: passwordExpired === undefined ? undefined : passwordMark(passwordHash),
    },
  }
}

const nothing = { effects: [] }

/** Stores both, whichever is there already: the protection first, so that nobody signs in without it. */
export async function storeApart(
  { people, protections }: Pick<Store, 'people' | 'protections'>,
  account: AccountBefore,
): Promise<void> {
  const { person, protection } = apart(account)
  await unlessThere(protections.insert(protection))
  await unlessThere(people.insert(person))
}

async function unlessThere(inserted: Promise<void>): Promise<void> {
  try {
    await inserted
  } catch (error) {
    if (!(error instanceof Conflict)) throw error
  }
}
