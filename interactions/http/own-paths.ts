import type Router from '@koa/router'
import type { Middleware } from 'koa'
import { throughAll } from '../../provider/endpoints.ts'

const firstPart = (path: string): string => {
  const end = path.indexOf('/', 1)
  return path.slice(1, end < 0 ? undefined : end)
}

/**
 * Our own pages, each behind the guards. Most requests are an app's and none of their business: those whose path begins
 * like none of our routes pass by, without being matched with every one; and so does what no route of ours answers.
 */
export function ownPaths(routers: Router[], guards: Middleware[] = []): Middleware & { routers: Router[] } {
  const routes = new Map<string, Router[]>()
  for (const router of routers)
    for (const part of new Set(router.stack.map((layer) => firstPart(String(layer.path)))))
      routes.set(part, [...(routes.get(part) ?? []), router])
  const answers = new Map(routers.map((router) => [router, router.routes() as unknown as Middleware]))
  const answer: Middleware = (ctx, next) => {
    const found = routes
      .get(firstPart(ctx.path))
      ?.filter((router) => router.match(ctx.path, ctx.method).route)
    if (found === undefined || found.length === 0) return next()
    return throughAll([...guards, ...found.map((router) => answers.get(router)!)], ctx, next)
  }
  return Object.assign(answer, { routers })
}
