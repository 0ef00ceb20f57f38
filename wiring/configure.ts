import { type Configuration, Provider } from 'oidc-provider'
import { originOf } from '../interactions/http/request.ts'
import { ConfigError } from '../options/config-error.ts'
import { createAdapterFactory } from '../provider/adapter.ts'
import { createMayUse } from '../provider/app-audience.ts'
import { toldFor } from '../provider/app-sessions.ts'
import { createFindAccount } from '../provider/claims.ts'
import { clashesOf } from '../provider/clashes.ts'
import { configured } from '../provider/configure.ts'
import { createForeignAdapter } from '../provider/foreign-adapter.ts'
import { keySlots } from '../provider/key-slots.ts'
import { noneMapped } from '../provider/mapped-claims.ts'
import { snapshotOf } from '../provider/overridden.ts'
import { sessionUse } from '../provider/session-use.ts'
import type { Configured, Host } from './host.ts'
import type { Parts } from './parts.ts'
import type { Wired } from './services.ts'

/** Where the request under way comes from, if one is. */
const here = () => Provider.ctx && originOf(Provider.ctx)

/** Takes the host's configuration, and gives it back with what is needed. Throws ConfigError where they clash. */
export function configureHost(
  { store, clock, mapped = noneMapped, config: settings }: Parts,
  { services, keys, fetch }: Wired,
  host: Host,
): (own: Configuration) => Configuration {
  const told = toldFor(settings.logoutWithinDays)
  const mayUse = createMayUse(store)
  return (own) => {
    const faults = clashesOf(own)
    if (faults.length > 0) throw new ConfigError(faults)
    const adapter = own.adapter && createForeignAdapter(own.adapter, store, clock, here, told)
    const factory = adapter?.factory ?? createAdapterFactory(store, clock, here, told, settings.refreshGrace)
    const given: Configured = { own, adapter, configured: {} }
    const wanted = configured(own, {
      config: services.config,
      clock,
      ring: services.ring,
      acrNames: services.acrNames,
      fetch: fetch as NonNullable<Configuration['fetch']>,
      jwks: keySlots(keys),
      use: sessionUse(store, clock),
      adapter: host.marks.marked(factory, given),
      mayUse,
      findAccount: createFindAccount(services, clock, mapped, own.findAccount, mayUse),
    })
    given.configured = snapshotOf(wanted)
    return wanted
  }
}
