import Router from '@koa/router'
import type { Middleware } from 'koa'
import { throughAll } from '../../provider/endpoints.ts'

const firstPart = (path: string): string => {
  const end = path.indexOf('/', 1)
  return path.slice(1, end < 0 ? undefined : end)
}

/** In any case, and with a slash at the end or without, as routes are found. */
const lastPart = (path: string): string => {
  const end = path.endsWith('/') ? path.length - 1 : path.length
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end).toLowerCase()
}

/** Whether what stands there is another with each request: a parameter, a part that may be missing, or anything at all. */
const varies = (part: string): boolean => /[:*{(]/.test(part)

/**
 * Our own pages, each behind the guards. Most requests are an app's and none of their business: those whose path begins
 * like none of our routes pass by, without being matched with every one; and so does what no route of ours answers. Of
 * the routes that begin alike, of which a sign-in has sixty, only those are looked at that may end like the path.
 */
export function ownPaths(routers: Router[], guards: Middleware[] = []): Middleware & { routers: Router[] } {
  const beginnings = new Map<string, ((last: string) => Some)[]>()
  for (const router of routers) {
    const endingLike = byLastPart(router)
    for (const part of new Set(router.stack.map((layer) => firstPart(String(layer.path)))))
      beginnings.set(part, [...(beginnings.get(part) ?? []), endingLike])
  }
  const answer: Middleware = (ctx, next) => {
    const last = lastPart(ctx.path)
    const found = beginnings
      .get(firstPart(ctx.path))
      ?.map((endingLike) => endingLike(last))
      .filter(({ router }) => router.match(ctx.path, ctx.method).route)
    if (found === undefined || found.length === 0) return next()
    return throughAll([...guards, ...found.map(({ middleware }) => middleware)], ctx, next)
  }
  return Object.assign(answer, { routers })
}

interface Some {
  router: Router
  middleware: Middleware
}

/** Of a router's routes those that a path with this last part may lead to, in their order, and what runs around them. */
function byLastPart({ stack }: Router): (last: string) => Some {
  const ends = stack.map(({ methods, path }) => {
    const last = lastPart(String(path))
    return methods.length === 0 || varies(last) ? undefined : last
  })
  const some = (wanted: string | undefined): Some => {
    const router = new Router()
    router.stack.push(...stack.filter((_, at) => ends[at] === undefined || ends[at] === wanted))
    return { router, middleware: router.routes() as unknown as Middleware }
  }
  const fixed = new Map(ends.filter((end) => end !== undefined).map((end) => [end, some(end)]))
  const others = some(undefined)
  return (last) => fixed.get(last) ?? others
}
