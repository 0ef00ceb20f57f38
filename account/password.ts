import { isCommonPassword } from '../adapters/secrets/common-passwords.ts'
import { type Account, hasSecondFactor } from '../rules/account.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import { type PasswordFault, passwordFault, shortestPassword } from '../rules/password.ts'
import { passwordChanged } from '../rules/signals.ts'
import type { AccountServices } from './services.ts'
import { type Acting, toldOf } from './told.ts'

export type PasswordOutcome =
  | { ok: true; passwordHash: string }
  /** `overtaken`: another window has changed it meanwhile, and that password stands. */
  | { ok: false; reason: 'overtaken' | PasswordFault | 'same' }

/** Letters that someone's new password must have. */
export const leastLength = (account: Account): number =>
  hasSecondFactor(account) ? shortestPassword.beside : shortestPassword.alone

/** What is wrong with a password that someone chooses: one that stands alone has to be longer, and harder to guess. */
export function newPasswordFault(
  { brand }: Pick<AccountServices['config'], 'brand'>,
  account: Account,
  chosen: string,
): PasswordFault | undefined {
  const { email, name } = account
  const alone = !hasSecondFactor(account)
  const fault = passwordFault(chosen, { email, name, brand: brand.name }, leastLength(account))
  if (fault !== undefined) return fault === 'too_short' && alone ? 'too_short_alone' : fault
  const words = [email, ...email.split(/[@.]/), ...name.split(/\s+/), brand.name]
  return isCommonPassword(chosen.normalize('NFKC'), words, alone) ? 'common' : undefined
}

/**
 * Gives an account a new password. What was read of the account must still stand: of two changes at once only the
 * first one counts. Throws Overloaded when too many passwords are being checked.
 *
 * @param id unique: names the change in what is told because of it.
 * @param also what is promised with it, in the same write.
 */
export async function changePassword(
  services: AccountServices,
  by: Acting,
  before: Account,
  chosen: string,
  id: string,
  also: Effect[] = [],
): Promise<PasswordOutcome> {
  const { passwords, config, clock, change } = services
  const { passwordHash: old, passwordExpired: expired } = before
  const fault = newPasswordFault(config, before, chosen)
  if (fault !== undefined) return { ok: false, reason: fault }
  if (await passwords.verify(old, chosen)) return { ok: false, reason: 'same' }
  const passwordHash = await passwords.hash(chosen)
  const now = clock()
  const changed = await change('accounts', before.id, (current) => {
    if (current?.passwordHash !== old || current.passwordExpired !== expired) return [current, false]
    const { passwordExpired: _, ...rest } = current
    const happening = {
      id,
      event: 'password.changed' as const,
      notice: 'password_changed' as const,
      signals: passwordChanged(now),
    }
    return [withEffects({ ...rest, passwordHash }, [...toldOf(by, happening, now), ...also]), true]
  })
  if (!changed) return { ok: false, reason: 'overtaken' }
  return { ok: true, passwordHash }
}
