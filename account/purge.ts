import { type Effect, withEffects } from '../rules/effect.ts'
import type { OwnPerson } from '../rules/own-person.ts'
import { told } from '../rules/told.ts'
import type { AccountServices } from './services.ts'

/** Forgets removed people whose time is over. The log keeps their ids, and nothing else of them is left. */
export async function purgeRemoved({
  store,
  change,
  clock,
}: Pick<AccountServices, 'store' | 'change' | 'clock'>): Promise<void> {
  for (const { id, purgeAt = 0 } of await store.people.find('purgeable', 'yes', { limit: 50 })) {
    if (purgeAt > clock()) return
    const forgotten: Effect[] = [
      { kind: 'forget_account', id: `forget:${id}`, account: id },
      ...told({ subject: id }, { id: `purge:${id}`, event: 'account.purged' }),
    ]
    // Someone may have reactivated them since they were looked up.
    await change('people', id, (current) => {
      const due = current?.status === 'removed' && (current.purgeAt ?? 0) <= clock()
      if (!due || current.forgotten === true || current.effects.length > 0) return [current, undefined]
      return [withEffects<OwnPerson>({ ...current, forgotten: true }, forgotten), undefined]
    })
  }
}
