import { Problem } from '../../http/problem.ts'
import { applyEvent } from '../../recovery/cases.ts'
import { askSupport } from '../../recovery/support.ts'
import { attemptLifetime } from '../../rules/attempt.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { type Action, accountOf, changeAttempt, type Room, say, type Visit } from '../room.ts'

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
      canAskSupport:
        waited.offers.includes('support') && waited.route !== 'support' && waited.status !== 'granted',
      supportHours: waited.terms.supportHold / 3_600_000,
      ...(waited.route === undefined ? {} : { route: waited.route }),
      ...(organization === undefined ? {} : { organization: organization.name }),
      ...(waited.hold === undefined ? {} : { holdUntil: waited.hold.until }),
    }
  },
  actions: {
    'recovery/cancel': (visit) => cancel(visit, {}),
    'recovery/support': (visit, fields) => support(visit, fields),
  },
}

const cancel: Action = async (visit) => {
  await applyEvent(visit.services, caseOf(visit).id, { type: 'cancel' })
}

const support: Action = async (visit, fields) => {
  const fault = await askSupport(visit.services, caseOf(visit).id, fields)
  if (fault !== undefined) return say(visit, fault)
  const after = await visit.services.store.cases.get(caseOf(visit).id)
  await changeAttempt(visit, ({ message: _, ...attempt }) => ({
    ...attempt,
    expiresAt: (after?.expiresOn ?? 0) + attemptLifetime,
  }))
}

function caseOf(visit: Visit): RecoveryCase {
  if (visit.case === undefined) throw new Problem(400, 'expired')
  return visit.case
}
