import { claimCredential, verifyRegistration } from '../../../account/passkeys.ts'
import { proofOf } from '../../../rules/passkeys.ts'
import { enrolled, enrolOptions } from '../enrolled.ts'
import { takeOwnChallenge } from '../passkeys.ts'
import { type Action, accountOf, type Room, say } from '../room.ts'

export const enrolPasskey: Room<'enrol_passkey'> = {
  step: 'enrol_passkey',
  show: async (visit) => ({
    ...enrolOptions(visit, 'passkey'),
    email: accountOf(visit).email,
    recovered: accountOf(visit).recovered !== undefined,
  }),
  actions: { 'enrol/passkey': (visit, fields) => make(visit, fields) },
}

const longestName = 60

/** A passkey counts once it was made for this very attempt; making it is its first proof. */
const make: Action = async (visit, fields) => {
  const { services } = visit
  const account = accountOf(visit)
  const challenge = await takeOwnChallenge(visit)
  if (challenge === undefined) return
  const answer = fields.credential ?? ''
  const made = await verifyRegistration(services, account, answer, challenge, services.clock())
  if (made === undefined) return say(visit, 'passkey_not_made')
  if (!(await claimCredential(services, made.factor.credential, account.id)))
    return say(visit, 'passkey_not_made')
  const name = (fields.name ?? '').replace(/\s+/g, ' ').trim().slice(0, longestName)
  await enrolled(visit, { ...made.factor, name }, 'passkey', proofOf(made.factor, made.verified))
}
