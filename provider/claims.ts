import type { AccountClaims, FindAccount, Account as OidcAccount } from 'oidc-provider'
import type { Store } from '../adapters/store/store.ts'
import { type Account, hasSecondFactor, type Recovered } from '../rules/account.ts'
import { throttleLimits } from '../rules/throttle.ts'

/** The library's view of an account, and what our own checks need beside it. */
export interface ProviderAccount extends OidcAccount {
  accountId: string
  /** Seconds: sessions and tokens that began earlier are void. */
  validAfter: number
  hasSecondFactor: boolean
  claims(): AccountClaims
}

/** Seconds, rounded down: a sign-in of the same second as the reset counts as later, or the reset itself would be void. */
const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

/** Whether something that began at `began` (seconds) still stands. */
export function stands(began: number | undefined, validAfter: number): boolean {
  return began === undefined || began >= validAfter
}

/** Accounts for the library. One that may not sign in, or a token from before a reset, has none. */
export function createFindAccount({ accounts }: Store, clock: () => number): FindAccount {
  return async (_ctx, sub, token) => {
    const account = await accounts.get(sub)
    if (account?.status !== 'active') return undefined
    const found = providerAccount(account, clock())
    return stands(began(token), found.validAfter) ? found : undefined
  }
}

/** When what a token stands for began. A code that was issued after a reset may still rest on a sign-in from before. */
function began(token: { iat?: number; authTime?: number } | undefined): number | undefined {
  return token?.authTime === undefined ? token?.iat : Math.min(token.iat ?? token.authTime, token.authTime)
}

function providerAccount(account: Account, now: number): ProviderAccount {
  // One in the future is from before the clock was set back. It would void every token until the clock is there again;
  // the grants of those that it is meant for are gone anyway.
  const validAfter = account.validAfter > now + throttleLimits.skew ? 0 : account.validAfter

  return {
    accountId: account.id,
    validAfter: seconds(validAfter),
    hasSecondFactor: hasSecondFactor(account),
    claims: () => ({
      sub: account.id,
      email: account.email,
      email_verified: account.addresses.some((address) => address.address === account.email),
      name: account.name,
      ...(account.locale === undefined ? {} : { locale: account.locale }),
      ...(account.recovered === undefined ? {} : { recovery: recoveryClaim(account.recovered) }),
    }),
  }
}

/** `at` in seconds, like every time in a token. */
const recoveryClaim = ({ route, at }: Recovered) => ({ at: seconds(at), route })
