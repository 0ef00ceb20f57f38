import { createRequire } from 'node:module'
import type { Context, Middleware } from 'koa'

const require = createRequire(import.meta.url)

const library = () => require('@koa/bodyparser') as typeof import('@koa/bodyparser')

type Options = Parameters<ReturnType<typeof library>['bodyParser']>[0]

/** The parser of bodies, loaded with the first one that is sent: it takes sixty modules, and no command ever needs it. */
export function bodyParser(options: Options): Middleware {
  let parser: Middleware | undefined
  return (ctx, next) => {
    parser ??= library().bodyParser(options) as Middleware
    return parser(ctx, next)
  }
}

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
