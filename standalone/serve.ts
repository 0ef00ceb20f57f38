import type { Logger } from 'pino'
import type { Delivery } from '../adapters/delivery/delivery.ts'
import type { WaysOut } from '../adapters/delivery/ways.ts'
import { createGuardedFetch, endpointFault } from '../adapters/guarded-fetch.ts'
import type { Proofing } from '../adapters/proofing/proofing.ts'
import { createKeyRing } from '../adapters/secrets/key-ring.ts'
import type { StoreFault } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import { watchVersion } from '../adapters/store/watch-version.ts'
import { warnWhereNobodyDecides } from '../recovery/agents.ts'
import { offeredKinds } from '../rules/kinds.ts'
import { mountOf } from '../rules/mount.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { createHealth } from './health.ts'
import { type Lifecycle, listen } from './lifecycle.ts'
import { diskOf } from './observe/disk.ts'
import { createMetrics } from './observe/metrics.ts'
import { observed } from './observe/requests.ts'
import { observedStore } from './observe/store.ts'
import { openDelivery, sendsPushes } from './open-delivery.ts'
import { openProofing } from './open-proofing.ts'
import { openStore } from './open-store.ts'
import type { ProductConfig } from './product-config.ts'
import { checkKeys } from './ring-check.ts'

/** The product: everything that leaves really leaves. Throws ConfigError for whatever the operator can mend. */
export async function startProduct(config: ProductConfig, lifecycle: Lifecycle, log: Logger): Promise<void> {
  const metrics = createMetrics()
  const clock = Date.now
  const store = observedStore(await openedStore(config, clock, lifecycle), metrics.stored)
  const ways = waysOut(config, store, clock)
  const delivery = closing(
    await openDelivery(ways, { mail: config.mail, twilio: config.phone?.twilio }),
    lifecycle,
  )
  const proofing = await connectedProofing(config)
  const app = await createApp({
    config,
    store,
    delivery,
    proofing,
    kinds: offeredKinds({ carrier: config.phone !== undefined, pushes: sendsPushes() }),
    clock,
    log,
    happened: metrics.happened,
  })
  lifecycle.add(() => app.stop())
  const watched = { store, clock, workerLag: app.lag, disk: () => diskOf(config) }
  metrics.look({ ...watched, passwords: () => app.services.passwords.waiting?.() ?? 0 })
  const mount = mountOf({ base: config.issuer })
  const listener = observed(app.listener, { log, mount, answered: metrics.answered })
  if (config.health === undefined) await listen(lifecycle, listener, config)
  else {
    const health = createHealth({ ...watched, metrics })
    await listen(lifecycle, health.handle, { ...config.health, setting: 'health.port' })
    await listen(lifecycle, listener, config)
    lifecycle.add(async () => health.leave())
  }
  const leave = async ({ message }: StoreFault) => {
    log.fatal({ reason: message }, 'stopping')
    await lifecycle.stop()
    process.exit(1)
  }
  const unwatch = watchVersion(store, leave)
  lifecycle.add(async () => unwatch())
  await warnWhereNobodyDecides(app.services, log)
  log.info({ issuer: config.issuer, port: config.port }, 'Rekey is listening')
}

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
