import type { Account, Factor } from '../rules/account.ts'
import { isPhone, maskNumber } from '../rules/phone.ts'
import { primaryOf } from '../rules/ways.ts'
import type { ShownFactor } from '../views/pages.ts'

/** What pages tell of a factor: nothing of its secrets. */
export function shownFactor(account: Account, factor: Factor): ShownFactor {
  const { id, kind, name, createdAt, lastUsedAt, disabledAt } = factor
  return {
    id,
    kind,
    name,
    createdAt,
    ...(isPhone(factor) ? { number: maskNumber(factor.number) } : {}),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    primary: primaryOf(account)?.id === id,
    off: disabledAt !== undefined,
  }
}
