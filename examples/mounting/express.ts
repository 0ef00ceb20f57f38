import express from 'express'
import type { Provider } from 'oidc-provider'

/** Express: `use` keeps the whole path in `originalUrl`, so the provider knows where it is. */
export function inExpress(provider: Provider, path: string) {
  const app = express()
  app.use(path === '' ? '/' : path, provider.callback())
  return app
}
