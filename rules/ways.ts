import type { Protection } from './account.ts'
import type { Choice } from './attempt.ts'
import { countCodesLeft } from './backup-codes.ts'
import { type Factor, type FactorKind, usableFactors } from './factor.ts'
import { factorKinds, kindsOfFactors } from './kinds.ts'

/** What a verification screen knows about someone, to order what they have. */
export interface Preference {
  /** The kind that was last used on this browser. */
  lastUsed?: FactorKind
  /** Whether only what can't be phished will do. */
  phishingResistant: boolean
}

/**
 * The ways in which someone can prove a second factor, the one to start with first: the last one used on this browser,
 * then the primary one. Where every factor was disabled by guessing, they are still named: that there is one must not
 * be forgotten.
 */
export function waysOf(account: Protection, { lastUsed, phishingResistant }: Preference): FactorKind[] {
  const usable = usableFactors(account)
  const factors = usable.length > 0 ? usable : account.factors
  const possible = new Set(factors.flatMap(({ kind }) => kindsOfFactors[kind].provedBy))
  const primary = factors.find(({ id }) => id === account.primary)?.kind
  const first = [lastUsed, primary].filter((kind) => kind !== undefined)
  const ways = [...new Set([...first, ...factorKinds])].filter((kind) => possible.has(kind))
  return phishingResistant && possible.has('passkey') ? ['passkey'] : ways
}

/** The factor that a sign-in starts with where nothing was used on the browser yet. */
export function primaryOf(account: Protection): Factor | undefined {
  const usable = usableFactors(account)
  const [best] = waysOf(account, { phishingResistant: false })
  return usable.find(({ id }) => id === account.primary) ?? usable.find(({ kind }) => kind === best)
}

/** What "Try another way" lists: the factors, then the pass and the codes, then the reset. */
export function otherWays(account: Protection, preference: Preference, hasPass: boolean): Choice[] {
  const ways: Choice[] = [...waysOf(account, preference)]
  if (hasPass) ways.push('pass')
  if (countCodesLeft(account) > 0) ways.push('backup_code')
  return [...ways, 'recovery']
}

/** The factors that a way can be proven with, those that guessing has disabled left out. */
export function factorsFor<K extends FactorKind>(account: Protection, way: K): Factor[] {
  return usableFactors(account).filter(({ kind }) => kindsOfFactors[kind].provedBy.includes(way))
}
