import { Problem } from '../../http/problem.ts'
import { applyEvent } from '../../recovery/cases.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { type Action, accountOf, type Room, type Visit } from '../room.ts'

export const recoveryWaiting: Room<'recovery_waiting'> = {
  step: 'recovery_waiting',
  show: async (visit) => {
    const waited = caseOf(visit)
    const organization =
      waited.organization === undefined
        ? undefined
        : await visit.services.store.organizations.get(waited.organization)
    return {
      email: accountOf(visit).email,
      status: waited.status,
      approvers: waited.approvers.length,
      openedAt: waited.openedAt,
      expiresAt: waited.expiresOn,
      origin: waited.origin,
      ...(waited.route === undefined ? {} : { route: waited.route }),
      ...(organization === undefined ? {} : { organization: organization.name }),
      ...(waited.hold === undefined ? {} : { holdUntil: waited.hold.until }),
    }
  },
  actions: { 'recovery/cancel': (visit) => cancel(visit, {}) },
}

const cancel: Action = async (visit) => {
  await applyEvent(visit.services, caseOf(visit).id, { type: 'cancel' })
}

function caseOf(visit: Visit): RecoveryCase {
  if (visit.case === undefined) throw new Problem(400, 'expired')
  return visit.case
}
