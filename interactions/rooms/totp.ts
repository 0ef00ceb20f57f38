import { flatOrigin } from '../../http/request.ts'
import { withProof } from '../../rules/attempt.ts'
import { codesLeft } from '../../rules/backup-codes.ts'
import { hasPass } from '../../rules/next-step.ts'
import { acceptTotp, type TotpOutcome } from '../../rules/totp.ts'
import { readCode } from '../../secrets/totp.ts'
import { matchTotp } from '../match-totp.ts'
import { type Action, accountOf, changeAttempt, type Room, refuseCode, say } from '../room.ts'

export const totp: Room<'totp'> = {
  step: 'totp',
  show: async (visit) => {
    const account = accountOf(visit)
    return { email: account.email, backupCodes: codesLeft(account) > 0, pass: hasPass(visit.situation) }
  },
  actions: { totp: (visit, fields) => enterCode(visit, fields) },
}

const messages = {
  wrong: 'wrong_code',
  replayed: 'code_used',
}

const enterCode: Action = async (visit, fields) => {
  const { services } = visit
  const account = accountOf(visit)
  const code = readCode(fields.code ?? '')
  if (code === '') return say(visit, 'code_missing')
  const now = services.clock()
  const matched = matchTotp(services, account.factors, code)
  const outcome = await services.store.accounts.update(account.id, (current) =>
    current === undefined
      ? [current, { ok: false, reason: 'wrong' } as TotpOutcome]
      : acceptTotp(current, matched, now),
  )
  if (outcome.ok) return changeAttempt(visit, (attempt) => withProof(attempt, 'otp', now, account))
  await services.audit.append({
    event: 'sign_in.code_refused',
    subject: account.id,
    detail: { method: 'totp', reason: outcome.reason, ...flatOrigin(visit.attempt.origin) },
  })
  if (account.factors.every((factor) => factor.disabledAt !== undefined)) return say(visit, 'factor_disabled')
  if (outcome.reason === 'throttled') return say(visit, 'throttled')
  await refuseCode(visit, 'otp', messages[outcome.reason])
}
