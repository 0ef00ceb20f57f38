import { freshAttempt } from '../../rules/attempt.ts'
import { type Action, change, say } from './step.ts'

/** "Forgot your password?": from the beginning, as whoever it may be. The address that was typed comes along. */
export const forgetPassword: Action = async ({ services }, { email }) => {
  if (services.config.passwordsElsewhere) return say('not_possible')
  const now = services.clock()
  const typed = email?.trim().slice(0, 254) || undefined
  return change((attempt) => ({ ...freshAttempt(attempt, now, attempt.revision), typed, forgotten: {} }))
}

/** Back to the page that asks for the password; nothing that was proven stays. */
export const recallPassword: Action = async ({ services }) => {
  const now = services.clock()
  return change((attempt) => ({
    ...freshAttempt(attempt, now, attempt.revision),
    typed: attempt.forgotten?.email ?? attempt.typed,
  }))
}
