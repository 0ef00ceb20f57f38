import { Overloaded } from '../adapters/secrets/passwords.ts'
import type { Account } from '../rules/account.ts'
import type { AccountServices } from './services.ts'

/**
 * Makes the hash of a password anew that was made elsewhere, now that the password is known. Returns the account as it
 * is then; where the machine is busy, or the password was changed meanwhile, as it was.
 */
export async function renewHash(
  { store, people, accounts, passwords }: AccountServices,
  account: Account,
  password: string,
): Promise<Account> {
  const kept = await store.people.get(account.id)
  // A hash that is made anew is another version, and must not settle a password that has to go.
  if (kept === undefined || !passwords.isForeign(kept.passwordHash) || account.passwordExpired !== undefined)
    return account
  try {
    const renewed = await people.setPassword?.(account.id, password, account.passwordVersion)
    return (renewed ? await accounts.get(account.id) : undefined) ?? account
  } catch (error) {
    if (error instanceof Overloaded) return account
    throw error
  }
}
