import { createBuiltInPeople } from '../../adapters/people/built-in/people.ts'
import { type AccountBefore, apart } from '../../adapters/store/apart.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createDirectory } from '../../effects/directory.ts'
import { type Account, freshProtection, type Protection } from '../../rules/account.ts'

/** Someone to be stored, told in one go: who it is, and what protects them. */
export type Told = AccountBefore

/** Stores a person, and what protects them. */
export async function keep(store: Pick<Store, 'people' | 'protections'>, told: Told): Promise<void> {
  const { person, protection } = apart(told)
  await store.people.insert(person)
  await store.protections.insert(protection)
}

/** Someone who is stored, as pages see them. */
export async function accountIn(store: Store, id: string): Promise<Account | undefined> {
  const passwords = { hash: async () => '', verify: async () => false }
  return createDirectory(createBuiltInPeople(store, passwords), store).get(id)
}

/** As "this wasn't me" leaves it: the next sign-in sets a new password. */
export async function expirePassword(
  store: Store,
  id: string,
  fields: Partial<Protection> = {},
): Promise<void> {
  const expiredVersion = (await accountIn(store, id))!.passwordVersion
  await store.protections.update(id, (current) => [
    { ...(current ?? freshProtection(id)), ...fields, expiredVersion },
    undefined,
  ])
}
