import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { Outgoing, Setting } from '../adapters/store/documents.ts'
import type { Document } from '../adapters/store/port.ts'
import type { CollectionName } from '../adapters/store/store.ts'
import { webhookKeyContext } from '../effects/webhooks.ts'
import { authorizationContext } from '../provider/signals/streams.ts'
import type { Protection } from '../rules/account.ts'
import type { Factor } from '../rules/factor.ts'
import type { Stream } from '../rules/stream.ts'
import type { Webhook } from '../rules/webhook.ts'

/** What a phone's subscription is sealed for. */
export const subscriptionContext = (factor: string): string => `subscription|${factor}`

/** Where sealed things last, and how each is sealed again. All else expires within days, and is waited for. */
export const resealers = {
  settings: (ring: KeyRing, one: Setting): Setting => having(one, 'value', anew(ring, one.value, one.id)),
  protections: (ring: KeyRing, one: Protection): Protection => {
    const factors = one.factors.map((factor) => factorAnew(ring, factor))
    return factors.every((factor, index) => factor === one.factors[index]) ? one : { ...one, factors }
  },
  streams: (ring: KeyRing, one: Stream): Stream => {
    const { delivery } = one
    if (!('authorization' in delivery) || delivery.authorization === undefined) return one
    const authorization = anew(ring, delivery.authorization, authorizationContext(one.id))
    return authorization === delivery.authorization
      ? one
      : { ...one, delivery: { ...delivery, authorization } }
  },
  webhooks: (ring: KeyRing, one: Webhook): Webhook => {
    const keys = one.keys.map((key) =>
      having(key, 'sealed', anew(ring, key.sealed, webhookKeyContext(one.id))),
    )
    return keys.every((key, index) => key === one.keys[index]) ? one : { ...one, keys }
  },
  outbox: (ring: KeyRing, one: Outgoing): Outgoing =>
    one.sealed === undefined ? one : having(one, 'sealed', anew(ring, one.sealed, one.id)),
} satisfies { [C in CollectionName]?: unknown }

export type ResealedName = keyof typeof resealers

/** The same document where nothing in it was sealed with an earlier key. */
export function resealed<T extends Document>(ring: KeyRing, collection: ResealedName, document: T): T {
  return (resealers[collection] as unknown as (ring: KeyRing, document: T) => T)(ring, document)
}

function factorAnew(ring: KeyRing, factor: Factor): Factor {
  if (factor.kind === 'totp') return having(factor, 'secret', anew(ring, factor.secret, factor.id))
  if (factor.kind !== 'push' || factor.subscription === undefined) return factor
  return having(factor, 'subscription', anew(ring, factor.subscription, subscriptionContext(factor.id)))
}

/** What no key of the ring opens stays as it is, and is counted. */
function anew(ring: KeyRing, sealed: string, context: string): string {
  if (!ring.isOld(sealed) || !ring.isSealed(sealed)) return sealed
  try {
    return ring.seal(ring.open(sealed, context), context)
  } catch {
    return sealed
  }
}

const having = <T extends object, K extends keyof T>(one: T, field: K, value: T[K]): T =>
  one[field] === value ? one : { ...one, [field]: value }
