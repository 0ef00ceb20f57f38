import type { Account } from '../rules/account.ts'
import { isTrusted } from '../rules/browsers.ts'
import type { Pages } from '../views/pages.ts'
import { browserOf, browsersOf, forgetBrowsers } from './known-browsers.ts'
import type { AccountServices } from './services.ts'
import type { Acting } from './told.ts'

/** More than anybody looks through; those that are trusted are listed however many there are. */
const mostUntrusted = 50

/**
 * The browsers that a person has signed in from: this one, then the one that was seen last.
 *
 * @param secret what is in the cookie of the browser that asks.
 */
export async function listedBrowsers(
  services: AccountServices,
  secret: string | undefined,
  account: Account,
  trustDays: number,
): Promise<Pages['security']['devices']> {
  const [here, found] = await Promise.all([
    browserOf(services, secret, account.id),
    browsersOf(services, account.id),
  ])
  const now = services.clock()
  const listed = found.map((browser) => ({
    id: browser.id,
    at: browser.lastSeenAt,
    origin: browser.origin,
    here: browser.id === here?.id,
    trustedUntil: isTrusted(browser, account, trustDays, now)
      ? Math.min(browser.trustedUntil!, browser.trustedAt! + trustDays * 86_400_000)
      : undefined,
  }))
  const trusted = listed.filter(({ trustedUntil }) => trustedUntil !== undefined)
  const others = listed.filter((one) => !trusted.includes(one)).slice(0, mostUntrusted)
  return [...trusted, ...others].sort((a, b) => Number(b.here) - Number(a.here) || b.at - a.at)
}

/** Forgets one of the person's browsers. Returns false for one that is gone, and for somebody else's. */
export async function forgetOne(services: AccountServices, by: Acting, browser: string): Promise<boolean> {
  const found = await services.store.devices.get(browser)
  if (found?.account !== by.account) return false
  await forgetBrowsers(services, by, [browser])
  return true
}

/** Ends what trust there is in other browsers: whoever has one of them is asked for a second factor again. */
export async function endOtherTrust(
  services: AccountServices,
  by: Acting,
  secret: string | undefined,
): Promise<void> {
  const others = await otherTrusted(services, by, secret)
  if (others.length > 0) await forgetBrowsers(services, by, others)
}

/** The browsers of a person that are trusted, but for the one of this request. */
export async function otherTrusted(
  services: AccountServices,
  by: Acting,
  secret: string | undefined,
): Promise<string[]> {
  const here = await browserOf(services, secret, by.account)
  const found = await browsersOf(services, by.account)
  const now = services.clock()
  const others = found.filter(({ id, trustedUntil = 0 }) => trustedUntil > now && id !== here?.id)
  return others.map(({ id }) => id)
}
