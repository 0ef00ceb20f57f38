import type { Account } from '../rules/account.ts'
import type { Factor } from '../rules/factor.ts'
import { isPhone, maskNumber } from '../rules/phone.ts'
import { primaryOf } from '../rules/ways.ts'
import type { ShownFactor } from '../views/locals/parts.ts'

/** What pages tell of a factor: nothing of its secrets. */
export function shownFactor(account: Account, factor: Factor): ShownFactor {
  const { id, kind, name, createdAt, lastUsedAt, disabledAt } = factor
  return {
    id,
    kind,
    name,
    createdAt,
    number: isPhone(factor) ? maskNumber(factor.number) : undefined,
    lastUsedAt,
    primary: primaryOf(account)?.id === id,
    off: disabledAt !== undefined,
  }
}
