import type { RequestListener } from 'node:http'
import Router from '@koa/router'
import type Koa from 'koa'
import { type Configuration, Provider } from 'oidc-provider'
import { createGuardedFetch } from '../adapters/guarded-fetch.ts'
import { createBuiltInPeople } from '../adapters/people/built-in/people.ts'
import { rememberedCosts } from '../adapters/secrets/foreign-costs.ts'
import { pairwiseSecret } from '../adapters/secrets/pairwise-secret.ts'
import { createPasswords } from '../adapters/secrets/passwords.ts'
import type { Worker } from '../effects/worker.ts'
import { mounted } from '../interactions/console/client.ts'
import { framed } from '../interactions/console/frame.ts'
import { errorPages, guarded, transportHeaders } from '../interactions/http/guards.ts'
import { ownForms } from '../interactions/http/onward.ts'
import { ownPaths } from '../interactions/http/own-paths.ts'
import { seeOther, showPage } from '../interactions/http/page.ts'
import { providerPages } from '../interactions/http/provider-pages.ts'
import { cameBy } from '../interactions/http/proxies.ts'
import { localeOf } from '../interactions/http/request.ts'
import { signOutLanguage } from '../interactions/http/sign-out-language.ts'
import { userCodeSession } from '../interactions/http/user-code.ts'
import type { Services } from '../interactions/services.ts'
import { ConfigError } from '../options/config-error.ts'
import { logAppErrors } from '../provider/app-errors.ts'
import { clientFaults } from '../provider/client-metadata.ts'
import { createConfiguration, type ProviderOptions } from '../provider/configuration.ts'
import { byEndpoint } from '../provider/endpoints.ts'
import { belongingOf, createMappedClaims, type MappedClaims } from '../provider/mapped-claims.ts'
import { postAsGet } from '../provider/post-requests.ts'
import { registrationGuard } from '../provider/registration.ts'
import { requestUris } from '../provider/request-uris.ts'
import { baseOf, mountOf } from '../rules/mount.ts'
import { assetPath } from '../views/assets.ts'
import { assemble } from '../wiring/assemble.ts'
import type { Parts } from '../wiring/parts.ts'
import type { Config } from './config.ts'
import { signingOf } from './signing.ts'

export interface AppOptions extends Omit<Parts, 'people'> {
  config: Config
  /** Set in demo mode: where the demo app is, and routes that show what the demo keeps. */
  demo?: { app: string; routes(services: Services, worker: Pick<Worker, 'run'>): Router }
}

export interface App {
  /** Answers every request, whatever the path of the issuer. */
  listener: RequestListener
  koa: Koa
  services: Services & { config: Config }
  /** Seconds since the duty of the worker finished that has waited longest. */
  lag(): number
  /** Does all background work that is due now. */
  work(): Promise<void>
  /** Stops the background work; requests under way are the caller's to wait for. */
  stop(): Promise<void>
}

/** What the plugin is given of the program: its people are those that Rekey keeps itself. */
export function partsOf(options: AppOptions): AppOptions & Parts {
  const { store, clock } = options
  const passwords = options.passwords ?? createPasswords(undefined, rememberedCosts(store, clock))
  return { ...options, passwords, people: createBuiltInPeople(store, passwords) }
}

/** The program: an identity provider of its own, and the plugin's first user. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, demo } = options
  const { plugin, services, work, lag, provider } = await createProvider(options)
  // What these headers say is ours by then.
  provider.proxy = true
  provider.use(cameBy(config.issuer, config.trustProxy))
  const allowed = config.fetchHosts
  const calls = [transportHeaders(config.issuer.startsWith('https:')), errorPages(services)]
  const pages = [
    framed(services),
    ...guarded(services),
    ownForms(services),
    postAsGet(mountOf(services.config)),
    requestUris({ provider, allowed, fetch: createGuardedFetch({ allowed }) }),
    signOutLanguage,
    registrationGuard(config.registration, options.store, options.clock),
    ownPaths([userCodeSession(provider, services), homeRoutes(options, services)]),
    ...(demo === undefined ? [] : [ownPaths([demo.routes(services, { run: work })])]),
  ]
  provider.use(byEndpoint({ reads: calls, calls, pages }))
  logAppErrors(provider, options.log)
  plugin.attach(provider)
  return {
    listener: mounted(provider.callback(), services.config),
    koa: provider as unknown as Koa,
    services: services as App['services'],
    work,
    lag,
    stop: plugin.stop,
  }
}

/** The provider as it will run, with nothing attached and nothing at work. Throws ConfigError. */
export async function createProvider(options: AppOptions) {
  const { config, store } = options
  const mapped = createMappedClaims(config.claims, (account) => belongingOf(store, account))
  const assembled = await assemble({
    ...partsOf(options),
    start: baseOf(config.issuer),
    signing: signingOf(config),
    mapped,
  })
  const { plugin, services } = assembled
  const pairwise = await pairwiseSecret(store, services.ring)
  const provider = new Provider(
    plugin.issuer,
    plugin.configure(ownConfiguration(options, services, mapped, pairwise)),
  )
  const faults = clientFaults(provider, config.clients)
  if (faults.length > 0) throw new ConfigError(faults)
  return { ...assembled, provider }
}

/** What the program says itself, as any host would. */
export function ownConfiguration(
  { config, clock }: AppOptions,
  services: Services,
  mapped: MappedClaims,
  pairwise: string,
): Configuration {
  return createConfiguration({
    issuer: config.issuer,
    clients: config.clients as ProviderOptions['clients'],
    signedWith: config.signing.default,
    requirePkce: config.requirePkce,
    responseTypes: ['code', ...config.responseTypes],
    mapped,
    pages: providerPages(services),
    resources: config.resources,
    registration: config.registration,
    pairwiseSecret: pairwise,
    acrNames: services.acrNames,
    clock,
  })
}

function homeRoutes({ config, demo }: AppOptions, { views, branding }: Services): Router {
  const router = new Router()
  router.get('/', (ctx) => {
    const locals = { issuer: config.issuer, demo: demo !== undefined, demoApp: demo?.app }
    showPage(ctx, views.page('home', localeOf(ctx), locals))
  })
  // Asked for by browsers on pages that name no icon, as those that the library writes itself.
  router.get('/favicon.ico', (ctx) => seeOther(ctx, branding.look.favicon ?? assetPath('favicon.svg')))
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' }
  })
  return router
}
