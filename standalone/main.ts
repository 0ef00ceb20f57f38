import { pino } from 'pino'
import type { Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options/config-error.ts'
import { type Config, readConfig } from './config.ts'
import { startIsOver } from './lean-start.ts'
import { createLifecycle, listen, stopOnSignals } from './lifecycle.ts'
import { loadSettings, type ProgramSettings } from './settings.ts'

/** `npm start`: the demo, by demo.mjs. The product starts with `npx rekey serve`. */

const lifecycle = createLifecycle()

async function startDemo(settings: ProgramSettings): Promise<void> {
  const { createApp } = await import('./app.ts')
  const { openDemoDelivery } = await import('./open-delivery.ts')
  const { closing, connectedProofing, openedStore, waysOut } = await import('./opening.ts')
  const { demoSettings, demoGreeting } = await import('./demo/settings.ts')
  const { startDemoClock, realTime } = await import('./demo/clock.ts')
  const { createRelyingApp } = await import('./demo/relying-app.ts')
  const { demoRoutes } = await import('./demo/routes.ts')
  const { seed } = await import('./demo/seed.ts')
  const demo = await demoSettings(settings)
  const config = readConfig(demo.settings)
  const log = pino({ level: process.env.REKEY_LOG ?? 'warn' })
  const clock = () => Date.now()
  const store = await openedStore(config, clock, lifecycle)
  const demoClock = await startDemoClock(store)
  const places = { app: demo.appOrigin, simulator: demo.simulator !== undefined }
  const app = await createApp({
    config,
    store,
    delivery: closing(await openDemoDelivery(waysOut(config, store, clock)), lifecycle),
    proofing: await connectedProofing(config),
    clock,
    authenticatorTimes: () => [...new Set([Date.now(), realTime()])],
    log,
    demo: {
      app: demo.appOrigin,
      routes: (services, worker) => demoRoutes(services, worker, demoClock, places),
    },
  })
  lifecycle.add(() => app.stop())
  await seed(app.services)
  await listen(lifecycle, app.listener, config)
  const relyingApp = createRelyingApp({
    issuer: config.issuer,
    origin: demo.appOrigin,
    secret: demo.appSecret,
    guide: `${config.issuer}/dev`,
  })
  await listen(lifecycle, relyingApp.callback(), { port: config.port + 1, host: config.host })
  if (demo.simulator !== undefined) await startSimulator(config, store, demo.simulator)
  startIsOver()
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
    nameOf: async (email) => (await store.people.find('login', email, { limit: 1 }))[0],
  })
  await listen(lifecycle, simulator.callback(), { port: config.port + 2, host: config.host })
}

stopOnSignals(lifecycle)

try {
  // Whoever starts this in production by mistake must not get people whose passwords everybody knows.
  if (!process.argv.includes('--demo'))
    throw new ConfigError(['start: npm start is the demo (--demo); the product is npx rekey serve'])
  await startDemo(await loadSettings(process.env))
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : ((error as Error).stack ?? error)}\n`,
  )
  process.exit(1)
}
