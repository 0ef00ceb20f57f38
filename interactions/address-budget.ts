import { type Budget, spend } from '../rules/throttle.ts'
import type { Services } from '../services.ts'

const minute = 60_000

/** Spends one try of a network address, whoever is being tried. */
export async function withinBudget({ store, clock, config }: Services, address: string): Promise<boolean> {
  const now = clock()
  const budget: Budget = { capacity: config.signInsPerMinute, period: minute }
  const id = `address:${address}`
  return store.throttles.update(id, (current) => {
    const spent = spend(current?.throttle, budget, now)
    return spent === undefined ? [current, false] : [{ id, throttle: spent, expiresAt: now + minute }, true]
  })
}
