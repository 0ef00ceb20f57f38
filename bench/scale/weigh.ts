import { type CollectionName, collections, type Store } from '../../adapters/store/store.ts'

export interface Weight {
  collection: CollectionName
  /** Documents there are, and bytes of JSON of one on the average. */
  documents: number
  bytes: number
}

/** What the documents of a store weigh, without what an engine adds: indexes, pages that are half full, replicas. */
export async function weigh(store: Store): Promise<Weight[]> {
  const weights: Weight[] = []
  for (const collection of Object.keys(collections) as CollectionName[]) {
    let [documents, bytes] = [0, 0]
    for (let after: string | undefined; ; ) {
      const page = await store[collection].walk({ after, limit: 1000 })
      for (const document of page) bytes += Buffer.byteLength(JSON.stringify(document))
      documents += page.length
      after = page.at(-1)?.id
      if (after === undefined) break
    }
    if (documents > 0) weights.push({ collection, documents, bytes: Math.round(bytes / documents) })
  }
  return weights
}
