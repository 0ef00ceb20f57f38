import { vapidKeys } from '../adapters/secrets/vapid-keys.ts'
import { createUpstream } from '../adapters/upstream/connect.ts'
import { createArrivals } from '../effects/arrivals.ts'
import { createNetworkBudgets } from '../effects/network-budgets.ts'
import type { Services } from '../interactions/services.ts'
import { offeredKinds } from '../rules/kinds.ts'
import { type Departures, openDepartures } from './departures.ts'
import { openEffects } from './effects.ts'
import { type Ground, openGround } from './ground.ts'
import { attachedTo, type Host, ownKeys } from './host.ts'
import type { Parts } from './parts.ts'

/** What pages and programs work with, and what only the wiring does. */
export interface Wired extends Departures, Pick<Ground, 'keeper' | 'keys' | 'fetch'> {
  services: Services
}

/** Everything that the plugin works with, over engines that are open and settings that were checked. */
export async function wiredServices(parts: Parts, host: Host): Promise<Wired> {
  const ground = await openGround(parts)
  const { config, store, clock, ring, keys, keeper, fetch } = ground
  const out = openDepartures(ground, host, parts.delivery, () => writes)
  const arrivals = createArrivals()
  const { change, create, ...effects } = openEffects(ground, out, host, arrivals)
  const writes = { change, create }
  const services: Services = {
    ...ground,
    ...writes,
    effects,
    arrivals,
    outbox: out.outbox,
    authenticatorTimes: parts.authenticatorTimes ?? (() => [clock()]),
    networks: createNetworkBudgets(store, clock, () => ({
      capacity: config.signInsPerMinute,
      period: 60_000,
    })),
    inTurn: parts.foreignPeople === true ? undefined : ground.passwords.inTurn,
    proofing: parts.proofing,
    kinds: parts.kinds ?? offeredKinds({ carrier: config.phone !== undefined }),
    upstreams: new Map(parts.config.upstreams.map((one) => [one.id, createUpstream(one, config.base)])),
    places: new Set(),
    pushKey: (await vapidKeys(store, ring)).publicKey,
    get provider() {
      return attachedTo(host)
    },
    get signingKeys() {
      return ownKeys(host) === undefined ? keys : undefined
    },
  }
  return { services, ...out, keeper, keys, fetch }
}
