import { isForeign, Overloaded } from '../adapters/secrets/passwords.ts'
import type { Account } from '../rules/account.ts'
import type { AccountServices } from './services.ts'

/**
 * Makes the hash of a password anew that was made elsewhere, now that the password is known. Returns the account as it
 * is then; where the machine is busy, or the password was changed meanwhile, as it was.
 */
export async function renewHash(
  services: AccountServices,
  account: Account,
  password: string,
): Promise<Account> {
  const { passwordHash: old } = account
  // A mark of a host's own password is no hash, and the host's alone.
  if (!old.startsWith('$') || !isForeign(old)) return account
  try {
    const passwordHash = await services.passwords.hash(password)
    const renewed = await services.change('accounts', account.id, (current) =>
      current?.passwordHash === old ? [{ ...current, passwordHash }, true] : [current, false],
    )
    return renewed ? { ...account, passwordHash } : account
  } catch (error) {
    if (error instanceof Overloaded) return account
    throw error
  }
}
