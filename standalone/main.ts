import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { enableCompileCache } from 'node:module'
import { pino } from 'pino'
import type { Delivery } from '../adapters/delivery/delivery.ts'
import type { WaysOut } from '../adapters/delivery/ways.ts'
import type { Proofing } from '../adapters/proofing/proofing.ts'
import { StoreFault } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options.ts'
import { warnWhereNobodyDecides } from '../recovery/agents.ts'
import { type Config, loadSettings, readConfig, readProductConfig } from './config.ts'
import { openProofing } from './open-proofing.ts'
import { openStore } from './open-store.ts'

/** Rekey as a program: `node main.ts`, configured by REKEY_CONFIG and the environment. `--demo` adds the demo. */

// Saves half of the time that starting takes.
enableCompileCache()

const stops: (() => Promise<unknown>)[] = []

async function run(): Promise<void> {
  const settings = await loadSettings(process.env)
  if (process.argv.includes('--demo')) await startDemo(settings)
  else await startProduct(readProductConfig(settings))
}

async function startProduct(config: ReturnType<typeof readProductConfig>): Promise<void> {
  const { createApp } = await import('./app.ts')
  const { openDelivery } = await import('./open-delivery.ts')
  const log = pino()
  const store = await opened(config, Date.now)
  const ways = await waysOut(config, store, Date.now)
  const delivery = closing(await openDelivery(ways, { mail: config.mail, twilio: config.phone?.twilio }))
  const app = await createApp({
    config,
    store,
    delivery,
    ...(await connectedProofing(config)),
    clock: Date.now,
    log,
  })
  stops.unshift(() => app.stop())
  await listen(app.listener, config.port, config.host)
  await warnWhereNobodyDecides(store, log)
  log.info({ issuer: config.issuer, port: config.port }, 'Rekey is listening')
}

async function startDemo(settings: { [setting: string]: unknown }): Promise<void> {
  const { createApp } = await import('./app.ts')
  const { openDemoDelivery } = await import('./open-delivery.ts')
  const { demoSettings, demoGreeting } = await import('./demo/settings.ts')
  const { startDemoClock, realTime } = await import('./demo/clock.ts')
  const { createRelyingApp } = await import('./demo/relying-app.ts')
  const { demoRoutes } = await import('./demo/routes.ts')
  const { seed } = await import('./demo/seed.ts')
  const demo = await demoSettings(settings)
  const config = readConfig(demo.settings)
  const log = pino({ level: process.env.REKEY_LOG ?? 'warn' })
  const clock = () => Date.now()
  const store = await opened(config, clock)
  const demoClock = await startDemoClock(store)
  const app = await createApp({
    config,
    store,
    delivery: closing(await openDemoDelivery(await waysOut(config, store, clock))),
    ...(await connectedProofing(config)),
    clock,
    authenticatorTimes: () => [...new Set([Date.now(), realTime()])],
    log,
    demo: { app: demo.appOrigin, routes: (services, worker) => demoRoutes(services, worker, demoClock) },
  })
  stops.unshift(() => app.stop())
  await seed(app.services)
  await listen(app.listener, config.port, config.host)
  const relyingApp = createRelyingApp({
    issuer: config.issuer,
    origin: demo.appOrigin,
    secret: demo.appSecret,
  })
  await listen(relyingApp.callback(), config.port + 1, config.host)
  if (demo.simulator !== undefined) await startSimulator(config, store, demo.simulator)
  process.stdout.write(demoGreeting(config, demo.appOrigin))
}

/** A provider of identity verification on the next port but one: what it finds is chosen on its page. */
async function startSimulator(
  config: Config,
  store: Store,
  { origin, clientId, clientSecret }: { origin: string; clientId: string; clientSecret: string },
): Promise<void> {
  const { createProofingSimulator } = await import('./demo/proofing-simulator.ts')
  const simulator = await createProofingSimulator({
    issuer: origin,
    clientId,
    clientSecret,
    redirectUri: `${config.issuer}/recovery/identity/callback`,
    nameOf: async (email) => (await store.accounts.find('email', email, { limit: 1 }))[0],
  })
  await listen(simulator.callback(), config.port + 2, config.host)
}

async function opened(config: Config, clock: () => number): Promise<Store> {
  const store = await openStore(config, clock)
  stops.unshift(() => store.close())
  return store
}

async function waysOut(config: Config, store: Store, clock: () => number): Promise<WaysOut> {
  const { createKeyRing } = await import('../adapters/secrets/key-ring.ts')
  const { createGuardedFetch, endpointFault } = await import('../adapters/guarded-fetch.ts')
  const { issuer, keys, fetchHosts: allowed } = config
  const refuses = (endpoint: string) => endpointFault(endpoint, allowed)
  return { issuer, store, ring: createKeyRing(keys), clock, fetch: createGuardedFetch({ allowed }), refuses }
}

async function connectedProofing({ issuer, proofing }: Config): Promise<{ proofing?: Proofing }> {
  if (proofing === undefined) return {}
  return { proofing: await openProofing(proofing, `${issuer}/recovery/identity/callback`) }
}

function closing(delivery: Delivery): Delivery {
  stops.unshift(() => delivery.close())
  return delivery
}

async function listen(handle: RequestListener, port: number, host?: string): Promise<Server> {
  const server = createServer(handle).listen(port, host)
  await once(server, 'listening')
  stops.unshift(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    // What hasn't finished by then is cut off; everything acknowledged is stored already.
    setTimeout(() => server.closeAllConnections(), 5_000).unref()
    await closed
  })
  return server
}

let stopping = false
async function stop(): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  for (const one of stops) await one()
  process.exit(0)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)

run().catch((error: NodeJS.ErrnoException) => {
  const expected = error instanceof ConfigError || error instanceof StoreFault || error.code === 'EADDRINUSE'
  process.stderr.write(`${expected ? error.message : (error.stack ?? error)}\n`)
  process.exit(1)
})
