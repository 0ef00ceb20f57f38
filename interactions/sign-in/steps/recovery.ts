import { namesOfAsked } from '../../../recovery/asked.ts'
import { prospectFor } from '../../../recovery/prospect.ts'
import { askFor, refused, waitFor } from '../opening.ts'
import { type Action, accountOf, type SignInStep } from '../step.ts'

export const recovery: SignInStep<'recovery'> = {
  step: 'recovery',
  show: async (visit) => {
    const account = accountOf(visit)
    const prospect = await prospectFor(visit.services, account)
    const { organization, offers, approvers } = prospect
    return {
      email: account.email,
      approvers: approvers.length,
      asked: await namesOfAsked(visit.services, organization?.id, approvers),
      onlyAdmin: prospect.onlyAdmin,
      routes: offers.map((offer) => offer.route),
      supportHours: prospect.terms.supportHold / 3_600_000,
      organization: organization?.name,
    }
  },
  actions: { 'recovery/open': (visit) => open(visit, {}) },
}

const open: Action = async (visit) => {
  const opening = await askFor(visit)
  return opening.ok ? waitFor(opening.case) : refused(visit, opening)
}
