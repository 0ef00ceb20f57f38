import Koa from 'koa'
import mount from 'koa-mount'
import type { Provider } from 'oidc-provider'

/** Koa: the provider is a Koa app itself. */
export function inKoa(provider: Provider, path: string) {
  const app = new Koa()
  app.keys = provider.keys as string[]
  app.use(mount(path === '' ? '/' : path, provider as unknown as Koa))
  return app.callback()
}
