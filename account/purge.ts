import type { Account } from '../rules/account.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import type { AccountServices } from './services.ts'

/** Forgets removed accounts whose time is over. The log keeps their ids, and nothing else of them is left. */
export async function purgeRemoved({
  store,
  change,
  clock,
}: Pick<AccountServices, 'store' | 'change' | 'clock'>): Promise<void> {
  for (const { id, purgeAt = 0 } of await store.accounts.find('purgeable', 'yes', { limit: 50 })) {
    if (purgeAt > clock()) return
    const forgotten: Effect[] = [
      { kind: 'forget_account', id: `forget:${id}`, account: id },
      { kind: 'audit', id: `purge:${id}`, event: 'account.purged', subject: id, detail: {} },
    ]
    // Someone may have reactivated it since it was looked up.
    await change('accounts', id, (current) => {
      const due = current?.status === 'removed' && (current.purgeAt ?? 0) <= clock()
      if (!due || current.forgotten === true || current.effects.length > 0) return [current, undefined]
      return [withEffects<Account>({ ...current, forgotten: true }, forgotten), undefined]
    })
  }
}
