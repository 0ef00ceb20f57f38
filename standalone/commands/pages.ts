import type { Collection, Document } from '../../adapters/store/port.ts'

const pageSize = 500

/** Every document whose indexed field equals value, in the index's order, read as it is asked for. */
export async function* pages<T extends Document, Name extends string>(
  collection: Pick<Collection<T, Name>, 'find'>,
  index: Name,
  value: string,
  { backwards }: { backwards?: true } = {},
): AsyncGenerator<T> {
  let after: T | undefined
  for (;;) {
    const page = await collection.find(index, value, { limit: pageSize, after, backwards })
    yield* page
    if (page.length < pageSize) return
    after = page.at(-1)
  }
}
