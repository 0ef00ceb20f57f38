import { readAssertion } from '../../../account/passkeys.ts'
import { asksPasskey } from '../../../rules/demand.ts'
import { factorsFor } from '../../../rules/ways.ts'
import type { Fields } from '../../http/form.ts'
import { answering, assertWith, refusals } from '../passkeys.ts'
import {
  type Action,
  accountOf,
  change,
  type Outcome,
  proven,
  refuseCode,
  type SignInStep,
  say,
  stay,
  type Visit,
  verification,
} from '../step.ts'

export const passkey: SignInStep<'passkey'> = {
  step: 'passkey',
  show: async (visit) => ({
    ...verification(visit, 'passkey'),
    canDecline: asksPasskey(visit.situation),
  }),
  actions: {
    passkey: (visit, fields) => prove(visit, fields),
    'passkey/decline': async (visit) => (asksPasskey(visit.situation) ? turnDown() : stay),
  },
}

const prove: Action = (visit, fields) => answering(visit, (challenge) => proveBy(visit, fields, challenge))

async function proveBy(visit: Visit, fields: Fields, challenge: string): Promise<Outcome> {
  const account = accountOf(visit)
  const response = readAssertion(fields.credential ?? '')
  if (response === undefined) return say(refusals.wrong)
  const outcome = await assertWith(visit, account, response, challenge, false)
  if (outcome.ok) return proven(visit, fields, 'passkey', outcome.passkey)
  if (factorsFor(account, 'passkey').length === 0) return say('passkey_disabled')
  if (outcome.reason === 'throttled') return say('throttled')
  return refuseCode(visit, 'passkey', refusals[outcome.reason])
}

/** Where the app insists on a passkey, and the person can't use theirs: the app hears of it. */
const turnDown = (): Outcome =>
  change((attempt) => ({ ...attempt, skipped: [...attempt.skipped, 'passkey'] }))
