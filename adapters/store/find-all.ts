import type { Collection, Document } from './port.ts'

const pageSize = 100

/** Every document whose indexed field equals value, in the index's order, read page by page. */
export async function findAll<T extends Document, Name extends string>(
  collection: Pick<Collection<T, Name>, 'find'>,
  index: Name,
  value: string,
): Promise<T[]> {
  const found: T[] = []
  const more = () => collection.find(index, value, { limit: pageSize, after: found.at(-1) })
  for (let page = await more(); page.length > 0; page = await more()) found.push(...page)
  return found
}
