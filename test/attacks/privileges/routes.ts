import type Router from '@koa/router'
import type Koa from 'koa'

export interface Route {
  method: string
  path: string
  /** `GET /administration/:organization` */
  name: string
}

/** Everything that the program answers by itself; what the library has is its own. */
export function routesOf(koa: Koa): Route[] {
  const own = koa.middleware as (Koa.Middleware & { routers?: Router[] })[]
  const layers = own.flatMap(({ routers = [] }) => routers).flatMap(({ stack }) => stack)
  // One that answers every method there is says which are possible, and does nothing.
  const said = layers.filter(({ methods }) => !methods.includes('PROPFIND'))
  return said.flatMap(({ methods, path }) =>
    methods
      .filter((method) => method !== 'HEAD')
      .map((method) => ({ method, path: String(path), name: `${method} ${path}` })),
  )
}
