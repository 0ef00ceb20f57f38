import { readCode } from '../adapters/secrets/totp.ts'
import type { Account } from '../rules/account.ts'
import type { CaseRefusal } from '../rules/case-events.ts'
import { isSuperAdmin } from '../rules/membership.ts'
import type { CaseStatus, RecoveryCase } from '../rules/recovery-case.ts'
import { applyEvent, hashRecoveryCode } from './events.ts'
import { changedRecently } from './facts.ts'
import type { RecoveryServices } from './services.ts'

export type PersonalRefusal = CaseRefusal | 'unknown' | 'on_hold' | 'recent_change'

export type PersonalDecision =
  | { ok: true; status: CaseStatus }
  | { ok: false; reason: PersonalRefusal; left?: number | undefined; until?: number | undefined }

/**
 * Someone decides about someone else, without a page: a super admin who was asked, with the code that the person has told
 * them, or an agent of the support once the hold is over. That they have just proven a second factor is the caller's to
 * see to.
 */
export async function decideInPerson(
  services: RecoveryServices,
  id: string,
  decider: Account,
  decision: { approve: boolean; reason: string; code?: string | undefined },
): Promise<PersonalDecision> {
  await applyEvent(services, id, { type: 'wake' })
  const one = await services.store.cases.get(id)
  if (one === undefined) return { ok: false, reason: 'unknown' }
  const refusal = await refusalTo(services, one, decider)
  if (refusal !== undefined) return { ok: false, reason: refusal, until: one.hold?.until }
  const by = { by: decider.id, reason: decision.reason }
  const code = hashRecoveryCode(services.ring, id, readCode(decision.code ?? ''))
  const outcome = await applyEvent(
    services,
    id,
    decision.approve ? { type: 'approve', ...by, code } : { type: 'deny', ...by },
  )
  if (outcome === undefined) return { ok: false, reason: 'unknown' }
  if (outcome.ok) return { ok: true, status: outcome.case.status }
  return { ok: false, reason: outcome.reason, left: 'left' in outcome ? outcome.left : undefined }
}

/** Everything that must hold at this moment, and not only when the decider was asked. */
async function refusalTo(
  { store, clock, config }: RecoveryServices,
  one: RecoveryCase,
  decider: Account,
): Promise<PersonalRefusal | undefined> {
  if (one.account === decider.id) return 'own_case'
  if (one.status === 'holding') return 'on_hold'
  if (one.status === 'awaiting_admin') {
    const membership = await store.memberships.get(`${one.organization}:${decider.id}`)
    if (!isSuperAdmin(membership) || !one.approvers.includes(decider.id)) return 'not_asked'
  } else if (one.status !== 'awaiting_support') return 'not_possible'
  else if (decider.supportAgent !== true) return 'not_asked'
  return changedRecently(decider, clock(), config) ? 'recent_change' : undefined
}

/** A program of the organization's, or of the operator's, says no: that is always possible while people could. */
export async function denyByProgram(
  services: RecoveryServices,
  id: string,
  { by, reason }: { by: string; reason: string },
): Promise<PersonalDecision> {
  const outcome = await applyEvent(services, id, { type: 'deny', by, reason, program: true })
  if (outcome === undefined) return { ok: false, reason: 'unknown' }
  return outcome.ok ? { ok: true, status: outcome.case.status } : { ok: false, reason: outcome.reason }
}
