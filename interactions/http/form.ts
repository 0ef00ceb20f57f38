import { timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { bodyParser, unlessParsed } from '../../provider/parsed-body.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { visible } from '../../rules/plain-text.ts'
import { Problem } from './problem.ts'

/** The fields of a form: each once, as text. */
export type Fields = { readonly [name: string]: string | undefined }

const limit = '16kb'

const parser = bodyParser({
  enableTypes: ['form'],
  formLimit: limit,
  encoding: 'utf-8',
  onError: (error) => {
    throw new Problem(
      (error as { status?: number }).status === 413 ? 413 : 400,
      isTooLarge(error) ? 'too_large' : 'bad_request',
    )
  },
})

/** Parses a posted form. Larger ones end in 413, other content types in 415. */
export const formBody: Middleware = unlessParsed(parser, (ctx) => Boolean(ctx.is('urlencoded')))

const isTooLarge = (error: Error): boolean => (error as { status?: number }).status === 413

/** The fields of a parsed form. Throws Problem 400 on repeated fields and on bytes that are no UTF-8. */
export function readFields(ctx: Context): Fields {
  if (!isWellEncoded(ctx.request.rawBody ?? '')) throw new Problem(400, 'bad_request')
  const body: unknown = ctx.request.body ?? {}
  const fields = Object.entries(body as object)
  for (const [name, value] of fields) {
    if (typeof value !== 'string' || isUnreadable(value) || isUnreadable(name))
      throw new Problem(400, 'bad_request')
  }
  return Object.fromEntries(fields.map(([name, value]) => [name, visible(value)]))
}

// The parser leaves escapes as they stand that are no UTF-8.
function isWellEncoded(body: string): boolean {
  try {
    decodeURIComponent(body)
    return true
  } catch {
    return false
  }
}

// U+FFFD is what the decoder puts where bytes are no UTF-8; NUL has no place in text either.
const isUnreadable = (text: string): boolean => text.includes('\uFFFD') || text.includes('\0')

/** Whether a form has the token, compared in constant time. */
export function hasFormToken(fields: Fields, expected: string): boolean {
  const given = Buffer.from(fields.form ?? '')
  const wanted = Buffer.from(expected)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** A forged form changes nothing. Throws Problem 403. */
export function checkFormToken(fields: Fields, expected: string): void {
  if (!hasFormToken(fields, expected)) throw new Problem(403, 'forged_form')
}

/** What every page with a form knows: where it posts, its token, and what is said at its top. */
export function formLocals<M>(
  base: string,
  form: string,
  message?: M,
): { base: string; form: string; message?: M } {
  return { base, form, message }
}

const secrets = new Set(['form', 'password', 'current', 'credential'])

/**
 * A refusal, with what was typed and chosen: nobody has to do it twice, nor gets something else than what they chose.
 * Secrets don't come back, and codes only to the page that is the answer to them.
 */
export function refusedForm(
  message: PageMessage,
  fields: Fields,
  codes: 'codes' | 'no codes' = 'no codes',
): PageMessage {
  const kept = Object.entries(fields).filter(
    (field): field is [string, string] =>
      field[1] !== undefined && !secrets.has(field[0]) && (codes === 'codes' || !/code$/.test(field[0])),
  )
  return { ...message, typed: Object.fromEntries(kept) }
}
