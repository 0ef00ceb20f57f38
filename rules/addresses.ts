import type { PendingAddress, Protection } from './account.ts'
import { failed, isAllowed, spend } from './throttle.ts'

/** Notices and codes of a recovery go to each of them. */
export const mostAddresses = 5
/** How long a mailed code proves an address. Milliseconds. */
export const addressCodeLifetime = 600_000
/** How many codes may be mailed: the address is whatever somebody typed. */
const codes = { capacity: 5, period: 3_600_000 }

/**
 * An e-mail address as somebody typed it, in the letters that addresses are kept in: full-width ones, as a Japanese keyboard
 * makes them, are folded, and so are capitals. Nothing else is: letters that merely look alike stay apart.
 */
export function foldAddress(typed: string): string {
  return typed
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[。｡]/g, '.')
    .trim()
    .toLowerCase()
}

/** An e-mail address as it is kept: lower case, nothing in it that a mail's header could be made of. */
export function readAddress(typed: string): string | undefined {
  const address = foldAddress(typed)
  const plain =
    /^[^\s\p{Cc}\p{Cf}"(),:;<>@[\\\]]{1,64}@[^\s\p{Cc}\p{Cf}"(),:;<>@[\\\]]+\.[^\s\p{Cc}\p{Cf}"(),:;<>@[\\\].]+$/u
  return address.length <= 254 && plain.test(address) ? address : undefined
}

export type AddressRefusal = 'known' | 'full' | 'throttled'

/** Notes an address that a code goes to now; an earlier one is void. `mail` is the person's own. */
export function askForAddress(
  account: Protection,
  mail: readonly string[],
  pending: PendingAddress,
  now: number,
): [Protection, AddressRefusal | undefined] {
  const known = [...mail, ...account.noticeAddresses.map(({ address }) => address)]
  if (known.includes(pending.address)) return [account, 'known']
  if (known.length >= mostAddresses) return [account, 'full']
  const spent = spend(account.throttles.address_mails, codes, now)
  if (spent === undefined) return [account, 'throttled']
  return [
    { ...account, pendingAddress: pending, throttles: { ...account.throttles, address_mails: spent } },
    undefined,
  ]
}

export type AddressProof =
  | { ok: true; address: string }
  | { ok: false; reason: 'wrong' | 'expired' | 'throttled' }

/** Takes the pending address, if this is its code: at most once, as it runs inside the store's update. */
export function proveAddress(
  account: Protection,
  hash: string,
  addition: string,
  now: number,
): [Protection, AddressProof] {
  const { pendingAddress: pending, ...rest } = account
  const { address_code: throttle, ...throttles } = account.throttles
  if (!isAllowed(throttle, now)) return [account, { ok: false, reason: 'throttled' }]
  if (pending === undefined || pending.expiresAt <= now) return [account, { ok: false, reason: 'expired' }]
  if (pending.hash !== hash) {
    const counted = { ...throttles, address_code: failed(throttle, now) }
    return [
      { ...account, throttles: counted },
      { ok: false, reason: 'wrong' },
    ]
  }
  const { address } = pending
  const added = { address, verifiedAt: now, addition }
  return [
    { ...rest, throttles, noticeAddresses: [...account.noticeAddresses, added] },
    { ok: true, address },
  ]
}

/** Takes an address away. The person's own stay. */
export function removeAddress(account: Protection, address: string): Protection | undefined {
  const noticeAddresses = account.noticeAddresses.filter((one) => one.address !== address)
  const gone = noticeAddresses.length < account.noticeAddresses.length
  return gone ? { ...account, noticeAddresses } : undefined
}
