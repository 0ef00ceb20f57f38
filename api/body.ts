import type { Context, Middleware } from 'koa'
import type { z } from 'zod'
import { bodyParser, unlessParsed } from '../provider/parsed-body.ts'
import { ApiRefusal, type InputFault } from './problems.ts'

const types = ['application/json', 'application/scim+json', 'application/merge-patch+json']

/** Parses JSON, whatever else is sent is refused. */
const parser = bodyParser({
  enableTypes: ['json'],
  extendTypes: { json: types },
  jsonLimit: '1mb',
  jsonStrict: false,
  onError: (error) => {
    const { status } = error as { status?: number }
    throw new ApiRefusal(status === 413 ? 'too_large' : 'bad_request')
  },
})

export const apiBody: Middleware = unlessParsed(parser, (ctx) => Boolean(ctx.is(types)))

/** The body that came. Throws where it is no JSON. */
export function bodyOf(ctx: Context): unknown {
  if (!ctx.is(types)) throw new ApiRefusal('unsupported_media_type')
  return ctx.request.body
}

/** What the schema makes of it. Throws with the places that are wrong, and never a value: it may be a secret. */
export function understood<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.map((issue): InputFault => {
    return { path: [where, ...issue.path].join('.'), message: wordsOf(issue) }
  })
  throw new ApiRefusal('invalid_request', { errors: errors.slice(0, 20) })
}

/** The names of members that nobody knows are the sender's own text. */
const wordsOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys' ? 'has members that are not known here' : issue.message
