import middie from '@fastify/middie'
import Fastify from 'fastify'
import type { Provider } from 'oidc-provider'

/** Fastify, with @fastify/middie: before anything of Fastify's reads the request. */
export async function inFastify(provider: Provider, path: string) {
  const app = Fastify()
  await app.register(middie)
  app.use(path === '' ? '/' : path, provider.callback())
  await app.ready()
  return app.routing
}
