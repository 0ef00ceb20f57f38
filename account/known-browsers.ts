import { randomUUID } from 'node:crypto'
import { findAll } from '../adapters/store/find-all.ts'
import type { Origin } from '../rules/attempt.ts'
import { type Browser, browserName } from '../rules/browsers.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import { told } from '../rules/told.ts'
import type { AccountServices } from './services.ts'

/** A browser by the secret in its cookie, if the account has signed in from it before. */
export async function browserOf(
  { store, ring }: Pick<AccountServices, 'store' | 'ring'>,
  secret: string | undefined,
  account: string,
): Promise<Browser | undefined> {
  if (secret === undefined) return undefined
  // The first key's first: a browser moves there with its next sign-in.
  for (const id of browserIds(ring, secret, account)) {
    const found = await store.devices.get(id)
    if (found !== undefined) return found
  }
  return undefined
}

/** What a browser may be stored under, by the first key of the ring and by those before it. */
export function browserIds(
  { hashes }: AccountServices['ring'],
  secret: string,
  account: string,
): [now: string, ...before: string[]] {
  return hashes(browserName(secret, account)) as [string, ...string[]]
}

/**
 * The browsers that a person has signed in from, the one that was seen last first. All of them: each private window is
 * one, and a stranger's must not hide behind them.
 */
export async function browsersOf(
  { store }: Pick<AccountServices, 'store'>,
  account: string,
): Promise<Browser[]> {
  const found = await findAll(store.devices, 'account', account)
  return found.sort((a, b) => b.lastSeenAt - a.lastSeenAt)
}

/**
 * Forgets browsers of a person, and with them their trust: the next sign-in from there is one from a new browser. Those
 * of others are left alone. Promised in the account, so that a crash can't leave one trusted that the person was told
 * is not.
 */
export async function forgetBrowsers(
  { change }: Pick<AccountServices, 'change'>,
  by: { account: string; origin: Origin },
  browsers: string[],
): Promise<void> {
  const { account } = by
  const forgotten = browsersForgotten(by, browsers)
  await change('protections', account, (current) => [current && withEffects(current, forgotten), undefined])
}

/** What a write promises by which browsers are forgotten. */
export function browsersForgotten(
  { account, origin }: { account: string; origin: Origin },
  browsers: string[],
): Effect[] {
  const cause = `forget:${randomUUID()}`
  return browsers.flatMap((browser): Effect[] => [
    { kind: 'forget_device', id: `${cause}:${browser}`, account, device: browser },
    ...told(
      { subject: account, actor: account, origin },
      { id: `${cause}:${browser}`, event: 'device.forgotten' },
    ),
  ])
}
