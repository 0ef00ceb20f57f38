import express from 'express'
import type Koa from 'koa'
import { Provider } from 'oidc-provider'
import { assemble } from '../../index.ts'
import { providerPages } from '../../interactions/http/provider-pages.ts'
import { createConfiguration, type ProviderOptions } from '../../provider/configuration.ts'
import type { App, AppOptions } from '../../standalone/app.ts'
import { memoryAdapter } from './memory-adapter.ts'

/** Where the host has its provider. */
export const mountPath = '/oidc'

/**
 * A host that has everything already, with the plugin in it: Express, a page and headers of its own, node-oidc-provider
 * below a path, and an adapter in memory that knows nothing of Rekey.
 */
export async function createHost(options: AppOptions): Promise<App> {
  const { config, clock } = options
  const { plugin, services, work } = await assemble(options)
  const own = createConfiguration({
    issuer: config.issuer,
    clients: config.clients as ProviderOptions['clients'],
    pages: providerPages(services),
    resources: config.resources,
    registration: config.registration,
    pairwiseSecret: services.ring.mac('pairwise'),
    acrNames: services.acrNames,
    clock,
  })
  const provider = new Provider(plugin.issuer, plugin.configure({ ...own, adapter: memoryAdapter(clock) }))
  provider.proxy = config.trustProxy
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
