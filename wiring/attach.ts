import type { Provider } from 'oidc-provider'
import { apiRoutes } from '../api/routes.ts'
import type { ApiServices } from '../api/services.ts'
import { framed } from '../interactions/console/frame.ts'
import { guarded } from '../interactions/http/guards.ts'
import { ownPaths } from '../interactions/http/own-paths.ts'
import { mountedPages, type PagesOff } from '../interactions/mounted/pages.ts'
import { takesEitherSecret } from '../provider/apps.ts'
import { waitForWrites } from '../provider/before-reply.ts'
import { byEndpoint } from '../provider/endpoints.ts'
import { hearLibrary } from '../provider/hear-library.ts'
import { currentKeySet } from '../provider/key-slots.ts'
import { sameSuccessor } from '../provider/refresh-grace.ts'
import { retryLogouts } from '../provider/retry-logouts.ts'
import { keepFew } from '../provider/unfinished.ts'
import { type Host, ownKeys } from './host.ts'
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
  if (host.configured === undefined)
    throw new Error('make the provider with configure(…) before it is attached')
  if (host.provider !== undefined) throw new Error('a provider is attached already')
  const { issuer } = services.config
  // Every address of a page and of a mail would be another provider's.
  if (provider.issuer !== issuer)
    throw new Error(`the provider is ${provider.issuer}, and rekey(…) was told ${issuer}: make it with that`)
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
    waitForWrites,
    // The library takes other spellings of an endpoint's path as well.
    sameSuccessor,
    ...(ownKeys(host) === undefined ? [currentKeySet(keys, routes?.jwks)] : []),
    ownPaths(routers, [framed(services), ...guarded(services)]),
  ]
  // What the host keeps itself is durable, or not, as its adapter has it, and tokens are the host's.
  const calls = host.adapter === undefined ? [waitForWrites, sameSuccessor] : []
  provider.use(byEndpoint({ reads: [], calls, pages }, routes))
}
