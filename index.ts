import type { JWK } from 'jose'
import { type Configuration, Provider } from 'oidc-provider'
import type { Logger } from 'pino'
import { accountHandlers } from './account/effects.ts'
import { purgeRemoved } from './account/purge.ts'
import { createAccounts } from './account/use-cases.ts'
import type { Delivery } from './adapters/delivery/delivery.ts'
import { kindsSentBy, openWays } from './adapters/delivery/open-ways.ts'
import { createGuardedFetch, endpointFault } from './adapters/guarded-fetch.ts'
import { peopleInMap } from './adapters/people/map.ts'
import { overOrganizations } from './adapters/people/over-organizations.ts'
import type { People } from './adapters/people/people.ts'
import type { Proofing } from './adapters/proofing/proofing.ts'
import { rememberedCosts } from './adapters/secrets/foreign-costs.ts'
import { createKeyRing, type RingKey } from './adapters/secrets/key-ring.ts'
import { missingKey, noteKeys } from './adapters/secrets/known-keys.ts'
import { pairwiseSecret } from './adapters/secrets/pairwise-secret.ts'
import { createPasswords, type Passwords } from './adapters/secrets/passwords.ts'
import { vapidKeys } from './adapters/secrets/vapid-keys.ts'
import { openUpToDate } from './adapters/store/migrate.ts'
import type { Store } from './adapters/store/store.ts'
import { createUpstream } from './adapters/upstream/connect.ts'
import type { UpstreamSettings } from './adapters/upstream/schema.ts'
import { apiRoutes } from './api/routes.ts'
import type { ApiServices } from './api/services.ts'
import { createArrivals } from './effects/arrivals.ts'
import type { AuditKeeper } from './effects/audit-keeper.ts'
import { deedHandlers } from './effects/deeds.ts'
import { createDirectory } from './effects/directory.ts'
import { heard } from './effects/heard.ts'
import { createNetworkBudgets } from './effects/network-budgets.ts'
import { openAudit } from './effects/open-audit.ts'
import { createOutbox } from './effects/outbox.ts'
import { createSend } from './effects/send.ts'
import type { Observation } from './effects/services.ts'
import { createEffects } from './effects/settle.ts'
import { tellingHandlers } from './effects/telling.ts'
import { startWorker, type Worker } from './effects/worker.ts'
import { promptHandlers } from './interactions/authenticator/prompts.ts'
import { forgetSubscription } from './interactions/authenticator/subscription.ts'
import { framed } from './interactions/console/frame.ts'
import { guarded } from './interactions/http/guards.ts'
import { ownPaths } from './interactions/http/own-paths.ts'
import { originOf } from './interactions/http/request.ts'
import { mountedPages, type PagesOff } from './interactions/mounted/pages.ts'
import type { Services } from './interactions/services.ts'
import { type FirstFactor, type HostContext, passed } from './interactions/sign-in/first-factor.ts'
import { ConfigError, type PluginOptions, readOptions } from './options.ts'
import { listFollowers, organizationHandlers } from './organization/effects.ts'
import { type Accounts, createPeople } from './organization/people-use-cases.ts'
import { createOrganizations, type Organizations } from './organization/use-cases.ts'
import { createAcrNames, namesByLevel } from './provider/acr-names.ts'
import { createAdapterFactory } from './provider/adapter.ts'
import { createMayUse } from './provider/app-audience.ts'
import { toldFor } from './provider/app-sessions.ts'
import { takesEitherSecret } from './provider/apps.ts'
import { beforeReply, waitForWrites } from './provider/before-reply.ts'
import { createFindAccount } from './provider/claims.ts'
import { clashesOf } from './provider/clashes.ts'
import { configured } from './provider/configure.ts'
import { createDeliver } from './provider/deliver.ts'
import { providerHandlers } from './provider/effects.ts'
import { createForeignAdapter, type ForeignAdapter } from './provider/foreign-adapter.ts'
import { hearLibrary } from './provider/hear-library.ts'
import { currentKeySet, keySlots } from './provider/key-slots.ts'
import { type MappedClaims, noneMapped } from './provider/mapped-claims.ts'
import { sameSuccessor } from './provider/refresh-grace.ts'
import { sessionUse } from './provider/session-use.ts'
import { setKeyOf } from './provider/signals/sets.ts'
import { createTransmitter, type Transmitter } from './provider/signals/transmitter.ts'
import {
  createSigningKeys,
  rotateSigningKeys,
  type SigningKeyOptions,
  type SigningKeys,
} from './provider/signing-keys.ts'
import { keepFew } from './provider/unfinished.ts'
import { caseEnding, recoveryHandlers } from './recovery/effects.ts'
import { wakeCases } from './recovery/events.ts'
import { type Cases, createCases } from './recovery/use-cases.ts'
import { type FactorKind, freshProtection, membershipEnding } from './rules/account.ts'
import { offeredKinds } from './rules/kinds.ts'
import { baseOf, mountOf } from './rules/mount.ts'
import { personEnding } from './rules/own-person.ts'
import { proposalEnding } from './rules/role-change.ts'
import type { Brand, Settings } from './rules/settings.ts'
import { webhookEnding } from './rules/webhook.ts'
import { type Branding, brandingOf } from './views/brand.ts'
import type { HostTexts, HostViews } from './views/host-views.ts'
import { createViews } from './views/render.ts'

export type { Belonging, People, Person } from './adapters/people/people.ts'
export type { HostTexts, HostViews, View, ViewKit } from './views/host-views.ts'
export type { PageName, Pages } from './views/pages.ts'
export { ConfigError, type PagesOff, type PluginOptions }

export interface Rekey {
  readonly issuer: string
  /** Your configuration, with what recoverable second factors need. A clash throws ConfigError naming the setting. */
  configure(own: Configuration): Configuration
  /** Mounts the pages on their paths, with guards and headers for these paths alone, and starts the worker. Once. */
  attach(provider: Provider, pages?: PagesOff): void
  /** The first factor was proven on a page of yours: the second factor, recovery and the rest follow from here. */
  passed(ctx: HostContext, proof: FirstFactor): Promise<void>
  /** What protects a person, and what a host does about it, without a page. */
  readonly accounts: Accounts
  readonly cases: Cases
  readonly organizations: Organizations
  /** Stops the background work, and closes what was opened here. */
  stop(): Promise<void>
}

/** Recoverable second factors for a provider of yours. Throws ConfigError with everything that is wrong at once. */
export async function rekey(input: PluginOptions): Promise<Rekey> {
  const {
    store: openStore,
    delivery: ways,
    proofing,
    people: given,
    organizations,
    clock,
    log,
    start,
    path,
    views,
    texts,
    ...config
  } = readOptions(input)
  const store = await openUpToDate(openStore, { clock })
  await refuseMissing(store, config.keys)
  const base = baseOf(config.issuer, path)
  const allowed = config.fetchHosts
  const delivery = await openWays(ways, {
    issuer: base,
    store,
    ring: createKeyRing(config.keys),
    clock,
    fetch: createGuardedFetch({ allowed }),
    refuses: (endpoint) => endpointFault(endpoint, allowed),
  })
  const people = peopleOf(given, organizations)
  const passwordsElsewhere = people.setPassword === undefined ? (true as const) : undefined
  const { plugin } = await assemble({
    config: { ...config, installedAt: await installedAt(store, clock()), passwordsElsewhere },
    store: overOrganizations(store, people.organizations),
    people,
    foreignPeople: true,
    foreignOrganizations: people.organizations !== undefined,
    delivery,
    proofing: proofing?.(`${base}/recovery/identity/callback`),
    clock,
    log,
    start,
    path,
    views,
    texts,
    kinds: kindsSentBy(ways, config.phone !== undefined),
  })
  const stop = async () => {
    await plugin.stop()
    await delivery.close()
    await store.close()
  }
  return { ...plugin, stop }
}

async function refuseMissing(store: Store, keys: RingKey[]): Promise<void> {
  const missing = await noteKeys(store, keys)
  if (missing.length === 0) return
  await store.close()
  throw new ConfigError(missing.map((id) => `keys: ${missingKey(id)}`))
}

/** Known from the first start on. */
function installedAt({ settings }: Store, now: number): Promise<number> {
  return settings.update('installed', (current) => {
    const installed = current ?? { id: 'installed', value: String(now) }
    return [installed, Number(installed.value)]
  })
}

const peopleOf = (given: PluginOptions['people'], organizations: People['organizations']): People => {
  const people = given instanceof Map ? peopleInMap(given) : (given as People)
  return organizations === undefined ? people : Object.assign(Object.create(people), { organizations })
}

/** What is put together: the engines are open, the settings checked. */
export interface Parts {
  config: Omit<Settings, 'clients' | 'base' | 'start' | 'upstreams'> & {
    keys: RingKey[]
    acr: Parameters<typeof namesByLevel>[0]
    upstreams: UpstreamSettings[]
  }
  store: Store
  /** Who can sign in. */
  people: People
  delivery: Delivery
  /** Verifies identities by photo ID. */
  proofing?: Proofing | undefined
  /** Milliseconds since 1970. */
  clock: () => number
  /** See Services; `[clock()]` if left out. */
  authenticatorTimes?: (() => number[]) | undefined
  log: Logger
  /** For figures. */
  happened?: (one: Observation) => void
  /** Kinds of factors that can be set up here; all that the settings allow if left out. */
  kinds?: FactorKind[] | undefined
  /** Where the provider is mounted, if not at the path of the issuer. */
  path?: string | undefined
  /** Where a mail sends someone who may sign in now; the page of their security if left out. */
  start?: string | undefined
  /** Whether the host says who belongs to which organization. */
  foreignOrganizations?: boolean
  /** Whether a host keeps the people. */
  foreignPeople?: boolean
  /** Checks passwords in another way: measurements leave the hashing out. */
  passwords?: Passwords | undefined
  /** Pages and texts of the host's own. */
  views?: HostViews | undefined
  texts?: HostTexts | undefined
  /** What tokens are signed with where the host has no keys of its own, and how its keys roll. */
  signing?: Pick<SigningKeyOptions, 'algorithms' | 'rotation'>
  /** Claims made from organizations, where the host has no `findAccount` of its own. */
  mapped?: MappedClaims
}

export interface Assembled {
  plugin: Rekey
  services: Services
  /** Does all background work that is due now. */
  work(): Promise<void>
  /** Seconds since the duty of the worker finished that has waited longest. */
  lag(): number
}

/** Puts Rekey together over any store and any way out. Everything is wired here, once. */
export async function assemble(parts: Parts): Promise<Assembled> {
  const host: Host = {}
  const { services, transmitter, keeper, keys, fetch } = await createServices(parts, host)
  const told = toldFor(parts.config.logoutWithinDays)
  const use: ApiServices['use'] = {
    accounts: { ...createAccounts(services), ...createPeople(services) },
    cases: createCases(services),
    organizations: createOrganizations(services, parts.foreignOrganizations === true),
  }
  const mayUse = createMayUse(parts.store)
  let worker: Worker | undefined
  const configure = (own: Configuration) => {
    const faults = clashesOf(own)
    if (faults.length > 0) throw new ConfigError(faults)
    host.adapter = own.adapter && createForeignAdapter(own.adapter, parts.store, parts.clock, here, told)
    host.own = own
    host.configured = configured(own, {
      config: services.config,
      clock: services.clock,
      ring: services.ring,
      acrNames: services.acrNames,
      fetch: fetch as NonNullable<Configuration['fetch']>,
      jwks: keySlots(keys),
      use: sessionUse(parts.store, parts.clock),
      adapter:
        host.adapter?.factory ??
        createAdapterFactory(parts.store, parts.clock, here, told, parts.config.refreshGrace),
      mayUse,
      findAccount: createFindAccount(
        services,
        parts.clock,
        parts.mapped ?? noneMapped,
        own.findAccount,
        mayUse,
      ),
    })
    services.config.clients = (own.clients ?? []) as Settings['clients']
    return host.configured
  }
  const attach = (provider: Provider, off: PagesOff = {}) => {
    if (host.configured === undefined)
      throw new Error('make the provider with configure(…) before it is attached')
    if (host.provider !== undefined) throw new Error('a provider is attached already')
    host.provider = provider
    hearLibrary(provider, services)
    takesEitherSecret(provider, services.clock)
    keepFew(provider, services.config.base)
    const routers = mountedPages(
      services,
      parts.delivery,
      {
        signals: () => transmitter.routes(),
        api: () => apiRoutes({ ...services, use, hostPeople: parts.foreignPeople === true }),
      },
      off,
    )
    provider.use(waitForWrites)
    provider.use(sameSuccessor)
    if (host.own?.jwks === undefined) provider.use(currentKeySet(keys, host.own?.routes?.jwks))
    provider.use(ownPaths(routers, [framed(services), ...guarded(services)]))
    worker = startWorker(duties(services, keys, transmitter, keeper), services.log)
  }
  const stop = async () => {
    transmitter.close()
    services.arrivals.close()
    await worker?.stop()
    await services.outbox.stop()
    await keeper.stop()
  }
  return {
    plugin: {
      issuer: services.config.issuer,
      configure,
      attach,
      passed: (ctx, proof) => passed(services, ctx, proof),
      ...use,
      stop,
    },
    services,
    work: async () => {
      await worker?.run()
      await services.outbox.drain()
    },
    lag: () => worker?.lag() ?? 0,
  }
}

/** A picture that can't be read is a fault of the options, and not of the first page. */
function openBrand(brand: Brand): Branding {
  try {
    return brandingOf(brand)
  } catch {
    throw new ConfigError(["brand: a picture can't be read; each is a file or an https address"])
  }
}

/** What the host gives later than everything else. */
interface Host {
  /** As it was given. */
  own?: Configuration
  configured?: Configuration
  /** Where the host keeps what the library stores, unless that is left to Rekey. */
  adapter?: ForeignAdapter
  provider?: Provider
}

function attached({ provider }: Host): Provider {
  if (provider === undefined) throw new Error('no provider is attached yet')
  return provider
}

async function createServices({ store, clock, log, ...parts }: Parts, host: Host) {
  const base = baseOf(parts.config.issuer, parts.path)
  const start = parts.start ?? `${base}/security`
  const config: Settings = { ...parts.config, base, start, clients: [] }
  const ring = createKeyRing(parts.config.keys)
  const branding = openBrand(config.brand)
  const { look } = branding
  const looks = { look, views: parts.views, texts: parts.texts }
  const views = createViews({ brand: config.brand.name, ...looks, start, mount: mountOf(config) })
  const acrNames = createAcrNames(namesByLevel(parts.config.acr))
  const fetch = createGuardedFetch({ allowed: config.fetchHosts })
  const { happened } = parts
  const { keeper, ...opened } = await openAudit({ config, store, clock, ring, log, fetch })
  const audit = { ...opened, append: heard(opened.append, happened) }
  const signing = parts.signing ?? { algorithms: ['RS256', 'ES256'] }
  const keys = await createSigningKeys({ store, ring, clock, ...signing })
  const pairwise = await pairwiseSecret(store, ring)
  const provider = () => attached(host)
  const passwords = parts.passwords ?? createPasswords(undefined, rememberedCosts(store, clock))
  const { people } = parts
  const accounts = createDirectory(people, store)
  const transmitter = createTransmitter({
    config,
    store,
    accounts,
    clock,
    ring,
    log,
    fetch,
    pairwiseSecret: pairwise,
    acrNames,
    key: () =>
      host.own?.jwks === undefined ? keys.published('RS256')[0] : setKeyOf(host.own.jwks as { keys: JWK[] }),
    provider,
    outbox: () => outbox,
  })
  const send = createSend({
    delivery: parts.delivery,
    store,
    clock,
    gone: (message) => forgetSubscription({ change, ring }, message),
  })
  const outbox = createOutbox({
    store,
    ring,
    clock,
    deliver: createDeliver(send, provider, transmitter, { store, ring, clock, fetch }),
    failed: ({ id, tries, state, lastError }, error) =>
      // A number that is none is nobody's fault here.
      log[state === 'dropped' ? 'info' : 'warn'](
        { message: id, tries, state, error: lastError ?? error.name },
        'not delivered',
      ),
  })
  const arrivals = createArrivals()
  const rotate = async (cause: string, withdraw: boolean) => {
    await rotateSigningKeys({ store, ring, clock, ...signing }, withdraw, cause)
    await keys.refresh()
  }
  const drop = async (artifact: string) => host.adapter?.drop(artifact)
  const kept = { config, store, people, accounts, clock, ring, views, outbox, audit }
  const { change, create, ...effects } = createEffects({
    store,
    clock,
    handlers: (writes) => {
      const services = { ...kept, ...writes }
      return {
        ...tellingHandlers(services),
        ...deedHandlers(services),
        ...providerHandlers({ ...services, provider, drop, publish: transmitter.publish, rotate }),
        ...recoveryHandlers(services),
        ...accountHandlers(services),
        ...organizationHandlers(services),
        ...promptHandlers({ ...services, arrivals }),
      }
    },
    beginnings: { protections: freshProtection },
    beforeReply,
    followers: listFollowers,
    endings: {
      cases: caseEnding,
      people: personEnding,
      memberships: membershipEnding,
      proposals: proposalEnding,
      webhooks: webhookEnding,
    },
  })
  const services: Services = {
    config,
    store,
    people,
    accounts,
    clock,
    authenticatorTimes: parts.authenticatorTimes ?? (() => [clock()]),
    acrNames,
    branding,
    ring,
    networks: createNetworkBudgets(store, clock, () => ({
      capacity: config.signInsPerMinute,
      period: 60_000,
    })),
    passwords,
    proofing: parts.proofing,
    views,
    audit,
    outbox,
    effects,
    change,
    create,
    get provider() {
      return provider()
    },
    get signingKeys() {
      return host.own?.jwks === undefined ? keys : undefined
    },
    kinds: parts.kinds ?? offeredKinds({ carrier: config.phone !== undefined }),
    upstreams: new Map(parts.config.upstreams.map((one) => [one.id, createUpstream(one, base)])),
    arrivals,
    places: new Set(),
    pushKey: (await vapidKeys(store, ring)).publicKey,
    log,
    happened,
  }
  return { services, transmitter, keeper, fetch, keys }
}

/** Where the request under way comes from, if one is. */
const here = () => Provider.ctx && originOf(Provider.ctx)

function duties(services: Services, keys: SigningKeys, transmitter: Transmitter, keeper: AuditKeeper) {
  return [
    services.effects.settleAll,
    () => wakeCases(services),
    () => purgeRemoved(services),
    keys.tend,
    transmitter.tend,
    async () => services.outbox.wake(),
    keeper.tend,
    services.networks.share,
  ]
}
