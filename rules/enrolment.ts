import type { Account, Factor } from './account.ts'
import { addTotp, replaceFactors } from './totp.ts'

/** A first factor; one in place of the lost ones, after a one-time pass or on purpose; or one beside the others. */
export type Binding = 'first' | 'replace' | 'add'

/**
 * Binds a factor that was proven by a sign-in that began at `began`. Two browsers may be at the same page: of a first
 * or replaced factor only the one that is proven first counts; undefined says that this wasn't it.
 */
export function bindFactor(
  account: Account,
  factor: Factor,
  binding: Binding,
  began: number,
  now: number,
): Account | undefined {
  if (account.factors.some((one) => one.id === factor.id)) return undefined
  if (binding === 'add') return addTotp(account, factor, now)
  const newer = account.factors.some((one) => binding === 'first' || one.createdAt >= began)
  return newer ? undefined : replaceFactors(account, factor, now)
}

/** Takes a factor away. Returns undefined when it is the last one of someone who must have one. */
export function removeFactor(
  account: Account,
  id: string,
  required: boolean,
  now: number,
): Account | undefined {
  const factors = account.factors.filter((factor) => factor.id !== id)
  if (factors.length === account.factors.length || (required && factors.length === 0)) return undefined
  return { ...account, factors, factorsChangedAt: now }
}
