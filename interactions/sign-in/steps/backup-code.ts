import { noteRefused } from '../../../account/refused.ts'
import { flatOrigin } from '../../../rules/attempt.ts'
import { countCodesLeft, type Redemption, redeemBackupCode } from '../../../rules/backup-codes.ts'
import { type Effect, withEffects } from '../../../rules/effect.ts'
import type { MessageKey } from '../../../rules/messages.ts'
import { told } from '../../../rules/told.ts'
import { triedBy } from '../../../rules/tries.ts'
import { provenBy, spentIn } from '../spent.ts'
import {
  type Action,
  accountOf,
  type Outcome,
  refuseCode,
  type SignInStep,
  say,
  type Visit,
  verification,
} from '../step.ts'

export const backupCode: SignInStep<'backup_code'> = {
  step: 'backup_code',
  show: async (visit) => {
    const account = accountOf(visit)
    return { ...verification(visit, 'backup_code'), left: countCodesLeft(account) }
  },
  actions: { 'backup-code': (visit, fields) => enterCode(visit, fields) },
}

const messages: { [R in Exclude<Redemption, { ok: true }>['reason']]: MessageKey } = {
  throttled: 'throttled',
  wrong: 'wrong_backup_code',
  used: 'used_backup_code',
  none: 'no_backup_codes',
}

const enterCode: Action = async (visit, fields) => {
  const { services } = visit
  const account = accountOf(visit)
  const typed = fields.code ?? ''
  if (typed.trim() === '') return say('wrong_backup_code')
  const now = services.clock()
  const outcome = await services.change('protections', account.id, (current) => {
    if (current === undefined) return [current, { ok: false, reason: 'none' } as Redemption]
    const [next, redemption] = triedBy(current, 'backup_code', visit.by, now, (seen) =>
      redeemBackupCode(seen, typed, services.ring.hash, now),
    )
    return [redemption.ok ? withEffects(next, usedEffects(visit, redemption, now)) : next, redemption]
  })
  if (!outcome.ok) return refuse(visit, outcome.reason)
  return spentIn(visit, 'backup_code')
}

/** What the write that spends the code promises: it counts in this sign-in, and the person and the log are told. */
function usedEffects(
  { attempt, account }: Visit,
  { left, set }: Redemption & { ok: true },
  now: number,
): Effect[] {
  const id = `backup-code:${attempt.id}:${set}:${left}`
  const { origin, ask } = attempt
  return [
    provenBy(attempt, account!.id, 'backup_code', id, now, left),
    ...told(
      { subject: account!.id, origin, app: ask.app, at: now },
      { id, event: 'backup_code.used', detail: { left, set }, notice: 'backup_code_used', data: { left } },
    ),
  ]
}

async function refuse(visit: Visit, reason: keyof typeof messages): Promise<Outcome> {
  await noteRefused(visit.services, {
    event: 'sign_in.code_refused',
    subject: accountOf(visit).id,
    detail: { method: 'backup_code', reason, ...flatOrigin(visit.attempt.origin) },
  })
  if (reason === 'wrong' || reason === 'used') return refuseCode(visit, 'backup_code', messages[reason])
  return say(messages[reason])
}
