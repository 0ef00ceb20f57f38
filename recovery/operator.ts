import type { CaseRefusal } from '../rules/case-events.ts'
import type { CaseStatus, RecoveryCase } from '../rules/recovery-case.ts'
import { agentsFor } from './agents.ts'
import { applyEvent } from './events.ts'
import type { RecoveryServices } from './services.ts'

export type OperatorDecision =
  | { ok: true; status: CaseStatus; until?: number }
  | { ok: false; reason: 'unknown' | 'on_hold' | CaseRefusal; until?: number }

/**
 * What an operator can do for someone whom nobody else can decide about, by a command on the machine. It is the route of
 * the support with its hold: the first time the case is handed over, and the person is told for days; when the hold is
 * over it is decided. Who decides goes to the log.
 */
export async function decideCase(
  services: RecoveryServices,
  id: string,
  decision: { by: string; approve: boolean; reason: string },
): Promise<OperatorDecision> {
  const one = await services.store.cases.get(id)
  if (one === undefined) return { ok: false, reason: 'unknown' }
  // A hold that is over, or a request that has expired, is written down first.
  await applyEvent(services, id, { type: 'wake' })
  const current = (await services.store.cases.get(id)) ?? one
  if (current.status === 'holding' && decision.approve)
    return { ok: false, reason: 'on_hold', until: current.hold?.until }
  const by = `operator:${decision.by}`
  const { reason } = decision
  const handed = ['requested', 'awaiting_admin', 'awaiting_identity'].includes(current.status)
  const agents = await agentsFor(services, current.account)
  const outcome = await applyEvent(
    services,
    id,
    handed && decision.approve
      ? { type: 'choose_support', statement: reason, agents, by }
      : current.status === 'awaiting_support'
        ? { type: decision.approve ? 'approve' : 'deny', by, reason }
        : { type: 'cancel', by },
  )
  return answerOf(outcome?.case ?? current, outcome)
}

function answerOf(
  { status, hold }: RecoveryCase,
  outcome: { ok: boolean; reason?: CaseRefusal } | undefined,
): OperatorDecision {
  if (outcome?.ok !== true) return { ok: false, reason: outcome?.reason ?? 'unknown' }
  return { ok: true, status, until: status === 'holding' ? hold?.until : undefined }
}
