import { readAssertion } from '../../../account/passkeys.ts'
import { asksPasskey } from '../../../rules/demand.ts'
import { factorsFor } from '../../../rules/ways.ts'
import { assertWith, refusals, takeOwnChallenge } from '../passkeys.ts'
import {
  type Action,
  accountOf,
  changeAttempt,
  proven,
  type Room,
  refuseCode,
  say,
  verification,
} from '../room.ts'

export const passkey: Room<'passkey'> = {
  step: 'passkey',
  show: async (visit) => ({
    ...verification(visit, 'passkey'),
    canDecline: asksPasskey(visit.situation),
  }),
  actions: {
    passkey: (visit, fields) => prove(visit, fields),
    'passkey/decline': (visit) => turnDown(visit),
  },
}

const prove: Action = async (visit, fields) => {
  const account = accountOf(visit)
  const challenge = await takeOwnChallenge(visit)
  if (challenge === undefined) return
  const response = readAssertion(fields.credential ?? '')
  if (response === undefined) return say(visit, refusals.wrong)
  const outcome = await assertWith(visit, account, response, challenge, false)
  if (outcome.ok) return proven(visit, fields, 'passkey', outcome.passkey)
  if (factorsFor(account, 'passkey').length === 0) return say(visit, 'passkey_disabled')
  if (outcome.reason === 'throttled') return say(visit, 'throttled')
  await refuseCode(visit, 'passkey', refusals[outcome.reason])
}

/** Where the app insists on a passkey, and the person can't use theirs: the app hears of it. */
async function turnDown(visit: Parameters<Action>[0]): Promise<void> {
  if (!asksPasskey(visit.situation)) return
  await changeAttempt(visit, ({ message: _, ...attempt }) => ({
    ...attempt,
    skipped: [...attempt.skipped, 'passkey'],
  }))
}
