import Router from '@koa/router'
import type Koa from 'koa'
import { Provider } from 'oidc-provider'
import type { Logger } from 'pino'
import { purgeRemoved } from '../account/purge.ts'
import type { Delivery } from '../adapters/delivery/delivery.ts'
import { createGuardedFetch } from '../adapters/guarded-fetch.ts'
import type { Proofing } from '../adapters/proofing/proofing.ts'
import { createKeyRing } from '../adapters/secrets/key-ring.ts'
import { createPasswords, type Passwords } from '../adapters/secrets/passwords.ts'
import { vapidKeys } from '../adapters/secrets/vapid-keys.ts'
import type { Store } from '../adapters/store/store.ts'
import { createArrivals } from '../effects/arrivals.ts'
import { createAudit } from '../effects/audit.ts'
import { createOutbox } from '../effects/outbox.ts'
import { createSend } from '../effects/send.ts'
import { createEffects } from '../effects/settle.ts'
import { startWorker, type Worker } from '../effects/worker.ts'
import { administrationRoutes } from '../interactions/administration/administration.ts'
import { authenticatorRoutes } from '../interactions/authenticator/routes.ts'
import { forgetSubscription } from '../interactions/authenticator/subscription.ts'
import { createConsole } from '../interactions/console/session.ts'
import { assetRoutes } from '../interactions/http/assets.ts'
import { deliveryRoutes } from '../interactions/http/carriers.ts'
import { deviceSession } from '../interactions/http/device-flow.ts'
import { errorPages, onlyOwnHost, secureHeaders } from '../interactions/http/guards.ts'
import { ownPaths } from '../interactions/http/own-paths.ts'
import { showPage } from '../interactions/http/page.ts'
import { providerPages } from '../interactions/http/provider-pages.ts'
import { localeOf, originOf } from '../interactions/http/request.ts'
import { recoveryRoutes } from '../interactions/recovery/routes.ts'
import { enrolment, identityRoutes } from '../interactions/security/identity.ts'
import { securityRoutes } from '../interactions/security/page.ts'
import type { Services } from '../interactions/services.ts'
import { interactionRoutes } from '../interactions/sign-in/routes.ts'
import { supportRoutes } from '../interactions/support/desk.ts'
import { createAcrNames, namesByLevel } from '../provider/acr-names.ts'
import { waitForWrites } from '../provider/before-reply.ts'
import type { ProviderOptions } from '../provider/configuration.ts'
import { createProvider } from '../provider/create.ts'
import { consoleClient } from '../provider/own-client.ts'
import { retryLogouts } from '../provider/retry-logouts.ts'
import { createRevocation } from '../provider/revocation.ts'
import { createTransmitter, type Transmitter } from '../provider/signals/transmitter.ts'
import { signingKeys } from '../provider/signing-keys.ts'
import { wakeCases } from '../recovery/cases.ts'
import { createViews } from '../views/render.ts'
import type { Config } from './config.ts'
import { createDeliver } from './deliver.ts'

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
  services: Services & { config: Config }
  /** Does all background work that is due now. */
  work(): Promise<void>
  /** Stops the background work; requests under way are the caller's to wait for. */
  stop(): Promise<void>
}

/** Puts Rekey together over any store and any way out. Everything is wired here, once. */
export async function createApp(options: AppOptions): Promise<App> {
  const { transmitter, ...services } = await createServices(options)
  const worker = startWorker(
    [
      services.effects.settleAll,
      () => wakeCases(services),
      () => purgeRemoved(services),
      transmitter.tend,
      services.outbox.drain,
    ],
    services.log,
  )
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

async function createServices(
  options: AppOptions,
): Promise<Services & { config: Config; transmitter: Transmitter }> {
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
    here: () => Provider.ctx && originOf(Provider.ctx),
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
    revocation: createRevocation(store),
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
