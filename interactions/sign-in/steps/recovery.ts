import { openCase, prospectFor } from '../../../recovery/cases.ts'
import { attemptLifetime } from '../../../rules/attempt.ts'
import { type Action, accountOf, changeAttempt, minutesUntil, type Room, say } from '../room.ts'

export const recovery: Room<'recovery'> = {
  step: 'recovery',
  show: async (visit) => {
    const account = accountOf(visit)
    const prospect = await prospectFor(visit.services, account)
    return {
      email: account.email,
      approvers: prospect.approvers.length,
      routes: prospect.offers.map((offer) => offer.route),
      supportHours: prospect.terms.supportHold / 3_600_000,
      ...(prospect.organization ? { organization: prospect.organization.name } : {}),
    }
  },
  actions: { 'recovery/open': (visit) => open(visit, {}) },
}

const open: Action = async (visit) => {
  const { services, attempt } = visit
  const request = { attempt: attempt.id, origin: attempt.origin, app: attempt.ask.app }
  const opening = await openCase(services, accountOf(visit), request)
  if (!opening.ok) return say(visit, 'case_too_soon', { count: minutesUntil(opening.from, services.clock()) })
  await changeAttempt(visit, ({ message: _, ...current }) => ({
    ...current,
    case: opening.case.id,
    choice: 'recovery',
    expiresAt: opening.case.expiresOn + attemptLifetime,
    ...(opening.joined ? { message: { key: 'case_still_open' } } : {}),
  }))
}
