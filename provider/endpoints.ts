import type { Context, Middleware, Next } from 'koa'
import type { Configuration } from 'oidc-provider'

/**
 * What answers a request: `reads` and `calls` are asked by programs, the first of which change nothing; `pages` is
 * everything else.
 */
type Endpoint = 'reads' | 'calls' | 'pages'

type Routes = NonNullable<Configuration['routes']>

const reads = { introspection: '/token/introspection', userinfo: '/me' } satisfies Routes
/** Not the one where a device begins: what a browser asks at the same path is the page of a user code. */
const calls = {
  token: '/token',
  revocation: '/token/revocation',
  pushed_authorization_request: '/request',
  backchannel_authentication: '/backchannel',
} satisfies Routes

/**
 * Runs around the library what the endpoint needs, and nothing else: most requests are a program's, and what is there for
 * pages would be a good part of what answering them costs.
 *
 * @param routes where the host has the library's endpoints, if not where the library puts them.
 *
 * @returns with `routers`, whose routes the pages have.
 */
export function byEndpoint(
  stacks: { [E in Endpoint]: Middleware[] },
  routes: Routes = {},
): Middleware & { routers: unknown[] } {
  const stackAt = new Map<string, Middleware[]>()
  for (const [endpoint, paths] of [['reads', reads] as const, ['calls', calls] as const])
    for (const [name, path] of Object.entries(paths))
      stackAt.set(routes[name as keyof Routes] ?? path, stacks[endpoint])
  const answer: Middleware = (ctx, next) => throughAll(stackAt.get(ctx.path) ?? stacks.pages, ctx, next)
  const routers = stacks.pages.flatMap((one) => ('routers' in one ? (one.routers as unknown[]) : []))
  return Object.assign(answer, { routers })
}

export const throughAll = (all: Middleware[], ctx: Context, last: Next, at = 0): Promise<unknown> =>
  at === all.length ? last() : all[at]!(ctx, () => throughAll(all, ctx, last, at + 1))
