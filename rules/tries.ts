import type { Protection } from './account.ts'
import { failed, isAllowed, isExhausted, type Throttle, throttleLimits } from './throttle.ts'

/** What a method's failures by one browser or network are kept under, beside those of everyone. */
const keyOf = (method: string, by: string): string => `${method}@${by}`

/** More networks than anybody signs in from. */
const mostKept = 20

/**
 * A try of one method. Whoever fails makes only themselves wait: a browser that the person has used, or the strangers on
 * a network. Everyone's failures in a row are counted as well, and a hundred disable what the method proves (NIST SP
 * 800-63B-4 §3.2.2). `attempt` is the rule of the method, which knows of none of this.
 */
export function triedBy<O>(
  account: Protection,
  method: string,
  by: string,
  now: number,
  attempt: (account: Protection) => [Protection, O],
): [Protection, O] {
  const key = keyOf(method, by)
  const { [method]: all, [key]: own, ...others } = account.throttles
  const waits = !isAllowed(own, now, throttleLimits.strangersWait)
  const shown = waits ? own : all && { ...all, lastAt: 0 }
  const seen = { ...account, throttles: { ...others, ...(shown && { [method]: shown }) } }
  const [next, outcome] = attempt(seen)
  if (next === seen || waits) return [account, outcome]
  const counted = next.throttles[method]
  const throttles = { ...next.throttles, ...(own && { [key]: own }), ...(all && { [method]: all }) }
  if (counted === undefined) return [{ ...next, throttles: without(throttles, method, key) }, outcome]
  if (counted.failures === (all?.failures ?? 0)) return [{ ...next, throttles }, outcome]
  return [{ ...next, throttles: kept({ ...throttles, [method]: counted, [key]: failed(own, now) }) }, outcome]
}

/** Whether a try by someone would be looked at. */
export function mayTry({ throttles }: Protection, method: string, by: string, now: number): boolean {
  return (
    isAllowed(throttles[keyOf(method, by)], now, throttleLimits.strangersWait) &&
    !isExhausted(throttles[method])
  )
}

/** The method that failures are kept under, whoever's they are. */
export function methodOfThrottle(key: string): string {
  return key.split('@')[0]!
}

type Throttles = { [method: string]: Throttle }

function without(throttles: Throttles, ...keys: string[]): Throttles {
  return Object.fromEntries(Object.entries(throttles).filter(([key]) => !keys.includes(key)))
}

/** The newest of those that are somebody's own: a stranger with many networks must not fill the account. */
function kept(throttles: Throttles): Throttles {
  const own = Object.entries(throttles).filter(([key]) => key.includes('@'))
  const old = own.sort(([, a], [, b]) => b.lastAt - a.lastAt).slice(mostKept)
  return without(throttles, ...old.map(([key]) => key))
}
