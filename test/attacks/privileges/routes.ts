import type Koa from 'koa'
import { layersOf } from '../../support/raw.ts'

export interface Route {
  method: string
  path: string
  /** `GET /administration/:organization` */
  name: string
}

/** Everything that the program answers by itself; what the library has is its own. */
export function namedRoutesOf(koa: Koa): Route[] {
  // One that answers every method there is says which are possible, and does nothing.
  const said = layersOf(koa).filter(({ methods }) => !methods.includes('PROPFIND'))
  return said.flatMap(({ methods, path }) =>
    methods
      .filter((method) => method !== 'HEAD')
      .map((method) => ({ method, path, name: `${method} ${path}` })),
  )
}
