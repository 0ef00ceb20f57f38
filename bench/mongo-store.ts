import { openMongoStore } from '../adapters/store/mongo/store.ts'
import type { Store } from '../adapters/store/store.ts'

/** Where the server of MongoDB is that is measured. */
export const mongoStore = (): Promise<Store> =>
  openMongoStore({ uri: process.env.BENCH_MONGODB!, clock: Date.now })
