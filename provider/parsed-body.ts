import type { Context, Middleware } from 'koa'

type Parsed = Context['req'] & { body?: unknown }

/**
 * A parser for bodies, unless a framework around the provider has read this one already, as NestJS and
 * `express.urlencoded()` do: then what it made of it counts, as the stream has nothing left.
 */
export function unlessParsed(parser: Middleware, fits: (ctx: Context) => boolean): Middleware {
  return (ctx, next) => {
    const request: Parsed = ctx.req
    if (!request.readableDidRead || request.body === undefined) return parser(ctx, next)
    ctx.request.body = fits(ctx) ? request.body : {}
    return next()
  }
}
