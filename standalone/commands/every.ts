import type { Collection, Document } from '../../adapters/store/port.ts'

const pageSize = 500

/** Every document of a collection, by id, read as it is asked for. */
export async function* everyDocument<T extends Document>(
  collection: Pick<Collection<T>, 'walk'>,
): AsyncGenerator<T> {
  let after: string | undefined
  for (;;) {
    const page = await collection.walk({ limit: pageSize, after })
    yield* page
    if (page.length < pageSize) return
    after = page.at(-1)!.id
  }
}
