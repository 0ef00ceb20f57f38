import { batchesOf, fill } from '../../adapters/store/fill.ts'
import { openStoreAsItIs, type StorePlace } from '../open-store.ts'

/** Copies everything from one store to an empty one, and counts it again there. Returns how many documents it was. */
export async function transfer(
  from: StorePlace,
  to: StorePlace,
  progress: (documents: number) => void,
): Promise<number> {
  const source = await openStoreAsItIs(from, Date.now)
  try {
    const target = await openStoreAsItIs(to, Date.now)
    try {
      const snapshot = await source.snapshot()
      try {
        return await fill(target, batchesOf(snapshot), progress)
      } finally {
        await snapshot.close()
      }
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}
