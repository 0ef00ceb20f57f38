import { type Budget, spend } from '../rules/throttle.ts'
import type { Services } from '../services.ts'

/** Spends one unit of a budget that is kept under an id; false when nothing is left. */
export async function spendOne(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  id: string,
  budget: Budget,
): Promise<boolean> {
  const now = clock()
  return store.throttles.update(id, (current) => {
    const spent = spend(current?.throttle, budget, now)
    if (spent === undefined) return [current, false]
    return [{ id, throttle: spent, expiresAt: now + budget.period }, true]
  })
}

/** Spends one try of a network address, whoever is being tried. */
export function withinBudget(services: Services, address: string): Promise<boolean> {
  const budget = { capacity: services.config.signInsPerMinute, period: 60_000 }
  return spendOne(services, `address:${address}`, budget)
}
