import type { Protection } from './account.ts'
import { type Acr, acrMultiFactor, acrPassword, acrRecovered } from './assurance.ts'
import { hasSecondFactor } from './factor.ts'

/**
 * What it takes to look after one's own account: a second factor where there is one, given and not stood in for by a
 * trusted device. Whoever has none, or lost them to a reset, comes with what is left, and is asked to set one up.
 */
export function neededFor(account: Protection): Acr {
  if (hasSecondFactor(account)) return acrMultiFactor
  return account.recovered === undefined ? acrPassword : acrRecovered
}
