import { type Budget, refilledFrom, spend, type Throttle } from '../rules/throttle.ts'

/** What is left of a client's requests, as headers say it (draft-ietf-httpapi-ratelimit-headers). */
export interface Pace {
  ok: boolean
  remaining: number
  /** Seconds until there is another one, or until all are there again. */
  reset: number
}

/** Clients at the same time; of more, the one heard of the longest ago is forgotten. */
const most = 10_000

/** Counts requests by client, in the memory of each process: nothing is written for it. */
export function createPaces(clock: () => number, budget: Budget): (client: string) => Pace {
  const clients = new Map<string, Throttle>()
  return (client) => {
    const now = clock()
    const known = clients.get(client)
    const spent = spend(known, budget, now)
    if (spent === undefined) {
      const wait = refilledFrom(known, budget, now) - now
      return { ok: false, remaining: 0, reset: Math.max(1, Math.ceil(wait / 1000)) }
    }
    clients.delete(client)
    clients.set(client, spent)
    if (clients.size > most) clients.delete(clients.keys().next().value!)
    const remaining = Math.floor(budget.capacity - spent.failures)
    const reset = Math.ceil((spent.failures * budget.period) / budget.capacity / 1000)
    return { ok: true, remaining, reset }
  }
}
