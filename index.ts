import { kindsSentBy, openWays } from './adapters/delivery/open-ways.ts'
import { createGuardedFetch, endpointFault } from './adapters/guarded-fetch.ts'
import { peopleInMap } from './adapters/people/map.ts'
import { peopleOfHost } from './adapters/people/of-host.ts'
import { overOrganizations } from './adapters/people/over-organizations.ts'
import type { People } from './adapters/people/people.ts'
import { createKeyRing, type RingKey } from './adapters/secrets/key-ring.ts'
import { keyFaults } from './adapters/secrets/known-keys.ts'
import { openUpToDate } from './adapters/store/migrate.ts'
import type { Store } from './adapters/store/store.ts'
import { ConfigError } from './options/config-error.ts'
import type { PluginOptions } from './options/plugin-options.ts'
import { requireNode } from './options/runtime.ts'
import { readOptions } from './options.ts'
import { baseOf } from './rules/mount.ts'
import { assemble } from './wiring/assemble.ts'
import type { Rekey } from './wiring/plugin.ts'

export type { Belonging, People, Person } from './adapters/people/people.ts'
export type { PagesOff } from './interactions/mounted/pages.ts'
export type { HostTexts, HostViews, View, ViewKit } from './views/host-views.ts'
export type { PageName, Pages } from './views/pages.ts'
export { ConfigError, type PluginOptions, type Rekey }

/** Recoverable second factors for a provider of yours. Throws ConfigError with everything that is wrong at once. */
export async function rekey(input: PluginOptions): Promise<Rekey> {
  requireNode()
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
  await checkRing(store, config.keys)
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
  const end = async () => {
    await plugin.stop()
    await delivery.close()
    await store.close()
  }
  let ended: Promise<void> | undefined
  return {
    ...plugin,
    stop: () => {
      ended ??= end()
      return ended
    },
  }
}

async function checkRing(store: Store, keys: RingKey[]): Promise<void> {
  const faults = await keyFaults(store, keys, { note: true })
  if (faults.length === 0) return
  await store.close()
  throw new ConfigError(faults.map((fault) => `keys: ${fault}`))
}

/** Known from the first start on. */
function installedAt({ settings }: Store, now: number): Promise<number> {
  return settings.update('installed', (current) => {
    const installed = current ?? { id: 'installed', value: String(now) }
    return [installed, Number(installed.value)]
  })
}

const peopleOf = (given: PluginOptions['people'], organizations: People['organizations']): People =>
  peopleOfHost(given instanceof Map ? peopleInMap(given) : given, organizations)
