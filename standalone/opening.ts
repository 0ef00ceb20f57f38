import type { Delivery } from '../adapters/delivery/delivery.ts'
import type { WaysOut } from '../adapters/delivery/ways.ts'
import { createGuardedFetch, endpointFault } from '../adapters/guarded-fetch.ts'
import type { Proofing } from '../adapters/proofing/proofing.ts'
import { createKeyRing } from '../adapters/secrets/key-ring.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Config } from './config.ts'
import type { Lifecycle } from './lifecycle.ts'
import { openProofing } from './open-proofing.ts'
import { openStore } from './open-store.ts'
import { checkKeys } from './ring-check.ts'

export async function openedStore(config: Config, clock: () => number, lifecycle: Lifecycle): Promise<Store> {
  const store = await openStore(config, clock)
  lifecycle.add(() => store.close())
  await checkKeys(store, config.keys)
  return store
}

export function waysOut(config: Config, store: Store, clock: () => number): WaysOut {
  const { issuer, keys, fetchHosts: allowed } = config
  const refuses = (endpoint: string) => endpointFault(endpoint, allowed)
  return { issuer, store, ring: createKeyRing(keys), clock, fetch: createGuardedFetch({ allowed }), refuses }
}

export async function connectedProofing({ issuer, proofing }: Config): Promise<Proofing | undefined> {
  return proofing && openProofing(proofing, `${issuer}/recovery/identity/callback`)
}

export function closing(delivery: Delivery, lifecycle: Lifecycle): Delivery {
  lifecycle.add(() => delivery.close())
  return delivery
}
