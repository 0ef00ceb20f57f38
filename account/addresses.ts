import { randomUUID } from 'node:crypto'
import { sixDigits } from '../adapters/secrets/six-digits.ts'
import { readCode } from '../adapters/secrets/totp.ts'
import { codeNotice } from '../effects/notices.ts'
import type { Protection } from '../rules/account.ts'
import {
  type AddressProof,
  type AddressRefusal,
  addressCodeLifetime,
  askForAddress,
  proveAddress,
  readAddress,
  removeAddress,
} from '../rules/addresses.ts'
import { withEffects } from '../rules/effect.ts'
import { addressesChanged } from '../rules/signals.ts'
import type { AccountServices } from './services.ts'
import { type Acting, toldOf } from './told.ts'

const hashCode = (
  { ring }: AccountServices,
  account: string,
  address: string,
  code: string,
  like?: string,
): string => ring.hash(`address-code|${account}|${address}|${code}`, like)

/** Mails a code to an address that the person wants notices at. Nothing is added by it. */
export async function askAddress(
  services: AccountServices,
  by: Acting,
  mail: readonly string[],
  typed: string,
): Promise<AddressRefusal | 'unreadable' | undefined> {
  const address = readAddress(typed)
  if (address === undefined) return 'unreadable'
  const code = sixDigits()
  const now = services.clock()
  const pending = {
    address,
    hash: hashCode(services, by.account, address, code),
    expiresAt: now + addressCodeLifetime,
  }
  const id = `address-code:${randomUUID()}`
  const carrier = codeNotice(services.ring, 'address_code', {
    id,
    to: by.account,
    only: address,
    code,
    origin: by.origin,
    at: now,
  })
  const refusal = await services.change('protections', by.account, (current) => {
    if (current === undefined) return [current, undefined]
    const [next, refused] = askForAddress(current, mail, pending, now)
    return [refused === undefined ? withEffects(next, [carrier]) : current, refused]
  })
  return refusal
}

/** Adds the address whose code was typed back. */
export async function addAddress(
  services: AccountServices,
  by: Acting,
  typed: string,
): Promise<Exclude<AddressProof, { ok: true }>['reason'] | undefined> {
  const code = readCode(typed)
  const now = services.clock()
  const id = `address:${randomUUID()}`
  const outcome = await services.change(
    'protections',
    by.account,
    (current): [Protection | undefined, AddressProof] => {
      if (current === undefined) return [current, { ok: false, reason: 'expired' }]
      const { address: wanted = '', hash: like } = current.pendingAddress ?? {}
      const hash = hashCode(services, current.id, wanted, code, like)
      const [next, proof] = proveAddress(current, hash, id, now)
      if (!proof.ok) return [next, proof]
      const happening = {
        id,
        event: 'address.added' as const,
        notice: 'address_added' as const,
        data: { added: proof.address },
        signals: addressesChanged(),
      }
      return [withEffects(next, toldOf(by, happening, now)), proof]
    },
  )
  return outcome.ok ? undefined : outcome.reason
}

/** Takes an address away; it is told as well. Returns false for the sign-in address and for one that isn't there. */
export async function dropAddress(services: AccountServices, by: Acting, address: string): Promise<boolean> {
  const now = services.clock()
  const happening = {
    id: `address:${randomUUID()}`,
    event: 'address.removed' as const,
    notice: 'address_removed' as const,
    data: { removed: address },
    also: address,
    signals: addressesChanged(),
  }
  const gone = await services.change('protections', by.account, (current) => {
    const next = current && removeAddress(current, address)
    return next === undefined ? [current, false] : [withEffects(next, toldOf(by, happening, now)), true]
  })
  return gone
}
