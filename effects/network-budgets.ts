import type { Store } from '../adapters/store/store.ts'
import { networkOf } from '../rules/network.ts'
import { type Budget, charge, spend, type Throttle } from '../rules/throttle.ts'

/**
 * What each network may try, whoever is being tried. Kept in the memory of each process, so that a sign-in writes
 * nothing for it, and told to the other processes now and then by whoever notices much of one network. A restart forgets
 * a minute; while nothing was told yet, each process lets through an eighth of the budget, and what comes in between two
 * turns of its worker. What guards an account is kept in the account, exactly.
 */
export interface NetworkBudgets {
  /** Spends one unit of an address's network: false when nothing is left. */
  spend(address: string): boolean
  /** Tells the other processes, and hears from them, of networks that are busy here. */
  share(): Promise<void>
}

interface Spent {
  throttle: Throttle
  /** Units that the others don't know of. */
  untold: number
}

/** Networks at the same time; when there are more, the one heard of the longest ago is forgotten. */
const most = 100_000

export function createNetworkBudgets(
  { throttles }: Pick<Store, 'throttles'>,
  clock: () => number,
  budgetNow: () => Budget,
): NetworkBudgets {
  const networks = new Map<string, Spent>()

  const keep = (network: string, spent: Spent) => {
    networks.delete(network)
    networks.set(network, spent)
    if (networks.size > most) networks.delete(networks.keys().next().value!)
  }

  const tell = async (network: string, spent: Spent, now: number) => {
    const units = spent.untold
    const id = `network:${network}`
    const budget = budgetNow()
    const expiresAt = now + budget.period
    spent.untold = 0
    try {
      const total = await throttles.update(id, (current) => {
        const throttle = charge(current?.throttle, budget, units, now)
        return [{ id, throttle, expiresAt }, throttle]
      })
      // What was spent here meanwhile isn't in it yet.
      spent.throttle = charge(total, budget, spent.untold, now)
    } catch (error) {
      spent.untold += units
      throw error
    }
  }

  return {
    spend: (address) => {
      const network = networkOf(address)
      const known = networks.get(network)
      const throttle = spend(known?.throttle, budgetNow(), clock())
      if (throttle === undefined) return false
      keep(network, { throttle, untold: (known?.untold ?? 0) + 1 })
      return true
    },
    share: async () => {
      const now = clock()
      const { capacity, period } = budgetNow()
      for (const [network, spent] of networks) {
        if (spent.throttle.lastAt + period < now) networks.delete(network)
        else if (spent.untold >= capacity / 8) await tell(network, spent, now)
      }
    },
  }
}
