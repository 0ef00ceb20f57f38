import express from 'express'
import type Koa from 'koa'
import { Provider } from 'oidc-provider'
import { assemble } from '../../index.ts'
import { belongingOf, createMappedClaims } from '../../provider/mapped-claims.ts'
import { type App, type AppOptions, ownConfiguration, partsOf } from '../../standalone/app.ts'
import { signingOf } from '../../standalone/signing.ts'
import { memoryAdapter } from './memory-adapter.ts'

/** Where the host has its provider. */
export const mountPath = '/oidc'

/**
 * A host that has everything already, with the plugin in it: Express, a page and headers of its own, node-oidc-provider
 * below a path, and an adapter in memory that knows nothing of Rekey.
 */
export async function createHost(options: AppOptions): Promise<App> {
  const { config, clock } = options
  const mapped = createMappedClaims(config.claims, (account) => belongingOf(options.store, account))
  const { plugin, services, work } = await assemble({
    ...partsOf(options),
    signing: signingOf(config),
    mapped,
  })
  const own = ownConfiguration(options, services, mapped, services.ring.mac('pairwise'))
  const provider = new Provider(plugin.issuer, plugin.configure({ ...own, adapter: memoryAdapter(clock) }))
  provider.proxy = config.trustProxy !== false
  plugin.attach(provider)
  const host = express()
  host.disable('x-powered-by')
  host.get('/', (_request, response) => {
    response.send('<h1>The host</h1>')
  })
  host.use(mountPath, provider.callback())
  return {
    listener: host,
    koa: provider as unknown as Koa,
    services: services as App['services'],
    work,
    stop: plugin.stop,
  }
}
