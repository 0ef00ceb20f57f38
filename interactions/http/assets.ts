import Router from '@koa/router'
import { type Asset, assets } from '../../views/assets.ts'
import { Problem } from './problem.ts'

/** Style, script and pictures of the pages, from memory. Addresses with a hash in them are kept for good. */
export function assetRoutes(own: ReadonlyMap<string, Asset> = new Map()): Router {
  const router = new Router()
  router.get('/assets/:name', (ctx) => {
    const asset = own.get(ctx.params.name) ?? assets.get(ctx.params.name)
    if (asset === undefined) throw new Problem(404, 'not_found')
    // A script names the scripts that it imports without one: those are asked for each time.
    const named = ctx.query.v === asset.etag.slice(1, -1)
    ctx.set('Cache-Control', named ? 'public, max-age=31536000, immutable' : 'no-cache')
    ctx.set('ETag', asset.etag)
    ctx.type = asset.type
    ctx.status = 200
    if (ctx.fresh) ctx.status = 304
    else ctx.body = asset.body
  })
  return router
}
