import type { Logger } from 'pino'
import type { StoreFault } from '../adapters/store/port.ts'
import { watchVersion } from '../adapters/store/watch-version.ts'
import { warnWhereNobodyDecides } from '../recovery/agents.ts'
import { offeredKinds } from '../rules/kinds.ts'
import { mountOf } from '../rules/mount.ts'
import { createApp } from './app.ts'
import { createHealth } from './health.ts'
import { type Lifecycle, listen } from './lifecycle.ts'
import { diskOf } from './observe/disk.ts'
import { createMetrics } from './observe/metrics.ts'
import { observed } from './observe/requests.ts'
import { observedStore } from './observe/store.ts'
import { openDelivery, sendsPushes } from './open-delivery.ts'
import { closing, connectedProofing, openedStore, waysOut } from './opening.ts'
import type { ProductConfig } from './product-config.ts'

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
