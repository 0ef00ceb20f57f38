import type { Provider } from 'oidc-provider'
import type { Store } from '../adapters/store/store.ts'
import type { Settings } from '../rules/settings.ts'
import { clientFaults } from './client-metadata.ts'
import { consoleClientId } from './own-client.ts'

/** The registration of an app: standard metadata (RFC 7591 §2), and our own. */
export interface AppMetadata {
  client_id: string
  client_name?: string
  client_secret?: string
  redirect_uris?: string[]
  [member: string]: unknown
}

export interface RegisteredApp {
  metadata: AppMetadata
  /** Where it was registered: what stands in the settings can't be changed here. */
  from: 'settings' | 'store'
}

type Looking = { store: Pick<Store, 'artifacts'>; config: Pick<Settings, 'clients'> }

const prefix = 'Client:'
const pageSize = 100

/** Every app: those of the settings, then the others by their id. */
export async function* everyApp(services: Looking): AsyncGenerator<RegisteredApp> {
  for (const metadata of services.config.clients)
    yield { metadata: metadata as AppMetadata, from: 'settings' }
  let after = prefix
  for (;;) {
    const page = await services.store.artifacts.walk({ after, limit: pageSize })
    for (const { id, payload } of page) {
      if (!id.startsWith(prefix)) return
      yield { metadata: JSON.parse(payload), from: 'store' }
    }
    if (page.length < pageSize) return
    after = page.at(-1)!.id
  }
}

export async function findApp({ config, store }: Looking, id: string): Promise<RegisteredApp | undefined> {
  if (id === consoleClientId) return undefined
  const own = config.clients.find((one) => one.client_id === id)
  if (own !== undefined) return { metadata: own as AppMetadata, from: 'settings' }
  const stored = await store.artifacts.get(prefix + id)
  return stored && { metadata: JSON.parse(stored.payload), from: 'store' }
}

/** Why an app can't be registered so, in the library's words. */
export const appFaults = (provider: Provider, metadata: AppMetadata): string[] =>
  clientFaults(provider, [metadata]).map((fault) => fault.replace(`clients: ${metadata.client_id}: `, ''))

/** Seconds, as everything in the metadata. */
const isCurrent = (until: unknown, now: number): boolean => typeof until === 'number' && until * 1000 > now

/** Members by which a secret that was replaced goes on for a while. */
export const previousSecret = 'previous_client_secret'
export const previousUntil = 'previous_client_secret_expires_at'

/** The metadata with another secret; the one it had before is taken until `until` (milliseconds). */
export function withNewSecret(metadata: AppMetadata, secret: string, until: number): AppMetadata {
  const { client_secret: before, [previousSecret]: _, [previousUntil]: __, ...rest } = metadata
  return {
    ...rest,
    client_secret: secret,
    ...(before === undefined ? {} : { [previousSecret]: before, [previousUntil]: Math.floor(until / 1000) }),
  } as AppMetadata
}

interface Comparing {
  clientSecret?: string
  previous_client_secret?: string
  previous_client_secret_expires_at?: number
  compareClientSecret(actual: string): boolean
}

/**
 * An app that is given a new secret can't have it everywhere at the same moment: for a while either of the two is taken.
 * The library compares with one; its comparison is asked again with the other, in the same constant time.
 */
export function takesEitherSecret({ Client }: Provider, clock: () => number): void {
  const prototype = Client.prototype as unknown as Comparing
  const compare = prototype.compareClientSecret
  prototype.compareClientSecret = function (this: Comparing, actual: string): boolean {
    const current = compare.call(this, actual)
    const before = this.previous_client_secret
    if (before === undefined || !isCurrent(this.previous_client_secret_expires_at, clock())) return current
    return compare.call({ clientSecret: before } as Comparing, actual) || current
  }
}
