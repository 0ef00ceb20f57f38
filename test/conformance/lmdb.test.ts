import { lmdb } from '../support/stores.ts'
import { collectionConformance } from './collection.ts'

collectionConformance('lmdb', async (clock) => {
  const { store, dispose } = await lmdb.open(clock)
  return { ...store, close: dispose }
})
