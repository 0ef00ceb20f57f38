import type { AccountServices } from './services.ts'

/** Forgets removed accounts whose time is over. The log keeps their ids, and nothing else of them is left. */
export async function purgeRemoved(
  services: Pick<AccountServices, 'store' | 'clock' | 'audit'>,
): Promise<void> {
  const { store, clock } = services
  for (const { id, purgeAt = 0 } of await store.accounts.find('purgeable', 'yes', { limit: 50 })) {
    if (purgeAt > clock()) return
    // Someone may have reactivated it since it was looked up.
    const mine = await store.accounts.update(id, (current) => {
      const due = current?.status === 'removed' && (current.purgeAt ?? 0) <= clock()
      return due && current.effects.length === 0 ? [undefined, true] : [current, false]
    })
    if (!mine) continue
    for (const kept of [
      store.memberships,
      store.cases,
      store.proofings,
      store.credentials,
      store.links,
      store.attempts,
      store.devices,
    ] as const)
      await kept.removeBy('account', id)
    await services.audit.append({ event: 'account.purged', subject: id, cause: `purge:${id}` })
  }
}
