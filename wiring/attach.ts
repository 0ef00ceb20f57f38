import { Provider } from 'oidc-provider'
import { apiRoutes } from '../api/routes.ts'
import type { ApiServices } from '../api/services.ts'
import { framed } from '../interactions/console/frame.ts'
import { guarded } from '../interactions/http/guards.ts'
import { ownPaths } from '../interactions/http/own-paths.ts'
import { mountedPages, type PagesOff } from '../interactions/mounted/pages.ts'
import { ConfigError } from '../options/config-error.ts'
import { takesEitherSecret } from '../provider/apps.ts'
import { waitForWrites } from '../provider/before-reply.ts'
import { byEndpoint } from '../provider/endpoints.ts'
import { hearLibrary } from '../provider/hear-library.ts'
import { currentKeySet } from '../provider/key-slots.ts'
import { overriddenIn } from '../provider/overridden.ts'
import { sameSuccessor } from '../provider/refresh-grace.ts'
import { retryLogouts } from '../provider/retry-logouts.ts'
import { idsInOrder } from '../provider/token-ids.ts'
import { keepFew } from '../provider/unfinished.ts'
import type { Settings } from '../rules/settings.ts'
import { type Configured, type Host, ownKeys } from './host.ts'
import type { Parts } from './parts.ts'
import type { Wired } from './services.ts'

/** Mounts the pages and the API on the host's provider, and hears what that does by itself. Once. */
export function attachTo(
  host: Host,
  provider: Provider,
  { delivery, foreignPeople, foreignOrganizations }: Parts,
  { services, transmitter, keys }: Wired,
  use: ApiServices['use'],
  off: PagesOff,
): void {
  const given = fitting(host, provider, services.config.issuer)
  Object.assign(host, given)
  services.config.clients = (given.own.clients ?? []) as Settings['clients']
  host.provider = provider
  hearLibrary(provider, services.store)
  takesEitherSecret(provider, services.clock)
  keepFew(provider, services.config.base, services.clock)
  const others = {
    signals: () => transmitter.routes(),
    api: () =>
      apiRoutes({
        ...services,
        use,
        hostPeople: foreignPeople === true,
        hostOrganizations: foreignOrganizations === true,
      }),
  }
  // People whom a host keeps are the host's to provision.
  if (foreignPeople !== true && off.api !== false) services.places.add('directory')
  const routers = mountedPages(services, delivery, others, off)
  const routes = host.own?.routes
  const pages = [
    retryLogouts(provider, services.outbox),
    // The library takes other spellings of an endpoint's path as well.
    sameSuccessor,
    waitForWrites,
    ...(ownKeys(host) === undefined ? [currentKeySet(keys, routes?.jwks)] : []),
    ownPaths(routers, [framed(services), ...guarded(services)]),
  ]
  // What the host keeps itself is durable, or not, as its adapter has it, and tokens are the host's.
  const ownTokens = host.adapter === undefined
  if (ownTokens) idsInOrder(provider, services.clock)
  const calls = ownTokens ? [sameSuccessor, waitForWrites] : []
  provider.use(byEndpoint({ reads: [], calls, pages }, routes))
}

/** What `configure` was given for this provider. Throws ConfigError where it isn't one to attach to. */
function fitting({ marks, provider: attached }: Host, provider: Provider, issuer: string): Configured {
  if (!(provider instanceof Provider))
    throw new ConfigError([
      'attach: takes a Provider of the "oidc-provider" beside Rekey; `npm ls oidc-provider` tells of a second one',
    ])
  const made = marks.of(provider)
  const faults = [
    ...(made === undefined ? [unmarked] : overriddenIn(made.state, made.given.configured)),
    ...(attached === undefined ? [] : [already]),
    // Every address of a page and of a mail would be another provider's.
    ...(provider.issuer === issuer
      ? []
      : [`attach: the provider is ${provider.issuer}, and rekey(…) was told ${issuer}: make it with that`]),
  ]
  if (made === undefined || faults.length > 0) throw new ConfigError(faults)
  return made.given
}

const unmarked =
  'attach: make the provider with configure(…) of this very rekey(…): new Provider(recovery.issuer, recovery.configure(yours)), and leave `adapter` as it is'

const already = 'attach: a provider is attached already; one rekey(…) serves one provider'
