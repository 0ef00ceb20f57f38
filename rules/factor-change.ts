import type { Protection } from './account.ts'
import { type Factor, usableFactors } from './factor.ts'

/** Characters, as people count them. */
const longestName = 60

// Beside control characters, what breaks a line or turns the direction of the text around it.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u

/** A person's own name for a factor; '' for none. Undefined for one that can't be shown. */
export function readFactorName(typed: string): string | undefined {
  const name = typed.normalize('NFC').trim()
  return unprintable.test(name) || [...name].length > longestName ? undefined : name
}

export function renameFactor(account: Protection, id: string, name: string): Protection | undefined {
  if (!account.factors.some((factor) => factor.id === id)) return undefined
  const renamed = (factor: Factor): Factor => (factor.id === id ? { ...factor, name } : factor)
  return { ...account, factors: account.factors.map(renamed) }
}

/** The factor that a sign-in asks for first. One that guessing has disabled can't be it. */
export function makePrimary(account: Protection, id: string): Protection | undefined {
  const usable = usableFactors(account).some((factor) => factor.id === id)
  return usable ? { ...account, primary: id } : undefined
}
