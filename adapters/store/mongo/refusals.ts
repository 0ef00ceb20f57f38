import { mongo } from 'mongoose'

/**
 * Two writes met, and the server gave up on one of them: WriteConflict of MongoDB, and PostgreSQL's 40P01
 * (deadlock_detected, packed as a number), which is what DocumentDB says when two claim one unique value.
 */
const contention = new Set<unknown>([112, 16908292])

/** Why the server refused a write that may be tried again: the field whose unique index did, or contention. */
export function refusal(error: unknown): { field: string } | 'contention' | undefined {
  if (!(error instanceof mongo.MongoServerError)) return undefined
  if (contention.has(error.code)) return 'contention'
  if (error.code !== 11000) return undefined
  const [field] = Object.keys(error['keyPattern'])
  return field === undefined ? undefined : { field }
}
