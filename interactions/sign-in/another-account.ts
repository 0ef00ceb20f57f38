import { randomToken } from '../../adapters/secrets/key-ring.ts'
import { freshAttempt } from '../../rules/attempt.ts'
import { type Action, change } from './step.ts'

/** Whoever sits at somebody else's page, or mistyped the address, begins again. Nothing proven is carried over. */
export const useAnotherAccount: Action = async ({ services }) => {
  const [now, form] = [services.clock(), randomToken()]
  return change((attempt) => freshAttempt({ ...attempt, form }, now, attempt.revision))
}
