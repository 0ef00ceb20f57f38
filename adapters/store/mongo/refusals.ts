import { mongo } from 'mongoose'

/**
 * Two writes met, and the server gave up on one of them: WriteConflict of MongoDB, and PostgreSQL's 40P01
 * (deadlock_detected, packed as a number), which is what DocumentDB says when two claim one unique value.
 */
const contention = new Set<unknown>([112, 16908292])

/** Whether a write was refused because another came first, or the two met: there is a document with that id, or contention. */
export function canBeTriedAgain(error: unknown): boolean {
  if (!(error instanceof mongo.MongoServerError)) return false
  return contention.has(error.code) || (error.code === 11000 && Object.hasOwn(error['keyPattern'], '_id'))
}
