import { matchTotp, wasRight } from '../../../account/match-totp.ts'
import { noteRefused } from '../../../account/refused.ts'
import { readCode } from '../../../adapters/secrets/totp.ts'
import { flatOrigin } from '../../../rules/attempt.ts'
import { acceptTotp, codeFactors, type TotpOutcome } from '../../../rules/totp.ts'
import { triedBy } from '../../../rules/tries.ts'
import { factorsFor } from '../../../rules/ways.ts'
import { type Action, accountOf, proven, refuseCode, type SignInStep, say, verification } from '../step.ts'

export const totp: SignInStep<'totp'> = {
  step: 'totp',
  show: async (visit) => ({
    ...verification(visit, 'totp'),
    own: codeFactors(accountOf(visit)).every(({ kind }) => kind === 'push'),
  }),
  actions: { totp: (visit, fields) => enterCode(visit, fields) },
}

const messages = {
  wrong: 'wrong_code',
  replayed: 'code_used',
} as const

const enterCode: Action = async (visit, fields) => {
  const { services } = visit
  const account = accountOf(visit)
  const code = readCode(fields.code ?? '')
  if (code === '') return say('code_missing')
  const now = services.clock()
  const matched = matchTotp(services, codeFactors(account), code)
  const outcome = await services.change('protections', account.id, (current) =>
    current === undefined
      ? [current, { ok: false, reason: 'wrong' } as TotpOutcome]
      : triedBy(current, 'otp', visit.by, now, (seen) => acceptTotp(seen, matched, now)),
  )
  if (outcome.ok) return proven(visit, fields, 'otp')
  await noteRefused(services, {
    event: 'sign_in.code_refused',
    subject: account.id,
    detail: { method: 'totp', reason: outcome.reason, ...flatOrigin(visit.attempt.origin) },
  })
  if (factorsFor(account, 'totp').length === 0) return say('factor_disabled')
  if (outcome.reason === 'throttled') return say('throttled')
  const late = outcome.reason === 'wrong' && wasRight(services, codeFactors(account), code)
  return refuseCode(visit, 'otp', late ? 'code_late' : messages[outcome.reason])
}
