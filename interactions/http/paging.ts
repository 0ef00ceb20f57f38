import type { Context } from 'koa'

/** Where a page of a list begins; the first one where the address says nothing. */
export const afterOn = ({ query }: Context): string | undefined =>
  typeof query.after === 'string' ? query.after : undefined

/** A page of a list. One more than is shown is asked for: where it is there, the next page begins after the last shown. */
export async function pageOfList<T extends { id: string }>(
  size: number,
  list: (most: number) => Promise<T[]>,
): Promise<{ shown: T[]; next: string | undefined }> {
  const found = await list(size + 1)
  const shown = found.slice(0, size)
  return { shown, next: found.length > size ? shown.at(-1)?.id : undefined }
}
