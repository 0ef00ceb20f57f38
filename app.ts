import Router from '@koa/router'
import type Koa from 'koa'
import type { Logger } from 'pino'
import type { Delivery } from './adapters/delivery.ts'
import type { Proofing } from './adapters/proofing.ts'
import type { Store } from './adapters/store.ts'
import { createAudit } from './audit/log.ts'
import { authenticatorRoutes } from './authenticator/routes.ts'
import { forgetSubscription } from './authenticator/subscription.ts'
import type { Config } from './config.ts'
import { administrationRoutes } from './console/administration.ts'
import { consoleClient } from './console/client.ts'
import { enrolment, identityRoutes } from './console/identity.ts'
import { securityRoutes } from './console/security.ts'
import { createConsole } from './console/session.ts'
import { supportRoutes } from './console/support.ts'
import { createArrivals } from './http/arrivals.ts'
import { assetRoutes } from './http/assets.ts'
import { deviceSession } from './http/device-session.ts'
import { errorPages, onlyOwnHost, secureHeaders } from './http/guards.ts'
import { ownPaths } from './http/own-paths.ts'
import { showPage } from './http/page.ts'
import { providerPages } from './http/provider-pages.ts'
import { localeOf } from './http/request.ts'
import { interactionRoutes } from './interactions/routes.ts'
import { deliveryRoutes } from './outbox/callbacks.ts'
import { createOutbox } from './outbox/outbox.ts'
import { createSend } from './outbox/send.ts'
import { createAcrNames, namesByLevel } from './provider/acr-names.ts'
import { waitForWrites } from './provider/before-reply.ts'
import type { ProviderOptions } from './provider/configuration.ts'
import { createProvider } from './provider/create.ts'
import { signingKeys } from './provider/signing-keys.ts'
import { createEffects } from './recovery/effects.ts'
import { recoveryRoutes } from './recovery/routes.ts'
import { startWorker, type Worker } from './recovery/worker.ts'
import { createKeyRing } from './secrets/key-ring.ts'
import { createPasswords, type Passwords } from './secrets/passwords.ts'
import { vapidKeys } from './secrets/vapid-keys.ts'
import type { Services } from './services.ts'
import { createDeliver } from './signals/deliver.ts'
import { createGuardedFetch } from './signals/guarded-fetch.ts'
import { retryLogouts } from './signals/retry-logouts.ts'
import { createTransmitter, type Transmitter } from './signals/transmitter.ts'
import { createViews } from './views/render.ts'

export interface AppOptions {
  config: Config
  store: Store
  delivery: Delivery
  /** Verifies identities by photo ID. */
  proofing?: Proofing
  /** Milliseconds since 1970. */
  clock: () => number
  /** See Services; `[clock()]` if left out. */
  authenticatorTimes?: () => number[]
  log: Logger
  /** Checks passwords in another way: measurements leave the hashing out. */
  passwords?: Passwords
  /** Set in demo mode: where the demo app is, and routes that show what the demo keeps. */
  demo?: { app: string; routes(services: Services, worker: Worker): Router }
}

export interface App {
  koa: Koa
  services: Services
  /** Does all background work that is due now. */
  work(): Promise<void>
  /** Stops the background work; requests under way are the caller's to wait for. */
  stop(): Promise<void>
}

/** Puts Rekey together over any store and any way out. Everything is wired here, once. */
export async function createApp(options: AppOptions): Promise<App> {
  const { transmitter, ...services } = await createServices(options)
  const worker = startWorker(services, () => transmitter.tend())
  const { provider } = services
  provider.proxy = options.config.trustProxy
  provider.use(onlyOwnHost(options.config.issuer))
  provider.use(secureHeaders)
  provider.use(errorPages(services))
  provider.use(waitForWrites)
  retryLogouts(provider, services.outbox)
  const own = [deviceSession(provider), ...routers(options, services, worker), transmitter.routes()]
  provider.use(ownPaths(own))
  return {
    koa: provider as unknown as Koa,
    services,
    work: () => worker.run(),
    stop: async () => {
      transmitter.close()
      services.arrivals.close()
      await worker.stop()
      await services.outbox.stop()
    },
  }
}

async function createServices(options: AppOptions): Promise<Services & { transmitter: Transmitter }> {
  const { config, store, clock, log } = options
  const ring = createKeyRing(config.keys)
  const views = createViews({ brand: config.brand })
  const audit = createAudit(store, clock)
  const acrNames = createAcrNames(namesByLevel(config.acr))
  const fetch = createGuardedFetch({ allowed: config.fetchHosts })
  const pairwiseSecret = ring.mac('pairwise')
  const keys = await signingKeys(store, ring)
  const provider = createProvider({
    issuer: config.issuer,
    store,
    clock,
    jwks: keys as ProviderOptions['jwks'],
    cookieKeys: ring.cookieKeys,
    clients: [
      consoleClient(config.issuer, config.brand, ring),
      ...config.clients,
    ] as ProviderOptions['clients'],
    fetch,
    pages: providerPages({ views, log }),
    resources: config.resources,
    registration: config.registration,
    pairwiseSecret,
    acrNames,
  })
  const transmitter = await createTransmitter({
    config,
    store,
    clock,
    ring,
    log,
    fetch,
    pairwiseSecret,
    acrNames,
    keys,
    provider: () => provider,
    outbox: () => outbox,
  })
  const send = createSend({
    delivery: options.delivery,
    store,
    clock,
    gone: (message) => forgetSubscription({ store, ring }, message),
  })
  const outbox = createOutbox({
    store,
    ring,
    clock,
    deliver: createDeliver(send, provider, transmitter),
    failed: ({ id, tries, state, lastError }, error) =>
      // A number that is none is nobody's fault here.
      log[state === 'dropped' ? 'info' : 'warn'](
        { message: id, tries, state, error: lastError ?? error.name },
        'not delivered',
      ),
  })
  const effects = createEffects({
    config,
    store,
    clock,
    ring,
    views,
    outbox,
    audit,
    provider: () => provider,
    publish: transmitter.publish,
  })
  const authenticatorTimes = options.authenticatorTimes ?? (() => [clock()])
  return {
    config,
    store,
    clock,
    authenticatorTimes,
    acrNames,
    ring,
    passwords: options.passwords ?? createPasswords(),
    ...(options.proofing === undefined ? {} : { proofing: options.proofing }),
    views,
    audit,
    outbox,
    effects,
    provider,
    kinds: config.phone === undefined ? ['totp', 'passkey', 'push'] : ['totp', 'passkey', 'push', 'sms'],
    arrivals: createArrivals(),
    pushKey: (await vapidKeys(store, ring)).publicKey,
    log,
    transmitter,
  }
}

function routers(options: AppOptions, services: Services, worker: Worker): Router[] {
  const console = createConsole(services)
  const pages = new Router()
  pages.get('/', (ctx) => {
    const { demo, config } = options
    const locals = {
      issuer: config.issuer,
      demo: demo !== undefined,
      ...(demo === undefined ? {} : { demoApp: demo.app }),
    }
    showPage(ctx, services.views.page('home', localeOf(ctx), locals))
  })
  pages.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' }
  })
  pages.get('/console/callback', (ctx) => console.callback(ctx))
  const own = [
    assetRoutes(),
    pages,
    interactionRoutes(services),
    recoveryRoutes(services, console, enrolment(services, console)),
    supportRoutes(services, console),
    administrationRoutes(services, console),
    identityRoutes(services, console),
    securityRoutes(services, console),
    authenticatorRoutes(services),
    deliveryRoutes(options.delivery),
  ]
  return options.demo === undefined ? own : [...own, options.demo.routes(services, worker)]
}
