import type { Choice } from '../../rules/attempt.ts'
import { sendAtOnce } from './phone-codes.ts'
import { type Action, changeAttempt, say } from './room.ts'

const choices: readonly Choice[] = [
  'totp',
  'passkey',
  'push',
  'sms',
  'voice',
  'backup_code',
  'pass',
  'recovery',
]

/** Where someone turns on the verification screen. Nothing is proven by it, but a code may leave for a phone. */
export const choose: Action = async (visit, fields) => {
  const choice = choices.find((one) => one === fields.choice)
  if (choice === undefined) return say(visit, 'unknown')
  await changeAttempt(visit, ({ message: _, ...attempt }) => ({ ...attempt, choice }))
  if (choice === 'sms' || choice === 'voice') await sendAtOnce(visit, choice)
}
