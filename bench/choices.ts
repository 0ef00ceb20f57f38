import { openMongoStore } from '../adapters/store/mongo/store.ts'
import type { Choices } from './rekey.ts'

/** What is measured. */
export type Variant =
  | 'memory'
  | 'plugin'
  | 'lmdb'
  | 'lmdb, large'
  | 'lmdb, second'
  | 'lmdb, counted'
  | 'lmdb, argon2'
  | 'mongo'

/** What a server of Rekey has: whoever fills its store beforehand must have the same. */
export async function choicesOf(variant: Variant): Promise<Choices> {
  if (variant === 'mongo')
    return { store: await openMongoStore({ uri: process.env.BENCH_MONGODB!, clock: Date.now }) }
  return { hashing: variant === 'lmdb, argon2', counting: variant === 'lmdb, counted' }
}
