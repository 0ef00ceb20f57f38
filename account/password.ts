import { isCommonPassword } from '../adapters/secrets/common-passwords.ts'
import type { Account, Protection } from '../rules/account.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import { hasSecondFactor } from '../rules/factor.ts'
import { type PasswordFault, passwordFault, shortestPassword } from '../rules/password.ts'
import { passwordChanged } from '../rules/signals.ts'
import type { AccountServices } from './services.ts'
import { type Acting, toldOf } from './told.ts'

export type PasswordOutcome =
  | { ok: true; passwordVersion: string }
  /** `overtaken`: another window has changed it meanwhile, and that password stands. */
  | { ok: false; reason: 'overtaken' | PasswordFault | 'same' }

/** Letters that someone's new password must have. */
export const leastLength = (account: Pick<Account, 'factors'>): number =>
  hasSecondFactor(account) ? shortestPassword.beside : shortestPassword.alone

/** What is wrong with a password that someone chooses: one that stands alone has to be longer, and harder to guess. */
export function newPasswordFault(
  { brand }: Pick<AccountServices['config'], 'brand'>,
  account: Pick<Account, 'email' | 'name' | 'factors'>,
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
 * Gives a person a new password. What was read of them must still stand: of two changes at once only the first one
 * counts. Throws Overloaded when too many passwords are being checked.
 *
 * @param id unique: names the change in what is told because of it.
 * @param also what is promised with it.
 */
export async function changePassword(
  services: AccountServices,
  by: Acting,
  before: Account,
  chosen: string,
  id: string,
  also: Effect[] = [],
): Promise<PasswordOutcome> {
  const { people, config, clock } = services
  const { passwordVersion: seen, expiredVersion: expired } = before
  const fault = newPasswordFault(config, before, chosen)
  if (fault !== undefined) return { ok: false, reason: fault }
  if (await people.verify?.(before, chosen)) return { ok: false, reason: 'same' }
  const now = clock()
  const happening = {
    id,
    event: 'password.changed' as const,
    notice: 'password_changed' as const,
    signals: passwordChanged(now),
  }
  const told = [...toldOf(by, happening, now), ...also]
  const sealed = sealPassword(services, id, chosen)
  const sets: Effect = { kind: 'set_password', id, account: before.id, sealed, seen, expired, told }
  return promisePassword(services, before.id, id, (current) =>
    current.expiredVersion === expired ? withEffects(current, [sets]) : undefined,
  )
}

/**
 * The password is promised in the protection and set because of that, as the person is kept elsewhere: a process that
 * dies on the way neither sets it unsaid nor says it unset. What came of it stands in the protection.
 */
export async function promisePassword(
  { change, accounts }: AccountServices,
  account: string,
  id: string,
  rule: (current: Protection) => Protection | undefined,
): Promise<PasswordOutcome> {
  const promised = await change('protections', account, (current) => {
    const next = current && rule(current)
    return [next ?? current, next !== undefined]
  })
  const after = promised ? await accounts.get(account) : undefined
  if (after?.passwordSetBy !== id) return { ok: false, reason: 'overtaken' }
  return { ok: true, passwordVersion: after.passwordVersion }
}

/** For the effect that sets it, and nothing else. */
export const sealPassword = ({ ring }: Pick<AccountServices, 'ring'>, id: string, password: string): string =>
  ring.seal(password, `password|${id}`)
