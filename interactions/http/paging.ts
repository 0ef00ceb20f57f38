import type { Context } from 'koa'
import { cutTo } from '../../rules/paging.ts'

/** Where a page of a list begins; the first one where the address says nothing. */
export const afterOn = ({ query }: Context): string | undefined =>
  typeof query.after === 'string' ? query.after : undefined

/** A page of a list, and after which one the next begins, if there is another. */
export async function pageOfList<T extends { id: string }>(
  size: number,
  list: (most: number) => Promise<T[]>,
): Promise<{ shown: T[]; next: string | undefined }> {
  const { shown, last } = cutTo(await list(size + 1), size)
  return { shown, next: last?.id }
}
