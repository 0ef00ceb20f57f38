import { freshAttempt } from '../../rules/attempt.ts'
import { type Action, changeAttempt } from './room.ts'

/** "Forgot your password?": from the beginning, as whoever it may be. */
export const forget: Action = async (visit) => {
  const now = visit.services.clock()
  await changeAttempt(visit, (attempt) => ({
    ...freshAttempt(attempt, now, attempt.revision),
    forgotten: {},
  }))
}

/** Back to the page that asks for the password; nothing that was proven stays. */
export const remember: Action = async (visit) => {
  const now = visit.services.clock()
  await changeAttempt(visit, (attempt) => freshAttempt(attempt, now, attempt.revision))
}
