import type { Context, Middleware } from 'koa'
import { z } from 'zod'
import { bodyParser, unlessParsed } from '../parsed-body.ts'
import { Fault, invalid } from './fault.ts'

/** Parses a JSON body, whatever else a receiver sends is refused. */
const parser = bodyParser({
  enableTypes: ['json'],
  jsonLimit: '256kb',
  onError: (error) => {
    if ((error as { status?: number }).status === 413)
      throw new Fault(413, 'invalid_request', 'the body is too long')
    throw invalid('the body is not JSON')
  },
})

/** The body as the schema wants it. Throws Fault 400, naming what is wrong and never repeating a value. */
export function readBody<T extends z.ZodType>(ctx: Context, schema: T): z.output<T> {
  if (!ctx.is('json')) throw invalid('the body is not application/json')
  return read(schema, ctx.request.body)
}

/** The `stream_id` of a query, if there is one. */
export function queriedStream(ctx: Context): string | undefined {
  return read(z.object({ stream_id: streamId.optional() }), ctx.query).stream_id
}

export const streamId = z.string().min(1).max(100)

function read<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalid(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`)
}

export const jsonBody: Middleware = unlessParsed(parser, (ctx) => Boolean(ctx.is('json')))
