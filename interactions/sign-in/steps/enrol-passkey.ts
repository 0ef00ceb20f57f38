import { claimCredential, verifyRegistration } from '../../../account/passkeys.ts'
import { proofOf } from '../../../rules/passkeys.ts'
import type { Fields } from '../../http/form.ts'
import { enrolled, enrolOptions } from '../enrolled.ts'
import { answering } from '../passkeys.ts'
import { type Action, accountOf, type Outcome, type SignInStep, say, type Visit } from '../step.ts'

export const enrolPasskey: SignInStep<'enrol_passkey'> = {
  step: 'enrol_passkey',
  show: async (visit) => ({
    ...enrolOptions(visit, 'passkey'),
    email: accountOf(visit).email,
    recovered: accountOf(visit).recovered !== undefined,
  }),
  actions: { 'enrol-passkey': (visit, fields) => make(visit, fields) },
}

const longestName = 60

/** A passkey counts once it was made for this very attempt; making it is its first proof. */
const make: Action = (visit, fields) => answering(visit, (challenge) => makeFor(visit, fields, challenge))

async function makeFor(visit: Visit, fields: Fields, challenge: string): Promise<Outcome> {
  const { services } = visit
  const account = accountOf(visit)
  const answer = fields.credential ?? ''
  const made = await verifyRegistration(services, account, answer, challenge, services.clock())
  if (made === undefined) return say('passkey_not_made')
  if (!(await claimCredential(services, made.factor.credential, account.id))) return say('passkey_not_made')
  const name = (fields.name ?? '').replace(/\s+/g, ' ').trim().slice(0, longestName)
  return enrolled(visit, { ...made.factor, name }, 'passkey', proofOf(made.factor, made.verified))
}
