import type { Choice } from '../../rules/attempt.ts'
import { factorKinds } from '../../rules/kinds.ts'
import { nextStep } from '../../rules/next-step.ts'
import { phoneFactors } from '../../rules/phone.ts'
import { isReset } from '../../rules/standing.ts'
import { sendPhoneCode } from './phone-codes.ts'
import {
  type Action,
  accountOf,
  besides,
  type Change,
  change,
  type Outcome,
  say,
  type Visit,
} from './step.ts'

const choices: readonly Choice[] = [...factorKinds, 'backup_code', 'pass', 'recovery']

/** Where someone turns on the verification screen. Nothing is proven by it, but a code may leave for a phone. */
export const choose: Action = async (visit, fields) => {
  const choice = choices.find((one) => one === fields.choice)
  if (choice === undefined) return say('unknown')
  const { case: waitedFor } = visit.situation.attempt
  const about = isReset(visit.situation) ? undefined : waitedFor
  const turn: Change = (attempt) => ({ ...attempt, choice, case: about })
  const { step } = nextStep({ ...visit.situation, attempt: turn(visit.situation.attempt) })
  const asksForCode = step === 'phone' && (choice === 'sms' || choice === 'voice')
  return asksForCode ? besides(turn, await sendAtOnce(visit, choice)) : change(turn)
}

/** Whoever turns to a phone among the other ways has asked for the code with that: to the number that was used last. */
async function sendAtOnce(visit: Visit, channel: 'sms' | 'voice'): Promise<Outcome> {
  const to = phoneFactors(accountOf(visit)).find(({ kind }) => kind === 'sms' || channel === 'voice')
  if (to === undefined) return say('phone_disabled')
  return sendPhoneCode(visit, { purpose: 'prove', factor: to.id, number: to.number, channel })
}
