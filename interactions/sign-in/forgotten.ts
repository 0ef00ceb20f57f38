import { freshAttempt } from '../../rules/attempt.ts'
import { type Action, change, say } from './step.ts'

/** "Forgot your password?": from the beginning, as whoever it may be. */
export const forgetPassword: Action = async ({ services }) => {
  if (services.config.passwordsElsewhere) return say('not_possible')
  const now = services.clock()
  return change((attempt) => ({ ...freshAttempt(attempt, now, attempt.revision), forgotten: {} }))
}

/** Back to the page that asks for the password; nothing that was proven stays. */
export const recallPassword: Action = async ({ services }) => {
  const now = services.clock()
  return change((attempt) => freshAttempt(attempt, now, attempt.revision))
}
