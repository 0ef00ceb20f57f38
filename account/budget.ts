import { type Budget, failed, isAllowed, refilledFrom, spend } from '../rules/throttle.ts'
import type { AccountServices } from './services.ts'

/** Spends one unit of a budget that is kept under an id. Returns when there is one again, where nothing is left. */
export async function spentUntil(
  { change, clock }: Pick<AccountServices, 'change' | 'clock'>,
  id: string,
  budget: Budget,
): Promise<number | undefined> {
  const now = clock()
  return change('throttles', id, (current) => {
    const spent = spend(current?.throttle, budget, now)
    if (spent === undefined) return [current, refilledFrom(current?.throttle, budget, now)]
    return [{ id, throttle: spent, expiresAt: now + budget.period }, undefined]
  })
}

/** The same, where it doesn't matter when: false when nothing is left. */
export async function spendOne(
  services: Pick<AccountServices, 'change' | 'clock'>,
  id: string,
  budget: Budget,
): Promise<boolean> {
  return (await spentUntil(services, id, budget)) === undefined
}

const day = 86_400_000

/**
 * Counts a try as a failure before it is looked at, so that guesses made at the same time are counted as well; whoever
 * was right removes the record. False where another try is too soon.
 */
export async function countTry(
  { change, clock }: Pick<AccountServices, 'change' | 'clock'>,
  id: string,
  longest?: number,
): Promise<boolean> {
  const now = clock()
  return change('throttles', id, (current) => {
    if (!isAllowed(current?.throttle, now, longest)) return [current, false]
    return [{ id, throttle: failed(current?.throttle, now), expiresAt: now + day }, true]
  })
}

/** How long a row of failures is remembered. */
const remembered = 400 * day

/** Counts a failure of a row that makes nobody wait. */
export async function countInARow(
  { change, clock }: Pick<AccountServices, 'change' | 'clock'>,
  id: string,
): Promise<number> {
  const now = clock()
  return change('throttles', id, (current) => {
    const throttle = failed(current?.throttle, now)
    return [{ id, throttle, expiresAt: now + remembered }, throttle.failures]
  })
}

/** What was counted under an id is over with. */
export async function forget({ change }: Pick<AccountServices, 'change'>, id: string): Promise<void> {
  await change('throttles', id, () => [undefined, undefined])
}

/** How many failures there were in a row. */
export async function inARow({ store }: Pick<AccountServices, 'store'>, id: string): Promise<number> {
  return (await store.throttles.get(id))?.throttle.failures ?? 0
}
