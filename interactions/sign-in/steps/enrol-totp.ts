import { randomUUID } from 'node:crypto'
import { matchTotp, wasRight } from '../../../account/match-totp.ts'
import { newTotpSecret, readCode, totpUri } from '../../../adapters/secrets/totp.ts'
import { scratch } from '../attempts.ts'
import { enrolled, enrolOptions } from '../enrolled.ts'
import { type Action, accountOf, type SignInStep, say, stay, type Visit } from '../step.ts'

export const enrolTotp: SignInStep<'enrol_totp'> = {
  step: 'enrol_totp',
  show: async (visit) => {
    const { services } = visit
    const account = accountOf(visit)
    const { secret } = await ensureEnrolment(visit)
    const uri = totpUri(services.config.brand.name, account.email, secret)
    return {
      ...enrolOptions(visit, 'totp'),
      email: account.email,
      secret,
      uri,
      recovered: account.recovered !== undefined,
    }
  },
  actions: { 'enrol-totp': (visit, fields) => prove(visit, fields) },
}

/** A secret for this attempt, drawn once: loading the page again shows the same one. The account isn't touched. */
async function ensureEnrolment(visit: Visit): Promise<{ factor: string; secret: string }> {
  const { services, attempt } = visit
  const factor = randomUUID()
  const offered = { factor, secret: services.ring.seal(newTotpSecret(), factor) }
  const kept = await scratch(services, attempt, offered, (current) =>
    current.enrolment === undefined
      ? [{ ...current, enrolment: offered }, offered]
      : [current, current.enrolment],
  )
  return { factor: kept.factor, secret: services.ring.open(kept.secret, kept.factor) }
}

/** The factor counts once its code was typed back; until then nothing of the account has changed. */
const prove: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const enrolment = attempt.enrolment
  const code = readCode(fields.code ?? '')
  if (enrolment === undefined) return stay
  if (code === '') return say('code_missing')
  const now = services.clock()
  const { factor: id, secret } = enrolment
  const matched = matchTotp(services, [{ id, secret }], code)
  if (matched === undefined)
    return say(wasRight(services, [{ id, secret }], code) ? 'code_late' : 'wrong_code')
  const used = { lastStep: matched.step, createdAt: now, lastUsedAt: now }
  return enrolled(visit, { id, kind: 'totp', name: '', secret, ...used }, 'otp')
}
