import { z } from 'zod'
import type { Document } from '../adapters/store/port.ts'
import { cutTo } from '../rules/paging.ts'
import { ApiRefusal } from './problems.ts'

/** How a list is asked for. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many, at most.'),
  cursor: z.string().min(1).max(600).optional().describe('`next` of the page before.'),
})

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next: z.string().optional().describe('The cursor of the next page; missing on the last one.'),
  })

const place = z.tuple([z.string().min(1).max(511), z.number().nullable()])

/** Where a page ends: an id and its place in the index's order. Whether that document is still there doesn't matter. */
export function cursorAfter<T extends Document>(last: T, order?: keyof T): string {
  const at = order === undefined ? null : (last[order] ?? null)
  return Buffer.from(JSON.stringify([last.id, at])).toString('base64url')
}

/** What an index goes on after. A cursor that we haven't made is refused. */
export function readCursor<T extends Document>(
  cursor: string | undefined,
  order?: keyof T,
  fixed: Partial<T> = {},
): T | undefined {
  if (cursor === undefined) return undefined
  const read = place.safeParse(parsed(cursor))
  if (!read.success || read.data[0].isWellFormed() === false)
    throw new ApiRefusal('invalid_request', {
      errors: [{ path: 'query.cursor', message: 'no cursor of ours' }],
    })
  const [id, at] = read.data
  return { ...fixed, id, ...(order === undefined || at === null ? {} : { [order]: at }) } as T
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** One more than asked for was read: whether there is another page. */
export function cut<T extends Document>(
  found: T[],
  limit: number,
  order?: keyof T,
): { shown: T[]; next?: string } {
  const { shown, last } = cutTo(found, limit)
  return { shown, next: last && cursorAfter(last, order) }
}
