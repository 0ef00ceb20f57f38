import { DatabaseError } from 'pg'

/** Two writes met, and the server gave up on one of them: serialization_failure, deadlock_detected. */
const contention = new Set(['40001', '40P01'])

/** Whether a write was refused because of others, so that it is worth another look: a unique value, or contention. */
export function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '23505' || contention.has(error.code ?? ''))
}
