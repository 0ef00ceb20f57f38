import type Router from '@koa/router'
import type { Middleware, Next } from 'koa'

const firstPart = (path: string): string => {
  const end = path.indexOf('/', 1)
  return path.slice(1, end < 0 ? undefined : end)
}

/**
 * Our own pages. Most requests are an app's and none of their business: those whose path begins like none of our
 * routes pass by, without being matched with every one.
 */
export function ownPaths(routers: Router[]): Middleware {
  const routes = new Map<string, Middleware[]>()
  for (const router of routers) {
    const middleware = router.routes() as unknown as Middleware
    for (const part of new Set(router.stack.map((layer) => firstPart(String(layer.path)))))
      routes.set(part, [...(routes.get(part) ?? []), middleware])
  }
  return (ctx, next) => {
    const found = routes.get(firstPart(ctx.path))
    return found === undefined ? next() : inTurn(found, ctx, next)
  }
}

const inTurn = (all: Middleware[], ctx: Parameters<Middleware>[0], last: Next, at = 0): Promise<unknown> =>
  at === all.length ? last() : all[at]!(ctx, () => inTurn(all, ctx, last, at + 1))
